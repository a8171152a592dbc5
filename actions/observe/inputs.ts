import { type InputSpec, token } from '../kit/inputs.ts';

export const spec = { token } satisfies InputSpec;
