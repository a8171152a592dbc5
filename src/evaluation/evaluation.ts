import type { Digest } from '../workspace/index.ts';

export type Task = 'binary-classification' | 'regression';

/** A number with its uncertainty: a 95 % interval, or null bounds where none can be given. */
export interface Estimate {
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
}

/** By metric name: roc_auc, pr_auc, log_loss, brier, calibration_error, accuracy, precision, recall, f1, rmse,
 *  mae, r2; and what was measured once: latency_p50_ms, latency_p99_ms, size_mb. Non-finite values are left out. */
export type Metrics = Readonly<Record<string, Estimate>>;

export interface SliceResult {
  readonly column: string;
  /** As text; `null` for missing. Number columns are cut at quartiles: `≤ 1.5`, `1.5 – 3`, … */
  readonly value: string;
  readonly rows: number;
  readonly positives?: number;
  readonly metrics: Metrics;
}

/** Plot data, aggregated (never rows): at most 200 points a curve. */
export interface Curves {
  /** [false positive rate, true positive rate] */
  readonly roc?: readonly (readonly [number, number])[];
  /** [recall, precision] */
  readonly pr?: readonly (readonly [number, number])[];
  /** Per bin of the score: mean score, share of positives (or mean target), rows. */
  readonly calibration?: readonly { readonly mean: number; readonly rate: number; readonly rows: number }[];
  readonly confusion?: { readonly tp: number; readonly fp: number; readonly fn: number; readonly tn: number };
  /** Regression: histogram of residuals. */
  readonly residuals?: readonly { readonly from: number; readonly to: number; readonly rows: number }[];
}

/** All the metrics of one model on one data digest. `docs/schemas/evaluation.json` */
export interface Evaluation {
  readonly v: 1;
  readonly model: string;
  readonly task: Task;
  /** Digest of the judged rows' file. */
  readonly data: Digest;
  readonly rows: number;
  readonly positives?: number;
  readonly target: string;
  readonly positive?: string;
  readonly threshold?: number;
  readonly folds?: number;
  /** Who was judged. */
  readonly subject: Subject;
  /** Digest of the predictions table (row id, fold, score). */
  readonly predictions: Digest;
  readonly metrics: Metrics;
  readonly slices: readonly SliceResult[];
  readonly curves: Curves;
}

export type Subject =
  | { readonly kind: 'candidate'; readonly modelDigest: Digest | null }
  | {
      readonly kind: 'version';
      readonly version: string;
      readonly modelDigest: Digest | null;
      readonly environment?: string;
    }
  /** The simplest model for the task, fitted on the training rows. */
  | { readonly kind: 'simplest'; readonly name: 'class prior' | 'mean'; readonly modelDigest: null };

/** One metric of the candidate minus the baseline's, on the same rows. */
export interface Difference {
  readonly delta: number;
  /** Standard error of delta; the gate takes its bound at the policy's confidence from it. */
  readonly standardError: number;
  readonly low: number;
  readonly high: number;
}

/** Paired comparison of a candidate with its baseline. `docs/schemas/comparison.json` */
export interface Comparison {
  readonly v: 1;
  readonly baseline: Subject;
  readonly candidateEvaluation: Digest;
  readonly baselineEvaluation: Digest;
  readonly rows: number;
  readonly metrics: Readonly<Record<string, Difference>>;
  readonly slices: readonly {
    readonly column: string;
    readonly value: string;
    readonly rows: number;
    readonly metrics: Readonly<Record<string, Difference>>;
  }[];
}
