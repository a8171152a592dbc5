import type { Workspace } from '../workspace/index.ts';
import { fileObjects } from './datasets.ts';
import { keepFiles } from './keeping.ts';
import type { LockEntry } from './lock/lock.ts';
import { printManifest } from './manifest.ts';
import { openMemos } from './status.ts';
import type { Store } from './store/store.ts';
import { isWhole } from './transfer/bring.ts';
import { dataPath, readWorking } from './working-files/working-files.ts';

/** Fills the store from data/ where that is as locked, so that nothing is fetched that lies here. False when it is not. */
export async function fillFromWorking(
  workspace: Workspace,
  store: Store,
  entry: LockEntry,
): Promise<boolean> {
  if (await isComplete(store, entry)) return true;
  const working = await readWorking(workspace, entry, openMemos(workspace));
  if (working.kind !== 'present' || working.digest !== entry.digest) return false;
  const root = dataPath(workspace, entry.key);
  if (entry.files === undefined) await store.putFile(root);
  else {
    const files = await working.files();
    if (files.length !== entry.files) return false; // A sparse checkout has only a part.
    await keepFiles(
      store,
      root,
      files.filter(({ digest }) => !store.has(digest)).map(({ path }) => path),
    );
    await store.put(printManifest(files));
  }
  return isComplete(store, entry);
}

async function isComplete(store: Store, entry: LockEntry): Promise<boolean> {
  const present = entry.files === undefined ? store.has(entry.digest) : await isWhole(store, entry.digest);
  if (!present) return false;
  const objects = await fileObjects(store, entry);
  return objects.every(({ digest }) => store.has(digest));
}
