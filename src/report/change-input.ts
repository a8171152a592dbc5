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
    }
  /** A machine that pull requests may not use has to train it. */
  | { readonly kind: 'waiting' }
  /** Nothing was handed over, though the change touches it. */
  | { readonly kind: 'missing' }
  /** What was handed over is not to be used. */
  | { readonly kind: 'refused'; readonly code: string; readonly reason: string }
  /** The base has neither rows nor a policy for it. */
  | { readonly kind: 'new' }
);

/** Everything that the comment on a change speaks of. */
export interface ChangeInput {
  readonly base: string;
  readonly head: string;
  /** Commit that the judge's own code was at. */
  readonly judge: string;
  /** How foreign models were kept apart while they were scored. */
  readonly isolation: { readonly user: boolean; readonly network: boolean };
  readonly data: readonly DataChange[];
  readonly models: readonly ChangedPart[];
  /** What trained it: a workflow's name, for `trained in …`. */
  readonly trainedIn?: string;
}
