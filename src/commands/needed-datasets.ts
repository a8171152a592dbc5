import { findLock, type LockEntry, readLock, selectEntries } from '../data/index.ts';
import { planRun, readPipeline } from '../pipeline/index.ts';
import type { Workspace } from '../workspace/index.ts';

/**
 * The datasets that the stages of these models read which would run now, and those that are named; with neither all.
 * Errors: E_LOCK_*, E_DATA_MISSING, those of the pipelines.
 */
export async function neededDatasets(
  workspace: Workspace,
  models: readonly string[],
  only: readonly string[],
): Promise<readonly LockEntry[]> {
  const lock = only.length === 0 ? findLock(workspace) : readLock(workspace);
  if (lock === null) return [];
  if (models.length === 0) return selectEntries(lock, only);
  const keys = new Set(only);
  for (const model of models) for (const key of await readKeys(workspace, model)) keys.add(key);
  return keys.size === 0 ? [] : selectEntries(lock, [...keys]);
}

async function readKeys(workspace: Workspace, model: string): Promise<string[]> {
  const pipeline = await readPipeline(workspace, model);
  const { stages } = await planRun(workspace, pipeline);
  const running = new Set(stages.filter(({ decision }) => decision.kind === 'run').map(({ name }) => name));
  return pipeline.stages
    .filter(({ name }) => running.has(name))
    .flatMap(({ inputs }) => inputs.flatMap((input) => (input.kind === 'data' ? [input.key] : [])));
}
