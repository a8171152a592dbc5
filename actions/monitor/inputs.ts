import { flag, type InputSpec, models, optional, path, text, token } from '../kit/inputs.ts';

export const spec = {
  models,
  environment: optional(text),
  log: optional(path),
  'prepare-retraining': flag,
  token: optional(token),
} satisfies InputSpec;
