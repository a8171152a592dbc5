import { flag, type InputSpec, models, optional, path, text } from '../kit/inputs.ts';

export const spec = {
  models,
  folder: optional(path),
  quick: flag,
  base: optional(text),
  upload: flag,
} satisfies InputSpec;
