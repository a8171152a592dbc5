import type { Estimate, Metrics, Task } from '../evaluation/index.ts';

/** How a model fares on the months after its training. `docs/schemas/monitor.json` */
export interface MonitorReport {
  readonly v: 1;
  readonly model: string;
  readonly version: string | null;
  readonly task: Task;
  readonly target: string;
  /** What the months are held against. */
  readonly reference: {
    /** Training rows. */
    readonly rows: number;
    /** Share of positives (or the target's mean) in the training rows. */
    readonly labelRate: Estimate | null;
    /** The metrics at the gate. */
    readonly metrics: Metrics;
  };
  readonly rules: Rules;
  /** In order of time. */
  readonly months: readonly MonthReport[];
  readonly alerts: readonly Alert[];
}

/** When a figure counts as violated, and how many violations of how many months make an alert. */
export interface Rules {
  /** The newest so many months are looked at. */
  readonly windows: number;
  /** So many violated ones of a full set make an alert; of fewer months, the same share rounded up. */
  readonly violations: number;
  /** The metric that decides, and by how much it may be worse than at the gate. */
  readonly metric: string;
  readonly metricMargin: number;
  /** A column drifts when its stability index exceeds this. */
  readonly stabilityIndex: number;
  /** The label rate may move by this. */
  readonly labelRateMargin: number;
  /** Texts that training never had may make up this share of a month's rows. */
  readonly newCategoryShare: number;
}

export interface MonthReport {
  /** `2001-03` */
  readonly month: string;
  /** Rows whose inputs were seen. */
  readonly rows: number;
  /** Rows of which the truth is known by now. */
  readonly outcomes: number;
  readonly labelRate: Estimate | null;
  readonly meanScore: number | null;
  /** Empty while no outcomes are known. */
  readonly metrics: Metrics;
  readonly drift: readonly ColumnDrift[];
  readonly newCategories: readonly NewCategories[];
}

export interface ColumnDrift {
  /** An input's name, or `score`. */
  readonly column: string;
  readonly stabilityIndex: number;
  readonly method: DriftMethod;
  /** A distance, or for the tests a p-value. */
  readonly value: number;
  readonly threshold: number;
  /** What the method says: a distance at or above its threshold, a p-value below it. */
  readonly drifted: boolean;
  /** Share of missing cells before and now. */
  readonly missing: readonly [number, number];
}

export type DriftMethod = 'wasserstein' | 'jensen-shannon' | 'kolmogorov-smirnov' | 'chi-square' | 'z-test';

/** Texts that the training rows never had. */
export interface NewCategories {
  readonly column: string;
  readonly rows: number;
  readonly levels: number;
  /** The most frequent ones, only of columns that are `public: true`. */
  readonly examples: readonly string[];
}

export interface Alert {
  readonly kind: 'metric' | 'label-rate' | 'drift' | 'new-categories';
  /** The metric's or column's name. */
  readonly subject: string;
  /** Months in which the rule was violated, in order of time. */
  readonly months: readonly string[];
  /** How many months were looked at, and how many violations were enough. */
  readonly of: number;
  readonly needed: number;
  /** One sentence for people. */
  readonly reason: string;
}
