import { openStore } from '../data/index.ts';
import {
  type Report,
  type RunOptions,
  type RunResult,
  readPipeline,
  runPipeline,
} from '../pipeline/index.ts';
import { LockstepError, type Workspace } from '../workspace/index.ts';
import { chooseBase } from './base.ts';
import { checkCandidateFolder, writeCandidate } from './candidate.ts';
import { findAfterCheck } from './data-check.ts';
import { readStored, storeTable } from './scoring.ts';

export interface TrainOptions {
  /** Where what the judge takes is written; nowhere when left out. */
  readonly folder?: string;
  /** Runs on a sample of the rows, with the params of `quick:`. */
  readonly quick?: boolean;
  readonly base?: string;
  readonly force?: boolean;
  /** May bring what an earlier run trained into the run cache. */
  readonly find?: RunOptions['find'];
  readonly report?: Report;
  /** Trains this commit on that environment's data, not what lies in the work tree. */
  readonly own?: { readonly environment: string; readonly commit: string };
}

export interface Trained {
  readonly run: RunResult;
  readonly folder: string | null;
  readonly quick: boolean;
}

/**
 * Runs a whole pipeline and judges nothing: what a pull request's own run may do, whose word nobody takes anyway.
 * Errors: those of `runPipeline` and of writing the candidate; E_METRICS_MISSING when there is nothing to judge.
 */
export async function trainCandidate(
  workspace: Workspace,
  model: string,
  { folder, quick = false, base: revision, force = false, own, find, report }: TrainOptions = {},
): Promise<Trained> {
  if (folder !== undefined) checkCandidateFolder(folder);
  await readPipeline(workspace, model, own);
  const run = await runPipeline(workspace, model, {
    force,
    ...(own === undefined ? {} : { source: own }),
    quick,
    ...(await findAfterCheck(workspace, model, { find: own === undefined ? find : undefined, force, own })),
    ...(report ? { report } : {}),
  });
  if (folder !== undefined) {
    await writeCandidate(workspace, folder, {
      ...(await judgedOutputs(workspace, run)),
      record: run.record,
      base: await chooseBase(workspace, revision),
      quick,
    });
  }
  return { run, folder: folder ?? null, quick };
}

async function judgedOutputs(workspace: Workspace, { pipeline, outputs }: RunResult) {
  const { model: modelName, predictions: name } = pipeline.file.evaluate;
  const model = modelName === undefined ? null : (outputs[modelName] ?? null);
  const made = name === undefined ? null : (outputs[name] ?? null);
  if (model === null && made === null) {
    throw new LockstepError('E_METRICS_MISSING', {
      what: `${pipeline.model} made neither a model nor predictions`,
      where: pipeline.parsed.locate(['evaluate']),
      allowed: 'evaluate: names an output that is the ONNX model, or the predictions',
      fix: 'add `model: model.onnx` or `predictions: predictions.parquet` to evaluate',
    });
  }
  if (made === null || name!.endsWith('.parquet')) return { model, predictions: made };
  const { table } = await readStored(openStore(workspace), made, name!);
  return { model, predictions: (await storeTable(workspace, table)).ref };
}
