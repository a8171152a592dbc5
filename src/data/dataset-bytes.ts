import { isLockstepError, type Workspace } from '../workspace/index.ts';
import { readManifest } from './datasets.ts';
import { ensureDataset } from './ensure.ts';
import type { LockEntry } from './lock/lock.ts';
import type { ManifestFile } from './manifest.ts';
import { takeCommitted } from './store/committed-object.ts';
import { openStore } from './store/store.ts';
import { isWhole, openBringer } from './transfer/bring.ts';

export interface BytesOptions {
  /** Where else `.data/` is looked into. */
  readonly commits?: readonly string[];
  /** No larger file is fetched from the remote, and nothing at all for 0; unlimited unless stated. Bytes. */
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
  if (mostFetched === 0 || (entry.files === undefined && entry.size > mostFetched)) return false;
  try {
    if (entry.files === undefined) await ensureDataset(workspace, { entries: [entry] }, entry.key);
    else await openBringer(workspace, store).manifest(entry);
    return true;
  } catch (error) {
    if (isLockstepError(error, 'E_OBJECT_MISSING')) return false;
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
