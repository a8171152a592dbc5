import { type InputSpec, oneOf, optional, text } from '../kit/inputs.ts';

export const spec = {
  for: oneOf('pull-request', 'train', 'main'),
  base: optional(text),
  head: optional(text),
} satisfies InputSpec;
