import type { Outcome } from '../gate/verdict.ts';
import type { DataChange, ReportInput } from './report-input.ts';

/** One model that a change touches, and what came of it. */
export type ChangedPart = {
  readonly model: string;
  /** What the change does to it, for people. */
  readonly why: readonly string[];
} & (
  | {
      readonly kind: 'judged';
      readonly input: ReportInput;
      /** Judged by a quick run: it can refuse, never pass. */
      readonly quick: boolean;
      /** By the change's own policy.yaml, which decides nothing yet; null where that is the base's. */
      readonly own: Outcome | null;
      /** What the candidate's record says of its making; null where nothing does. */
      readonly trained: Training | null;
    }
  /** A machine that pull requests may not use has to train it; `input` is of a quick run that did not fail. */
  | { readonly kind: 'waiting'; readonly input: ReportInput | null }
  /** Nothing was handed over, though the change touches it. */
  | { readonly kind: 'missing' }
  /** What was handed over is not to be used. */
  | { readonly kind: 'refused'; readonly code: string; readonly reason: string }
  /** The base has neither rows nor a policy for it. */
  | { readonly kind: 'new' }
);

/** Times in seconds. */
export interface Training {
  readonly stages: number;
  /** Work of all stages, when it was done. */
  readonly work: number;
  /** What the run took; less than the work where a cache had some of it. */
  readonly took: number;
  /** Of the stages that ask for a GPU. */
  readonly gpu: number;
}

/** Everything that the comment on a change speaks of. */
export interface ChangeInput {
  readonly base: string;
  readonly head: string;
  /** Commit that the judge's own code was at. */
  readonly judge: string;
  /** How foreign models were kept apart while they were scored. */
  readonly isolation: { readonly user: boolean; readonly network: boolean };
  readonly data: readonly DataChange[];
  /** The command that settles data.lock, where it conflicts with the branch that the change goes to. */
  readonly settle?: string;
  readonly models: readonly ChangedPart[];
  /** What trained it, for `trained in …`: `the pull request's run` unless stated. */
  readonly trainedIn?: string;
}
