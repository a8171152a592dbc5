// Judges predictions: metrics with their uncertainty, slices, curves, and the paired comparison of two models.
export { type CompareInput, compare } from './compare.ts';
export { type EvaluateInput, evaluate, type JudgedData } from './evaluate.ts';
export type {
  Comparison,
  Curves,
  Difference,
  Estimate,
  Evaluation,
  Metrics,
  SliceResult,
  Subject,
  Task,
} from './evaluation.ts';
export { parseComparison, parseEvaluation } from './evaluation-file.ts';
export { boundAt, confidenceBeyond } from './interval.ts';
export { defaultPositive, labelsOf } from './labels.ts';
export {
  type MetricEntry,
  type MetricName,
  metricCatalogue,
  metricDirections,
  metricEntry,
  metricsOf,
  metricTitle,
} from './metric-catalogue.ts';
export { normalProbability, normalQuantile } from './normal.ts';
export { type SimplestInput, simplestPredictions } from './simplest-model.ts';
