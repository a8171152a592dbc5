import { type InputSpec, models, optional, text, token } from '../kit/inputs.ts';

export const spec = {
  models,
  environment: optional(text),
  version: optional(text),
  token,
} satisfies InputSpec;
