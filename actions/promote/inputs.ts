import { type InputSpec, model, oneOf, optional, text, token } from '../kit/inputs.ts';

export const spec = {
  mode: oneOf('plan', 'promote', 'sweep'),
  model: optional(model),
  version: optional(text),
  environment: optional(text),
  tag: optional(text),
  token,
} satisfies InputSpec;
