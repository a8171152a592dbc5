import { type InputSpec, models, oneOf, optional, text, token } from '../kit/inputs.ts';

export const spec = {
  models,
  mode: oneOf('release', 'keep', 'retrain'),
  base: optional(text),
  head: optional(text),
  version: optional(text),
  environment: optional(text),
  bump: optional(oneOf('patch', 'minor', 'major')),
  token,
} satisfies InputSpec;
