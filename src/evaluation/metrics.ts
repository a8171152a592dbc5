import { calibrationError } from './calibration-error.ts';
import { brier, logLoss, meanAbsoluteError, rootMeanSquaredError, rSquared } from './error-metrics.ts';
import type { Estimate, Metrics, Task } from './evaluation.ts';
import type { JudgedRows } from './judged-rows.ts';
import type { Measured } from './measured.ts';
import { averagePrecision, rocAuc } from './ranking-metrics.ts';
import { thresholdMetrics } from './threshold-metrics.ts';

/** All metrics of a task that can be computed on these rows; what isn't a finite number is left out. */
export function measure(judged: JudgedRows, task: Task, threshold: number): Measured[] {
  if (judged.rows === 0) return [];
  const all =
    task === 'regression'
      ? [rootMeanSquaredError(judged), meanAbsoluteError(judged), rSquared(judged)]
      : [
          rocAuc(judged),
          averagePrecision(judged),
          ...(areProbabilities(judged.scores)
            ? [logLoss(judged), brier(judged), calibrationError(judged)]
            : []),
          ...thresholdMetrics(judged, threshold),
        ];
  return all.filter((metric): metric is Measured => metric !== null && Number.isFinite(metric.value));
}

/** Scores that only rank (a margin, a distance) have no log loss, Brier score or calibration. */
export const areProbabilities = (scores: Float64Array): boolean =>
  scores.every((score) => score >= 0 && score <= 1);

export const estimatesOf = (all: readonly Measured[]): Metrics =>
  Object.fromEntries(all.map(({ name, value, interval }) => [name, estimate(value, interval)]));

const estimate = (value: number, { low, high }: Measured['interval']): Estimate => ({ value, low, high });
