// After the release: what was asked and answered, how inputs drift, how the metric decays, what to retrain on.

export { decayReport, type Outcome, type Truth } from './decay.ts';
export { type DriftInput, driftReport, type WindowDrift } from './drift.ts';
export { type MonitorInput, monitor } from './monitor.ts';
export type {
  Alert,
  ColumnDrift,
  MonitorReport,
  MonthReport,
  NewCategories,
  Rules,
} from './monitor-report.ts';
export { renderText } from './monitor-text.ts';
export { type LoggedRequest, readPredictionLog, requestTable } from './prediction-log.ts';
export { planRetraining, type RetrainingInput, type RetrainingPlan } from './retraining.ts';
export { type RowDifference, rowDifference } from './row-difference.ts';
export { type DistributionChange, type TableDifference, tableDifference } from './table-difference.ts';
