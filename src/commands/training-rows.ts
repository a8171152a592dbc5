import { openStore, readTable, type Table } from '../data/index.ts';
import type { Pipeline, RunResult, Stage } from '../pipeline/index.ts';
import type { Workspace } from '../workspace/index.ts';
import { runAtBase } from './base-run.ts';

/** The first table among the inputs of the stage that makes the model, or null. */
export async function trainingTable(
  workspace: Workspace,
  { pipeline, outputs }: Pick<RunResult, 'pipeline' | 'outputs'>,
): Promise<Table | null> {
  for (const input of modelStage(pipeline)?.inputs ?? []) {
    const ref = input.kind === 'output' ? outputs[input.name] : undefined;
    if (ref === undefined) continue;
    return readTable(openStore(workspace).pathOf(ref.digest), 'the training rows').catch(() => null);
  }
  return null;
}

/** The training rows that a commit makes; nothing is trained on them. */
export async function trainingTableAtBase(workspace: Workspace, pipeline: Pipeline): Promise<Table | null> {
  const first = modelStage(pipeline)?.inputs.find((input) => input.kind === 'output');
  if (first === undefined) return null;
  const { outputs } = await runAtBase(workspace, pipeline, first.stage);
  return trainingTable(workspace, { pipeline, outputs });
}

function modelStage({ stages, file: { evaluate } }: Pipeline): Stage | undefined {
  const { model, predictions } = evaluate;
  return stages.find(({ outputs }) => outputs.some((name) => name === model || name === predictions));
}
