import { flag, type InputSpec, models, optional, path, text, token } from '../kit/inputs.ts';

export const spec = {
  models,
  folder: optional(path),
  quick: flag,
  base: optional(text),
  version: optional(text),
  environment: optional(text),
  upload: flag,
  token: optional(token),
} satisfies InputSpec;
