// The model server (`server.ts`, a program of its own) and how it is asked.
export { askGolden, type GoldenAnswer } from './ask-golden.ts';
export {
  type PredictRowsOptions,
  type PredictRowsResult,
  predictRows,
  type RowError,
} from './predict-rows.ts';
export {
  type NamedTable,
  type PredictTablesOptions,
  type PredictTablesResult,
  predictTables,
} from './predict-tables.ts';
export type { Prediction } from './prediction.ts';
export type { LoggedPrediction } from './prediction-log.ts';
export type { ServedMetadata } from './served-files.ts';
export { type RunningServer, startServer } from './start-server.ts';
