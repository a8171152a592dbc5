import { type InputSpec, models, oneOf, optional, text, token } from '../kit/inputs.ts';

export const spec = {
  models,
  mode: oneOf('release', 'keep'),
  base: optional(text),
  head: optional(text),
  bump: optional(oneOf('patch', 'minor', 'major')),
  token,
} satisfies InputSpec;
