import { isLockstepError, type Workspace } from '../workspace/index.ts';
import { takeCommitted } from './committed-object.ts';
import { isWhole, readManifest } from './datasets.ts';
import { ensureDataset } from './ensure.ts';
import type { LockEntry } from './lock.ts';
import type { ManifestFile } from './manifest.ts';
import { openStore } from './store.ts';

export interface BytesOptions {
  /** Where else `.data/` is looked into. */
  readonly commits?: readonly string[];
  /** Nothing larger is fetched from the remote, and nothing at all for 0; unlimited unless stated. Bytes. */
  readonly mostFetched?: number;
}

const mostManifest = 1 << 28;

/**
 * Brings a dataset's own object (a file's bytes, a folder's manifest) into the store: whether it is there now. Looked
 * for in the store, in `.data/` of the given commits, under `data/`, in the remote. Errors: E_REMOTE_*.
 */
export async function haveObject(
  workspace: Workspace,
  entry: LockEntry,
  { commits = [], mostFetched = Number.POSITIVE_INFINITY }: BytesOptions = {},
): Promise<boolean> {
  const store = openStore(workspace);
  if (store.has(entry.digest) && (await isWhole(store, entry.digest))) return true;
  const most = entry.files === undefined ? entry.size : mostManifest;
  if (await takeCommitted(workspace, entry.digest, { commits: ['HEAD', ...commits], most })) return true;
  // A folder's files come along with its manifest, whatever they weigh.
  if (entry.size >= mostFetched) return false;
  try {
    await ensureDataset(workspace, { entries: [entry] }, entry.key);
    return true;
  } catch (error) {
    // A folder's manifest may have come though one of its files is nowhere.
    if (isLockstepError(error, 'E_OBJECT_MISSING')) return store.has(entry.digest);
    throw error;
  }
}

/** A folder's files, or null where its manifest can't be had. Errors: as `haveObject` and `parseManifest`. */
export async function findManifest(
  workspace: Workspace,
  entry: LockEntry,
  options?: BytesOptions,
): Promise<ManifestFile[] | null> {
  return (await haveObject(workspace, entry, options)) ? readManifest(openStore(workspace), entry) : null;
}
