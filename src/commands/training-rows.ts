import { ensureDataset, findLock, openStore, readTable, type Table } from '../data/index.ts';
import type { Pipeline, RunResult, Stage } from '../pipeline/index.ts';
import type { Digest, Workspace } from '../workspace/index.ts';
import { runAtBase } from './base-run.ts';
import { lockAt } from './locks-in-git.ts';

/**
 * The first table among the inputs of the stage that makes the model, an earlier stage's output or a dataset of one
 * file; null without one.
 */
export async function trainingTable(
  workspace: Workspace,
  { pipeline, outputs }: Pick<RunResult, 'pipeline' | 'outputs'>,
): Promise<Table | null> {
  for (const input of modelStage(pipeline)?.inputs ?? []) {
    const digest =
      input.kind === 'output'
        ? outputs[input.name]?.digest
        : input.kind === 'data'
          ? await datasetDigest(workspace, pipeline.commit, input.key)
          : undefined;
    if (digest === undefined) continue;
    return readTable(openStore(workspace).pathOf(digest), 'the training rows').catch(() => null);
  }
  return null;
}

/** A dataset as data.lock has it, at the pipeline's commit or in the work tree, with its bytes in the store. */
async function datasetDigest(
  workspace: Workspace,
  commit: string | null,
  key: string,
): Promise<Digest | undefined> {
  const lock = commit === null ? findLock(workspace) : await lockAt(workspace, commit, 'data.lock');
  const entry = lock?.entries.find((candidate) => candidate.key === key);
  if (!lock || !entry || entry.files !== undefined) return undefined;
  return (await ensureDataset(workspace, lock, key)).digest;
}

/** The training rows that a commit makes; nothing is trained on them. */
export async function trainingTableAtBase(workspace: Workspace, pipeline: Pipeline): Promise<Table | null> {
  const first = modelStage(pipeline)?.inputs.find((input) => input.kind === 'output');
  const outputs = first === undefined ? {} : (await runAtBase(workspace, pipeline, first.stage)).outputs;
  return trainingTable(workspace, { pipeline, outputs });
}

function modelStage({ stages, file: { evaluate } }: Pipeline): Stage | undefined {
  const { model, predictions } = evaluate;
  return stages.find(({ outputs }) => outputs.some((name) => name === model || name === predictions));
}
