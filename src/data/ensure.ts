import type { Workspace } from '../workspace/index.ts';
import { fetchEntries } from './datasets.ts';
import type { Lock, LockEntry } from './lock/lock.ts';
import { entryOf } from './selection.ts';
import { openStore } from './store/store.ts';
import { usingStore } from './store/store-use.ts';
import { checkNotForgotten } from './store/tombstones.ts';
import { fillFromWorking } from './store-filling.ts';

/**
 * Makes sure that a dataset's bytes are in the store: from data/ where that is as locked, else from the remote.
 * Errors: E_DATA_MISSING (no such key), E_OBJECT_MISSING, E_REMOTE_*, E_SIZE_MISMATCH, E_DIGEST_MISMATCH.
 */
export async function ensureDataset(workspace: Workspace, lock: Lock, key: string): Promise<LockEntry> {
  const entry = entryOf(lock, key);
  await usingStore(workspace, 'data', async () => {
    checkNotForgotten(workspace, [entry]);
    await fillFromWorking(workspace, openStore(workspace), entry);
    await fetchEntries(workspace, [entry]);
  });
  return entry;
}
