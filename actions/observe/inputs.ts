import { type InputSpec, model, optional, text, token } from '../kit/inputs.ts';

export const spec = { model: optional(model), environment: optional(text), token } satisfies InputSpec;
