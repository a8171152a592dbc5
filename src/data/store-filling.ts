import type { Workspace } from '../workspace/index.ts';
import { eachLimited, fileObjects, isWhole } from './datasets.ts';
import { openMemo } from './digest-memo.ts';
import type { LockEntry } from './lock.ts';
import { printManifest } from './manifest.ts';
import type { Store } from './store.ts';
import { dataPath, readWorking } from './working-files.ts';

/** Fills the store from data/ where that is as locked, so that nothing is fetched that lies here. False when it is not. */
export async function fillFromWorking(
  workspace: Workspace,
  store: Store,
  entry: LockEntry,
): Promise<boolean> {
  if (await isComplete(store, entry)) return true;
  const working = await readWorking(workspace, entry, openMemo(workspace));
  if (working.kind !== 'present' || working.digest !== entry.digest) return false;
  const root = dataPath(workspace, entry.key);
  await eachLimited(working.files, async ({ path }) => void (await store.putFile(root + path)));
  if (entry.files !== undefined) await store.put(printManifest(working.files));
  return isComplete(store, entry);
}

async function isComplete(store: Store, entry: LockEntry): Promise<boolean> {
  const present = entry.files === undefined ? store.has(entry.digest) : await isWhole(store, entry.digest);
  if (!present) return false;
  const objects = await fileObjects(store, entry);
  return objects.every(({ digest }) => store.has(digest));
}
