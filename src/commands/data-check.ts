import { existsSync } from 'node:fs';
import { readModelFile } from '../model/index.ts';
import type { RunOptions } from '../pipeline/index.ts';
import { modelPath, type Workspace } from '../workspace/index.ts';

/**
 * `find` with a look at the data before the first stage that has to run, where model.yaml has a section `data`: a run
 * that is there already was made of what it was made of. With `force` at once. Errors: E_DATA_QUALITY, E_CONFIG_*.
 */
export async function findAfterCheck(
  workspace: Workspace,
  model: string,
  { find, force }: { readonly find: RunOptions['find'] | undefined; readonly force: boolean },
): Promise<{ find?: NonNullable<RunOptions['find']> }> {
  const isThere = existsSync(modelPath(workspace, model, 'model.yaml'));
  if (!isThere || !(await readModelFile(workspace, model)).data) return find ? { find } : {};
  // Loaded by whom it concerns alone.
  const check = async () => (await import('./data-quality.ts')).checkDataOf(workspace, model);
  if (force) await check();
  let checked: Promise<void> | undefined;
  return {
    find: async (fingerprint) => {
      await find?.(fingerprint);
      checked ??= check();
      await checked;
    },
  };
}
