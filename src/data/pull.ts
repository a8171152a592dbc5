import { rmSync } from 'node:fs';
import { LockstepError, startProgress, type Workspace } from '../workspace/index.ts';
import { eachLimited, fetchEntries, fileObjects } from './datasets.ts';
import { openMemo } from './digest-memo.ts';
import type { LockEntry } from './lock.ts';
import { readLock } from './lock-file.ts';
import { healing, placeDataset } from './placing.ts';
import { selectEntries } from './selection.ts';
import { stateOf } from './status.ts';
import { openStore, type Store } from './store.ts';
import { checkNoLink, dataPath, readWorking, type Working } from './working-files.ts';

export interface PullOptions {
  /** Keys; all datasets when left out. */
  readonly only?: readonly string[] | undefined;
  /** Replaces what was changed under data/. */
  readonly force?: boolean;
}

export interface PullResult {
  readonly datasets: readonly (LockEntry & { readonly placed: boolean })[];
  /** What came from the remote. */
  readonly fetched: { readonly objects: number; readonly bytes: number };
}

/**
 * Makes data/ hold what data.lock says. First everything is looked at, then everything is fetched and verified,
 * then it is placed, file by file by renaming. Errors: E_DATA_CHANGED before anything is touched; those of `ensureDataset`.
 */
export async function pullData(workspace: Workspace, options: PullOptions = {}): Promise<PullResult> {
  const entries = selectEntries(readLock(workspace), options.only);
  const memo = openMemo(workspace);
  const looked: { entry: LockEntry; working: Working }[] = [];
  for (const entry of entries) {
    checkNoLink(workspace, entry.key);
    looked.push({ entry, working: await readWorking(workspace, entry, memo) });
  }
  memo.save();
  const wanted = looked.filter(({ entry, working }) => stateOf(entry, working).state !== 'same');
  const progress = startProgress('data pull', 'bytes');
  try {
    const fetched = await fetchEntries(
      workspace,
      wanted.map(({ entry }) => entry),
      (done, of) => progress.update(done, of),
    );
    const store = openStore(workspace);
    if (!options.force) await checkReplaceable(store, wanted);
    for (const { entry, working } of wanted) await place(workspace, store, entry, working);
    const placed = new Set(wanted.map(({ entry }) => entry.key));
    return { datasets: entries.map((entry) => ({ ...entry, placed: placed.has(entry.key) })), fetched };
  } finally {
    progress.end();
  }
}

/** A working file may be replaced when its bytes are in the store (an earlier version) or are the locked ones. */
async function checkReplaceable(
  store: Store,
  wanted: readonly { entry: LockEntry; working: Working }[],
): Promise<void> {
  for (const { entry, working } of wanted) {
    if (working.kind === 'missing') continue;
    const own =
      working.kind === 'odd' ? working.what : working.files.find(({ digest }) => !store.has(digest))?.path;
    if (own === undefined) continue;
    const inside = working.kind === 'present' && own !== '' ? ` (${own})` : '';
    throw new LockstepError('E_DATA_CHANGED', {
      what:
        working.kind === 'odd'
          ? `data/${entry.key} cannot be replaced: ${own}`
          : `data/${entry.key} was changed here${inside}`,
      allowed: 'files as an earlier lock had them, or none',
      fix: '`lockstep data add` keeps the change, `lockstep data pull --force` drops it',
    });
  }
}

async function place(workspace: Workspace, store: Store, entry: LockEntry, working: Working): Promise<void> {
  const target = dataPath(workspace, entry.key);
  if (working.kind === 'odd') rmSync(target.replace(/\/$/, ''), { recursive: true, force: true });
  if (entry.files === undefined || working.kind !== 'present') return placeDataset(workspace, entry, target);
  await healing(workspace, store, entry, async () => {
    const wanted = new Map(
      (await fileObjects(store, entry)).map(({ key, digest }) => [key.slice(entry.key.length), digest]),
    );
    for (const { path } of working.files) if (!wanted.has(path)) rmSync(target + path, { force: true });
    for (const { path, digest } of working.files) if (wanted.get(path) === digest) wanted.delete(path);
    await eachLimited([...wanted], ([path, digest]) => store.materialize(digest, target + path));
  });
}
