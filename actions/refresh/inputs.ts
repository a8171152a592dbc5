import { flag, type InputSpec, list, oneOf, optional, text, token } from '../kit/inputs.ts';

export const spec = {
  mode: oneOf('due', 'fetch', 'propose'),
  datasets: list,
  date: optional(text),
  scheduled: flag,
  token: optional(token),
} satisfies InputSpec;
