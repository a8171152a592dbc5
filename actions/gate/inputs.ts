import { type InputSpec, oneOf, optional, path, text } from '../kit/inputs.ts';

export const spec = {
  judged: path,
  'fail-on': oneOf('fail', 'inconclusive', 'never'),
  base: optional(text),
  head: optional(text),
} satisfies InputSpec;
