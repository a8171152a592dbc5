import { type InputSpec, oneOf, optional, path, token } from '../kit/inputs.ts';

export const spec = {
  mode: oneOf('collect', 'keep', 'publish'),
  token: optional(token),
  folder: optional(path),
  judged: optional(path),
} satisfies InputSpec;
