import { flag, type InputSpec, models, optional, token } from '../kit/inputs.ts';

export const spec = { models, push: flag, token: optional(token) } satisfies InputSpec;
