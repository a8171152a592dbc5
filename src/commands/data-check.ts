import { existsSync } from 'node:fs';
import { readModelFile } from '../model/index.ts';
import type { RunOptions } from '../pipeline/index.ts';
import { modelPath, type Workspace } from '../workspace/index.ts';

interface DataCheck {
  readonly find?: RunOptions['find'] | undefined;
  readonly force?: boolean;
  /** What is trained is this commit on that environment's data, not what lies in the work tree. */
  readonly own?: { readonly environment: string; readonly commit: string } | undefined;
}

/**
 * `find` with a look at the data before the first stage that has to run, where model.yaml has a section `data`: a run
 * that is there already was made of what it was made of. With `force` at once. Errors: E_DATA_QUALITY, E_CONFIG_*.
 */
export async function findAfterCheck(
  workspace: Workspace,
  model: string,
  { find, force, own }: DataCheck,
): Promise<{ find?: NonNullable<RunOptions['find']> }> {
  const isThere = own !== undefined || existsSync(modelPath(workspace, model, 'model.yaml'));
  if (!isThere || !(await readModelFile(workspace, model, own)).data) return find ? { find } : {};
  // Loaded by whom it concerns alone.
  const check = async () => (await import('./data-quality.ts')).checkDataOf(workspace, model, own);
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
