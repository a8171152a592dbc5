import type { Task } from './evaluation.ts';

/**
 * On which scale a metric's uncertainty is close to normal, so that its interval stays inside the metric's range:
 * `logit` for shares between 0 and 1, `log` for losses above 0, `log-complement` for what ends at 1 (R²).
 */
export type Scale = 'logit' | 'log' | 'log-complement' | 'identity';

export interface MetricEntry {
  /** As people print it. */
  readonly title: string;
  /** Which way is better. */
  readonly direction: 'higher' | 'lower';
  /** What one unit is: `share` of 1, `nats`, the target's own, milliseconds… */
  readonly unit: 'share' | 'nats' | 'target' | 'ms' | 'MB' | 'none';
  readonly scale: Scale;
  /** What it says, in one sentence. */
  readonly meaning: string;
}

const share = (title: string, direction: 'higher' | 'lower', meaning: string): MetricEntry => ({
  title,
  direction,
  unit: 'share',
  scale: 'logit',
  meaning,
});

/** Every metric Lockstep computes, in the order people read them. Others are taken as they come. */
export const metricCatalogue = {
  roc_auc: share('ROC AUC', 'higher', 'chance that a positive row scores above a negative one'),
  pr_auc: share('PR AUC', 'higher', 'average precision over all thresholds'),
  log_loss: {
    title: 'Log loss',
    direction: 'lower',
    unit: 'nats',
    scale: 'log',
    meaning: 'mean negative logarithm of the probability given to what happened',
  },
  brier: {
    title: 'Brier score',
    direction: 'lower',
    unit: 'share',
    scale: 'log',
    meaning: 'mean squared difference of the probability from what happened',
  },
  calibration_error: {
    title: 'Calibration error',
    direction: 'lower',
    unit: 'share',
    scale: 'identity',
    meaning: 'how far mean scores lie from the shares of positives, over ten bins of the score',
  },
  accuracy: share('Accuracy', 'higher', 'share of rows decided rightly at the threshold'),
  precision: share('Precision', 'higher', 'share of positives among the rows called positive'),
  recall: share('Recall', 'higher', 'share of the positives that are called positive'),
  f1: share('F1', 'higher', 'harmonic mean of precision and recall'),
  rmse: {
    title: 'RMSE',
    direction: 'lower',
    unit: 'target',
    scale: 'log',
    meaning: 'root of the mean squared error',
  },
  mae: { title: 'MAE', direction: 'lower', unit: 'target', scale: 'log', meaning: 'mean absolute error' },
  r2: {
    title: 'R²',
    direction: 'higher',
    unit: 'none',
    scale: 'log-complement',
    meaning: "share of the target's variance that the predictions explain",
  },
  latency_p50_ms: {
    title: 'Latency, median',
    direction: 'lower',
    unit: 'ms',
    scale: 'identity',
    meaning: 'half of the single-row predictions are faster',
  },
  latency_p99_ms: {
    title: 'Latency, 99th percentile',
    direction: 'lower',
    unit: 'ms',
    scale: 'identity',
    meaning: '99 of 100 single-row predictions are faster',
  },
  size_mb: {
    title: 'Model size',
    direction: 'lower',
    unit: 'MB',
    scale: 'identity',
    meaning: 'bytes of the model file, in millions',
  },
} as const satisfies Record<string, MetricEntry>;

export type MetricName = keyof typeof metricCatalogue;

/** A metric's entry, or undefined for a name from outside that the catalogue doesn't hold. */
export const metricEntry = (name: string): MetricEntry | undefined =>
  Object.hasOwn(metricCatalogue, name) ? metricCatalogue[name as MetricName] : undefined;

export const metricTitle = (name: string): string => metricEntry(name)?.title ?? name;

/** Which way is better, by metric name. */
export const metricDirections = Object.fromEntries(
  Object.entries(metricCatalogue).map(([name, { direction }]) => [name, direction]),
) as Readonly<Record<MetricName, 'higher' | 'lower'>>;

/** Metrics that `evaluate` computes from predictions for a task. */
export const metricsOf = (task: Task): readonly MetricName[] =>
  task === 'regression'
    ? ['rmse', 'mae', 'r2']
    : [
        'roc_auc',
        'pr_auc',
        'log_loss',
        'brier',
        'calibration_error',
        'accuracy',
        'precision',
        'recall',
        'f1',
      ];
