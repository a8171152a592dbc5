import { basename, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { LockstepError, startProgress, statePath, type Workspace, withLock } from '../workspace/index.ts';
import { fileObjects } from './datasets.ts';
import { lookAt, makeFolderOf } from './folder.ts';
import { keepFiles } from './keeping.ts';
import { checkPath, keyFaultOf } from './lock/dataset-path.ts';
import { emptyLock, type Lock, type LockEntry, withEntry } from './lock/lock.ts';
import { findLock, writeLock } from './lock/lock-file.ts';
import { PathCollisions } from './lock/path-collisions.ts';
import { printManifest, totalSize } from './manifest.ts';
import { placeDataset } from './placing.ts';
import { pushEntries } from './push.ts';
import { openMemos, stateOf } from './status.ts';
import { openStore, type Store } from './store/store.ts';
import { usingStore } from './store/store-use.ts';
import { checkNotForgotten, withoutTombstones } from './store/tombstones.ts';
import { type DigestMemo, openMemo } from './working-files/digest-memo.ts';
import { kindOf, listFiles, refuseOdd } from './working-files/folder-listing.ts';
import { checkNoLink, dataPath, readWorking } from './working-files/working-files.ts';

export interface AddOptions {
  /** The key under data/ for a file or folder that lies elsewhere; its own name when left out. */
  readonly as?: string | undefined;
  /** Locks it in `data.<environment>.lock`, for that environment's own training; nothing is put under data/ then. */
  readonly for?: string | undefined;
  /** Replaces another file that lies at data/<key>. */
  readonly force?: boolean;
  /** Sends the bytes to the remote before data.lock names them. */
  readonly push?: boolean;
  /** Called when the bytes are in their places, before data.lock says so. */
  readonly beforeLock?: () => void;
}

export interface AddResult {
  readonly entry: LockEntry;
  /** What the lock said before. */
  readonly before: LockEntry | null;
  /** True when the bytes came from outside data/ and a copy lies there now. */
  readonly copied: boolean;
}

/**
 * Locks a file or folder: bytes into the store, then the copy under data/, then data.lock, which is written last.
 * Errors: E_DATA_MISSING, E_DATA_KIND, E_DATA_CHANGED, E_PATH_*, E_LOCK_*.
 */
export async function addData(
  workspace: Workspace,
  path: string,
  options: AddOptions = {},
): Promise<AddResult> {
  const source = resolve(path);
  const found = lookAt(source);
  if (!found) throw missing(path);
  if (!found.isFile() && !found.isDirectory()) refuseOdd(path, kindOf(found));
  const own = keyInside(workspace, source);
  const key = checkPath(keyOf(own, source, options.as, found.isDirectory()), undefined, keyFaultOf);
  checkNoLink(workspace, key);
  const store = openStore(workspace);
  const lockFile = statePath(workspace, 'locks', 'data-lock.json');
  makeFolderOf(lockFile);
  const work = async () => {
    const lock = findLock(workspace, options.for) ?? emptyLock;
    checkFits(lock, key);
    const entry = found.isDirectory()
      ? await storeFolder(store, source, key, openMemo(workspace))
      : await storeFile(store, source, key);
    await checkAddable(workspace, store, entry, options.force === true);
    const elsewhere = own === null || `${own}` !== key.replace(/\/$/, '');
    const copied = elsewhere && options.for === undefined;
    if (copied) await placeCopy(workspace, entry, options.force === true);
    if (options.push) await pushEntries(workspace, [entry], options.for);
    options.beforeLock?.();
    writeLock(workspace, withEntry(lock, entry), options.for);
    return { entry, before: lock.entries.find((other) => other.key === key) ?? null, copied };
  };
  return usingStore(workspace, 'data add', () =>
    withLock(lockFile, { what: 'data add', waitMs: 60_000 }, work),
  );
}

/** Errors: E_DATA_FORGOTTEN; with `force` the bytes are remembered again. */
async function checkAddable(
  workspace: Workspace,
  store: Store,
  entry: LockEntry,
  force: boolean,
): Promise<void> {
  const objects = [entry, ...(await fileObjects(store, entry))];
  if (force) await withoutTombstones(workspace, new Set(objects.map(({ digest }) => digest)));
  else checkNotForgotten(workspace, objects);
}

/** The path relative to data/, or null when it lies elsewhere. */
function keyInside(workspace: Workspace, source: string): string | null {
  const inside = relative(join(workspace.root, 'data'), source);
  if (inside === '') refuseOdd(source, 'the folder data/ itself; add what is in it');
  return inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside)
    ? null
    : inside.split(sep).join('/');
}

function keyOf(own: string | null, source: string, as: string | undefined, folder: boolean): string {
  const key = (as?.replace(/^data\//, '') ?? own ?? basename(source)).replace(/\/+$/, '');
  return folder ? `${key}/` : key;
}

/** Errors: E_LOCK_CASE_COLLISION, E_LOCK_UNICODE_COLLISION, E_LOCK_DUPLICATE. */
function checkFits(lock: Lock, key: string): void {
  const collisions = new PathCollisions();
  for (const path of [...lock.entries.map((entry) => entry.key).filter((other) => other !== key), key]) {
    const collision = collisions.add(path);
    if (collision)
      throw new LockstepError(collision.code, {
        ...collision,
        fix: 'choose another key with --as, or add the dataset again that holds it',
      });
  }
}

async function storeFile(store: Store, source: string, key: string): Promise<LockEntry> {
  return { key, ...(await store.putFile(source)) };
}

async function storeFolder(store: Store, source: string, key: string, memo: DigestMemo): Promise<LockEntry> {
  const paths = listFiles(source);
  if (paths.length === 0) refuseOdd(source, 'a folder without files');
  const collisions = new PathCollisions();
  for (const path of paths) {
    checkPath(path);
    const collision = collisions.add(path);
    if (collision) throw new LockstepError(collision.code, { ...collision, fix: 'rename one of them' });
  }
  const progress = startProgress('data add');
  try {
    const files = await keepFiles(store, source, paths, memo, (done) => progress.update(done, paths.length));
    memo.save();
    const { digest } = await store.put(printManifest(files));
    return { key, digest, size: totalSize(files), files: files.length };
  } finally {
    progress.end();
  }
}

async function placeCopy(workspace: Workspace, entry: LockEntry, force: boolean): Promise<void> {
  const working = await readWorking(workspace, entry, openMemos(workspace));
  const { state } = stateOf(entry, working);
  if (state === 'same') return;
  if (state !== 'missing' && !force) {
    throw new LockstepError('E_DATA_CHANGED', {
      what: `something else lies at data/${entry.key}`,
      allowed: 'a free place under data/',
      fix: 'choose another key with --as, or replace it with --force',
    });
  }
  await placeDataset(workspace, entry, dataPath(workspace, entry.key));
}

const missing = (path: string): LockstepError =>
  new LockstepError('E_DATA_MISSING', {
    what: `no file or folder ${path}`,
    allowed: 'a file or folder on this machine',
    fix: 'correct the path',
  });
