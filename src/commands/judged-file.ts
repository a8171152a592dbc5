import type { Training } from '../report/index.ts';
import type { Isolation } from '../workspace/index.ts';
import type { JudgedData } from './judged-data.ts';

/** What came of one model that a change touches. */
export interface JudgedModel {
  readonly model: string;
  /**
   * `judged`: scored and evaluated, files lie beside; `missing`: nobody handed it over; `refused`: what was handed over
   * is not to be used; `new`: the base has no rows and no policy to judge it by.
   */
  readonly kind: 'judged' | 'missing' | 'refused' | 'new';
  readonly why: readonly string[];
  readonly known: boolean;
  readonly gpu: boolean;
  readonly quick: boolean;
  readonly code?: string;
  readonly reason?: string;
  readonly doubt?: string | null;
  readonly baseline?: string;
  readonly tip?: string | null;
  readonly notes?: readonly string[];
  /** As the candidate's record says. */
  readonly trained?: Training;
  readonly stages?: readonly JudgedStage[];
}

export interface JudgedStage {
  readonly name: string;
  readonly kind: 'ran' | 'cached';
  readonly seconds: number;
  readonly why?: string;
}

/** `judged.json`: `docs/schemas/judged.json`. */
export interface JudgedFile {
  readonly v: 1;
  readonly base: string;
  readonly head: string;
  readonly judge: string;
  readonly isolation: Pick<Isolation, 'user' | 'network'>;
  readonly models: readonly JudgedModel[];
  /** What changed inside datasets, by their keys. */
  readonly data?: readonly JudgedData[];
}

/** Beside judged.json in a folder of the model's name, with the bytes each may have. */
export const partsOfModel = {
  'evaluation.json': 64 * 1024 * 1024,
  'baseline.json': 64 * 1024 * 1024,
  'comparison.json': 64 * 1024 * 1024,
  'record.json': 16 * 1024 * 1024,
} as const;

/** Why a quick run's verdict is at best inconclusive. */
export const quickDoubt = 'a quick run, on a sample of the rows: it can refuse, never pass';

export const judgedFileName = 'judged.json';
