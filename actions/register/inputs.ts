import { type InputSpec, models, oneOf, optional, token } from '../kit/inputs.ts';

export const spec = {
  models,
  bump: optional(oneOf('patch', 'minor', 'major')),
  token,
} satisfies InputSpec;
