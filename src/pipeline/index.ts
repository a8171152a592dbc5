// pipeline.yaml, fingerprints, the plan, the stage runner, run records and the run cache.
export { type Builtin, builtins } from './builtins.ts';
export { durationMs } from './duration.ts';
export { listPipelines, type Pipeline, parsePipeline, readPipeline } from './pipeline.ts';
export { type ChangeSide, changeSide, pipelineChange } from './pipeline-change.ts';
export type {
  EvaluateSection,
  MonitorSection,
  ParamValue,
  PipelineFile,
  StageFile,
} from './pipeline-file.ts';
export { type Decision, type Plan, planRun, type StagePlan } from './plan.ts';
export { type RunOptions, type RunResult, runPipeline } from './run.ts';
export { writeStageRecord as keepStage } from './run-cache.ts';
export type { Report, RunEvent } from './run-event.ts';
export type { FileRef, RunRecord, StageRecord } from './run-record.ts';
export { readRunRecord, runPath } from './run-records.ts';
export type { Stage, StageInput } from './stage-graph.ts';
export { openStageLog } from './stage-log.ts';
export { noteIn, notesOf } from './stage-notes.ts';
export { cleanVariables } from './stage-variables.ts';
export { type Outcome, runSupervised } from './supervised-process.ts';
