import { existsSync } from 'node:fs';
import { column, openStore, readTable, type Table } from '../data/index.ts';
import type { Evaluation } from '../evaluation/index.ts';
import { type ModelFile, readModelFile } from '../model/index.ts';
import { type MonitorReport, monitor, readPredictionLog, requestTable } from '../monitoring/index.ts';
import { type RunResult, runPipeline } from '../pipeline/index.ts';
import type { ReleaseRecord } from '../registry/index.ts';
import { checkEnvironment, LockstepError, statePath, type Workspace } from '../workspace/index.ts';
import { chooseBase } from './base.ts';
import { evidenceObject, runningIn } from './baseline.ts';
import { numbersOf } from './scoring.ts';
import { trainingTable } from './training-rows.ts';

export interface MonitorOptions {
  readonly environment: string;
  /** Prediction log; by default the local agent's for this environment. */
  readonly log?: string;
}

/** Where the local agent's servers of an environment write what they answered. */
export const predictionLogOf = (workspace: Workspace, model: string, environment: string): string =>
  statePath(workspace, 'agent', model, environment, 'predictions.jsonl');

/**
 * Holds what an environment was asked, month by month, against the version's training rows and its evaluation at
 * the gate, and joins it with the outcomes known by now. Errors: E_MONITOR_DATA, E_NOT_RUNNING, E_ENV_UNKNOWN.
 */
export async function monitorModel(
  workspace: Workspace,
  model: string,
  { environment, log }: MonitorOptions,
): Promise<MonitorReport> {
  checkEnvironment(workspace.configuration, environment);
  const path = log ?? predictionLogOf(workspace, model, environment);
  if (!existsSync(path)) throw noLog(model, environment, path);
  const record = await runningIn(workspace, model, environment, await chooseBase(workspace));
  if (record === null)
    throw new LockstepError('E_NOT_RUNNING', {
      what: `${model} runs nothing in ${environment}`,
      fix: `lockstep promote ${model} <version> --to ${environment}`,
    });
  const modelFile = await readModelFile(workspace, model, { commit: record.commit });
  const run = await runPipeline(workspace, model);
  const { evaluate, monitor: section } = run.pipeline.file;
  const requests = (await readPredictionLog(path)).filter(({ version }) => version === record.version);
  if (requests.length === 0) throw noLog(model, environment, path);
  const training = await trainingTable(workspace, run);
  if (training === null)
    throw new LockstepError('E_MONITOR_DATA', {
      what: 'no training rows to compare with',
      fix: 'name the training table as an input of the stage that makes the model',
    });
  const seen = requestTable(requests, likeInputs(training, modelFile));
  return monitor({
    model,
    version: record.version,
    task: modelFile.task,
    target: evaluate.target,
    positive: evaluate.positive ?? modelFile.output.positive,
    threshold: evaluate.threshold,
    rowId: evaluate['row-id'],
    training,
    inputs: modelFile.inputs,
    ...(await atGate(workspace, record)),
    seen,
    time: section?.time ?? dateInput(modelFile),
    predictions: seen,
    outcomes: await outcomesOf(workspace, run),
  });
}

async function atGate(
  workspace: Workspace,
  record: ReleaseRecord,
): Promise<{ gate: Evaluation['metrics']; gateScores: Float64Array }> {
  const [evaluation, predictions] = [
    await evidenceObject(workspace, record, record.evaluation),
    await evidenceObject(workspace, record, record.predictions),
  ];
  const { metrics } = JSON.parse(
    (await openStore(workspace).read(evaluation.digest)).toString(),
  ) as Evaluation;
  const gateScores = numbersOf(await readTable(predictions.path, 'predictions'), 'score');
  return { gate: metrics, gateScores };
}

/** Only the model's own columns of the training rows: what a request can hold. */
const likeInputs = (training: Table, { inputs }: ModelFile): Table => ({
  rows: training.rows,
  columns: inputs.map(({ name }) => column(training, name)),
});

async function outcomesOf(workspace: Workspace, { pipeline, outputs }: RunResult): Promise<Table | null> {
  const name = pipeline.file.monitor?.outcomes;
  const ref = name === undefined ? undefined : outputs[name];
  return ref === undefined ? null : readTable(openStore(workspace).pathOf(ref.digest), name);
}

function dateInput({ inputs }: ModelFile): string {
  const date = inputs.find(({ type }) => type === 'date');
  if (date) return date.name;
  throw new LockstepError('E_MONITOR_DATA', {
    what: 'the model takes no date, so nothing says which month a request is of',
    fix: 'add `monitor: {outcomes: …, time: …}` to pipeline.yaml',
  });
}

const noLog = (model: string, environment: string, path: string): LockstepError =>
  new LockstepError('E_MONITOR_DATA', {
    what: `no predictions of ${model} in ${environment} yet`,
    where: { file: path },
    allowed: 'a prediction log of the version that runs there',
    fix: `lockstep up, then lockstep predict --to <url of ${environment}> --data <rows>; or name a log with --log`,
  });
