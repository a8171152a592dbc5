import { type ObjectRef as FileRef, openStore, type Table } from '../data/index.ts';
import type { Subject } from '../evaluation/index.ts';
import type { ModelFile } from '../model/index.ts';
import type { EvaluateSection, RunResult } from '../pipeline/index.ts';
import { type Digest, LockstepError, type Workspace } from '../workspace/index.ts';
import { type Baseline, evidenceObject, subjectOf } from './baseline.ts';
import type { JudgedRows } from './judged-rows.ts';
import {
  numbersOf,
  readStored,
  type Scores,
  type StoredTable,
  scoreModel,
  simplestScores,
  storeTable,
} from './scoring.ts';
import { trainingTable } from './training-rows.ts';

/** Who is judged, wherever its bytes came from: a run of this machine, or a folder that was handed over. */
export interface Candidate {
  readonly model: string;
  /** Fingerprint of the run that made it. */
  readonly run: Digest;
  /** sha256 of that run's data.lock; null where there is none, or where it is only claimed. */
  readonly lock: Digest | null;
  /** Which output is the model, and which the predictions. */
  readonly evaluate: EvaluateSection;
  /** By name; their bytes are in the store. */
  readonly outputs: Readonly<Record<string, FileRef>>;
  /** The rows that the simplest model is fitted on, or null. */
  training(): Promise<Table | null>;
}

export const candidateOf = (workspace: Workspace, run: RunResult): Candidate => ({
  model: run.pipeline.model,
  run: run.record.fingerprint,
  lock: run.record.lock,
  evaluate: run.pipeline.file.evaluate,
  outputs: run.outputs,
  training: () => trainingTable(workspace, run),
});

interface CandidateScores extends Scores {
  readonly model: FileRef | null;
  /** Scores of the model itself on the judged rows, for golden requests; null where there is no ONNX model. */
  readonly ownScores: Float64Array | null;
}

/** An ONNX model is scored here; by folds, or without one, the pipeline's own predictions count. */
export async function scoreCandidate(
  workspace: Workspace,
  { evaluate: names, outputs }: Candidate,
  { ref, evaluate: { 'row-id': rowId, data } }: JudgedRows,
): Promise<CandidateScores> {
  const model = names.model === undefined ? null : (outputs[names.model] ?? null);
  const scored =
    model &&
    (await scoreModel(workspace, {
      model,
      rows: ref,
      names: { model: names.model!, data },
      rowId,
      measure: true,
    }));
  const ownScores = scored && numbersOf(scored.predictions.table, 'score');
  if (names.predictions === undefined) {
    if (!scored) throw noPredictions();
    return { ...scored, model, ownScores };
  }
  const predictions = outputs[names.predictions];
  if (predictions === undefined) throw noPredictions();
  const stored = await readStored(openStore(workspace), predictions, names.predictions);
  return {
    // Kept as Parquet, as the evidence calls it, whatever the stage wrote.
    predictions: names.predictions.endsWith('.parquet') ? stored : await storeTable(workspace, stored.table),
    measured: scored?.measured ?? {},
    model,
    ownScores,
  };
}

const noPredictions = (): LockstepError =>
  new LockstepError('E_METRICS_MISSING', {
    what: 'the pipeline gave neither a model nor predictions',
    allowed: 'evaluate: names an output that is the ONNX model, or the predictions',
    fix: 'add `model: model.onnx` or `predictions: predictions.parquet` to evaluate',
  });

export async function scoreBaseline(
  workspace: Workspace,
  {
    candidate,
    predictions: candidatePredictions,
    modelFile,
    rows,
    baseline,
  }: {
    candidate: Candidate;
    /** The candidate's: they tell the folds. */
    predictions: Table;
    modelFile: ModelFile;
    rows: JudgedRows;
    baseline: Baseline;
  },
): Promise<{ subject: Subject; predictions: StoredTable }> {
  if (baseline.kind === 'simplest') {
    const train = rows.evaluate.folds === undefined ? await candidate.training() : null;
    const table = simplestScores({
      task: modelFile.task,
      modelFile,
      evaluate: rows.evaluate,
      rows: rows.table,
      train,
      folds: rows.evaluate.folds === undefined ? null : candidatePredictions,
    });
    const name = modelFile.task === 'regression' ? 'mean' : 'class prior';
    return {
      subject: { kind: 'simplest', name, modelDigest: null },
      predictions: await storeTable(workspace, table),
    };
  }
  const { record } = baseline;
  const subject = subjectOf(baseline);
  if (rows.evaluate.folds !== undefined) {
    const predictions = await evidenceObject(workspace, record, record.predictions);
    return {
      subject,
      predictions: await readStored(openStore(workspace), predictions, `predictions of ${record.version}`),
    };
  }
  const model = await evidenceObject(workspace, record, record.modelDigest);
  const { predictions } = await scoreModel(workspace, {
    model,
    rows: rows.ref,
    names: { model: `the model of ${record.version}`, data: rows.evaluate.data },
    rowId: rows.evaluate['row-id'],
    measure: false,
  });
  return { subject, predictions };
}
