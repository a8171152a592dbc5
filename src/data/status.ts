import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { LockstepError, type Workspace } from '../workspace/index.ts';
import type { Lock, LockEntry } from './lock/lock.ts';
import { readLock } from './lock/lock-file.ts';
import { openMemo } from './working-files/digest-memo.ts';
import { listFiles } from './working-files/folder-listing.ts';
import { openFolderMemo } from './working-files/folder-memo.ts';
import { readWorking, type Working, type WorkingMemos } from './working-files/working-files.ts';

export interface DatasetStatus extends LockEntry {
  /** `same` as the lock says; `missing` under data/; `changed` there; `odd`: a link or another kind of thing. */
  readonly state: 'same' | 'missing' | 'changed' | 'odd';
  readonly detail?: string;
}

export interface DataStatus {
  readonly datasets: readonly DatasetStatus[];
  /** Files under data/ that belong to no dataset. */
  readonly unlocked: readonly string[];
}

/** Compares data/ with data.lock, by digest. Errors: E_LOCK_* for a bad lock; whatever else is found is an answer. */
export async function statusData(workspace: Workspace): Promise<DataStatus> {
  const lock = readLock(workspace);
  const memos = openMemos(workspace);
  const datasets: DatasetStatus[] = [];
  for (const entry of lock.entries) datasets.push(await statusOf(workspace, entry, memos));
  memos.files.save();
  return { datasets, unlocked: unlockedFiles(workspace, lock) };
}

export const openMemos = (workspace: Workspace): WorkingMemos => ({
  files: openMemo(workspace),
  folders: openFolderMemo(workspace),
});

async function statusOf(workspace: Workspace, entry: LockEntry, memos: WorkingMemos): Promise<DatasetStatus> {
  const working = await readWorking(workspace, entry, memos);
  const state = stateOf(entry, working);
  if (state.state !== 'changed' || working.kind !== 'present') return { ...entry, ...state };
  const found = await working.files();
  const size = found.reduce((sum, file) => sum + file.size, 0);
  const files = entry.files === undefined ? '' : `${found.length} files, `;
  return { ...entry, state: 'changed', detail: `${files}${size} bytes, ${working.digest}` };
}

/** How one dataset lies under data/. */
export const workingState = async (workspace: Workspace, entry: LockEntry): Promise<DatasetStatus['state']> =>
  (await statusOf(workspace, entry, openMemos(workspace))).state;

export function stateOf(entry: LockEntry, working: Working): Pick<DatasetStatus, 'state' | 'detail'> {
  if (working.kind === 'missing') return { state: 'missing' };
  if (working.kind === 'odd') return { state: 'odd', detail: working.what };
  return { state: working.digest === entry.digest ? 'same' : 'changed' };
}

function unlockedFiles(workspace: Workspace, lock: Lock): string[] {
  const folder = join(workspace.root, 'data');
  const keys = new Set(lock.entries.map(({ key }) => key));
  return filesUnder(folder)
    .filter((path) => !keys.has(path) && !isInsideLocked(path, keys))
    .sort((a, b) => (a < b ? -1 : 1));
}

function filesUnder(folder: string): string[] {
  try {
    readdirSync(folder);
  } catch {
    return [];
  }
  return listFiles(folder, () => {});
}

function isInsideLocked(path: string, keys: ReadonlySet<string>): boolean {
  for (let slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
    if (keys.has(path.slice(0, slash + 1))) return true;
  }
  return false;
}

/** For `--check`. Errors: E_DATA_CHANGED. */
export function checkUnchanged({ datasets }: DataStatus): void {
  const different = datasets.filter(({ state }) => state !== 'same');
  const [first] = different;
  if (!first) return;
  throw new LockstepError('E_DATA_CHANGED', {
    what: `${different.length} of ${datasets.length} datasets are not as data.lock says: "${first.key}" is ${first.state}${different.length > 1 ? `, and ${different.length - 1} more` : ''}`,
    allowed: 'every dataset under data/ as locked',
    fix: different.some(({ state }) => state === 'changed')
      ? '`lockstep data add` keeps the changes, `lockstep data pull --force` drops them'
      : 'run `lockstep data pull`',
  });
}
