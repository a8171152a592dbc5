import { flag, type InputSpec, type Inputs, oneOf } from '../kit/inputs.ts';

export const spec = {
  cache: oneOf('true', 'read', 'false'),
  modules: oneOf('auto', 'workspace', 'natives', 'none'),
  launcher: flag,
} satisfies InputSpec;

export type SetupInputs = Inputs<typeof spec>;
