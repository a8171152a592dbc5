import { count, type InputSpec, oneOf, optional, text, token } from '../kit/inputs.ts';

export const spec = {
  for: oneOf('pull-request', 'train', 'main'),
  base: optional(text),
  head: optional(text),
  number: optional(count),
  token: optional(token),
} satisfies InputSpec;
