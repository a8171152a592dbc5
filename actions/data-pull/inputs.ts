import { flag, type InputSpec, list, models } from '../kit/inputs.ts';

export const spec = { models, only: list, cache: flag } satisfies InputSpec;
