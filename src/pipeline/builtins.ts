import { ownProgram } from '../workspace/index.ts';

/** A trainer that ships with Lockstep: started as `node <worker>` through the contract of any stage. */
export interface Builtin {
  /** Part of the fingerprint: changes when the bytes that it makes for the same inputs do, and only then. */
  readonly version: number;
  /** Absolute path of the program. */
  readonly worker: string;
}

const worker = (name: string): string => ownProgram(import.meta.url, `../training/worker/${name}.ts`);

export const builtins: Readonly<Record<string, Builtin>> = {
  trees: { version: 2, worker: worker('trees') },
  logistic: { version: 1, worker: worker('logistic') },
  linear: { version: 1, worker: worker('linear') },
  split: { version: 2, worker: worker('split') },
};
