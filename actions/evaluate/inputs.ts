import { type InputSpec, model, optional, path, text } from '../kit/inputs.ts';

export const spec = { model, candidate: optional(path), base: optional(text) } satisfies InputSpec;
