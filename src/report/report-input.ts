import type { Comparison, Evaluation } from '../evaluation/index.ts';
import type { Verdict } from '../gate/verdict.ts';
import type { ModelFile } from '../model/model-file.ts';
import type { FileRef, RunRecord } from '../pipeline/run-record.ts';
import type { DatasetFacts } from '../workspace/configuration.ts';

/**
 * Everything a report speaks of. All three renderings (comment, page, terminal) are pure functions of it, so
 * the same input always gives the same bytes.
 */
export interface ReportInput {
  readonly model: string;
  readonly modelFile: ModelFile;
  readonly evaluation: Evaluation;
  /** The baseline's own evaluation on the same rows, for its values, intervals and curves. */
  readonly baseline: Evaluation | null;
  readonly comparison: Comparison | null;
  /** One per environment, in the order of promotion. */
  readonly verdicts: readonly Verdict[];
  readonly run: RunRecord;
  /** What this run did, in the pipeline's order. */
  readonly stages: readonly StageLine[];
  /** Datasets whose entry in data.lock differs from the base commit's; empty when none did, null where it isn't known. */
  readonly data: readonly DataChange[] | null;
  /** What lockstep.yaml says of the datasets that the run read, by key. */
  readonly datasets?: Readonly<Record<string, DatasetFacts>>;
  readonly base: string | null;
  readonly head: string | null;
  /** The version this change would become, e.g. `v1.1.0`. */
  readonly version?: string;
  /** What a reader should know about the model's inputs: a column left out, levels folded together. */
  readonly notes?: readonly string[];
}

export interface StageLine {
  readonly name: string;
  readonly kind: 'ran' | 'cached';
  /** How long the work took when it was done (for a cached stage: what the cache saved). */
  readonly seconds: number;
  /** Why it ran, as the plan said it. */
  readonly why?: string;
}

/** Without `before` it is new, without `after` it is gone. */
export interface DataChange {
  readonly key: string;
  readonly before?: FileRef;
  readonly after?: FileRef;
  readonly inside?: DataInside;
}

/** What changed inside a dataset: counts and distances, never a value. */
export interface DataInside {
  /** Of a folder. */
  readonly files?: { readonly added: number; readonly removed: number; readonly changed: number };
  /** Of a table; added and removed are rows that only one side has, where they were counted. */
  readonly rows?: {
    readonly before: number;
    readonly after: number;
    readonly added?: number;
    readonly removed?: number;
  };
  readonly columns?: {
    readonly added: readonly string[];
    readonly removed: readonly string[];
    readonly retyped: readonly string[];
    /** How many more changed, of names that are not to be told. */
    readonly unnamed: number;
  };
  /** Distributions: how many were compared, how many moved, and those of them whose names may be told. */
  readonly moved?: {
    readonly compared: number;
    readonly count: number;
    readonly columns: readonly { readonly column: string; readonly stabilityIndex: number }[];
  };
  readonly unread?: string;
}
