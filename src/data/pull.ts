import { existsSync, rmSync } from 'node:fs';
import { type Digest, LockstepError, startProgress, type Workspace } from '../workspace/index.ts';
import { objectOf, objectsOf } from './datasets.ts';
import { eachLimited } from './each-limited.ts';
import type { LockEntry } from './lock/lock.ts';
import { readLock } from './lock/lock-file.ts';
import type { ManifestFile } from './manifest.ts';
import { healing, placeFolder } from './placing.ts';
import { selectEntries } from './selection.ts';
import { openMemos, stateOf } from './status.ts';
import { openStore, type Store } from './store/store.ts';
import { usingStore } from './store/store-use.ts';
import { checkNotForgotten } from './store/tombstones.ts';
import {
  type Bringer,
  bringAll,
  isLarge,
  missingIn,
  openBringer,
  type SizedObject,
} from './transfer/bring.ts';
import type { Partial } from './transfer/partial.ts';
import { readSparse, wantedFiles, writeSparse } from './working-files/sparse.ts';
import { checkNoLink, dataPath, readWorking, type Working } from './working-files/working-files.ts';

export interface PullOptions {
  /** Keys; all datasets when left out. */
  readonly only?: readonly string[] | undefined;
  /** Of folders: the files that this checkout wants from now on (`train/`, `*.csv`); null: the whole folders again. */
  readonly files?: readonly string[] | null | undefined;
  /** Replaces what was changed under data/. */
  readonly force?: boolean;
  /** Large files are one with the store's, where they lie there, and nobody may write them. */
  readonly hardLinks?: boolean;
}

export interface PullResult {
  readonly datasets: readonly (LockEntry & { readonly placed: boolean })[];
  /** What came from the remote. */
  readonly fetched: { readonly objects: number; readonly bytes: number };
}

/** A dataset whose working copy is not as locked, and what it takes to make it so. */
interface Change {
  readonly entry: LockEntry;
  readonly working: Working;
  /** Files that lie there, by path relative to the dataset. */
  readonly present: ReadonlyMap<string, ManifestFile>;
  /** All files that are wanted there. */
  readonly wanted: readonly ManifestFile[];
  /** Those that are not there yet, or with other bytes. */
  readonly placing: readonly ManifestFile[];
}

/**
 * Makes data/ hold what data.lock says. First everything is looked at, then everything is fetched and verified,
 * then it is placed, file by file by renaming. Errors: E_DATA_CHANGED before anything is touched; those of `ensureDataset`.
 */
export const pullData = (workspace: Workspace, options: PullOptions = {}): Promise<PullResult> =>
  usingStore(workspace, 'data pull', () => pull(workspace, options));

async function pull(workspace: Workspace, options: PullOptions): Promise<PullResult> {
  const entries = selectEntries(readLock(workspace), options.only);
  const memos = openMemos(workspace);
  const looked: { entry: LockEntry; working: Working }[] = [];
  for (const entry of entries) {
    checkNoLink(workspace, entry.key);
    looked.push({ entry, working: await readWorking(workspace, entry, memos) });
  }
  memos.files.save();
  const again = options.files !== undefined;
  const sparse = readSparse(workspace);
  const patternsOf = (key: string) => (again ? (options.files ?? undefined) : sparse[key]);
  const different = looked.filter(
    ({ entry, working }) => (again && entry.files) || stateOf(entry, working).state !== 'same',
  );
  const progress = startProgress('data pull', 'bytes');
  let expected = 0;
  const store = openStore(workspace);
  const bringer = openBringer(workspace, store, () => progress.update(bringer.arrived.bytes, expected));
  try {
    const changes: Change[] = [];
    for (const { entry, working } of different)
      changes.push(await changeOf(workspace, bringer, entry, working, patternsOf(entry.key)));
    if (!options.force) await checkReplaceable(store, bringer, changes);
    const missing: { entry: LockEntry; missing: SizedObject[] }[] = [];
    for (const { entry, placing } of changes)
      missing.push({ entry, missing: await missingIn(store, namedObjects(entry, placing)) });
    expected = missing.flatMap((one) => one.missing).reduce((sum, { size }) => sum + size, 0);
    await bringAll(
      bringer,
      missing.map((one) => ({ ...one, missing: one.missing.filter((object) => !isLarge(object)) })),
    );
    const large = new Map<Digest, Staged>();
    for (const [index, { entry, present, placing }] of changes.entries())
      for (const object of missing[index]!.missing.filter(isLarge)) {
        if (large.has(object.digest)) continue;
        const place = placing.find(({ digest }) => digest === object.digest)!.path;
        const path = dataPath(workspace, entry.key) + place;
        const old = present.get(place);
        const staged = await bringer.large(object, old && isLarge(old) ? [{ ...old, path }] : []);
        large.set(object.digest, { staged, path });
      }
    // From here on this is what the checkout wants: a pull that is cut off now ends when it is run again.
    if (options.files !== undefined)
      for (const { key, files } of entries) if (files) writeSparse(workspace, key, options.files);
    for (const change of changes) await place(workspace, store, change, large, options.hardLinks === true);
    const placed = new Set(different.map(({ entry }) => entry.key));
    return {
      datasets: entries.map((entry) => ({ ...entry, placed: placed.has(entry.key) })),
      fetched: bringer.arrived,
    };
  } finally {
    progress.end();
  }
}

const namedObjects = (entry: LockEntry, files: readonly ManifestFile[]): SizedObject[] =>
  entry.files === undefined ? files.map(() => objectOf(entry)) : objectsOf(entry, files);

async function changeOf(
  workspace: Workspace,
  bringer: Bringer,
  entry: LockEntry,
  working: Working,
  patterns: readonly string[] | undefined,
): Promise<Change> {
  const all =
    entry.files === undefined
      ? [{ path: '', digest: entry.digest, size: entry.size }]
      : await bringer.manifest(entry);
  const wanted = wantedFiles(all, patterns, entry.key);
  checkNotForgotten(workspace, [entry, ...namedObjects(entry, wanted)]);
  const files = working.kind === 'present' ? await working.files() : [];
  const present = new Map(files.map((file) => [file.path, file]));
  const placing = wanted.filter(({ path, digest }) => present.get(path)?.digest !== digest);
  return { entry, working, present, wanted, placing };
}

/** A working file may be replaced when its bytes are in the store (an earlier version) or are locked ones. */
async function checkReplaceable(store: Store, bringer: Bringer, changes: readonly Change[]): Promise<void> {
  for (const { entry, working, present, wanted } of changes) {
    if (working.kind === 'missing') continue;
    const locked = new Set(wanted.map(({ digest }) => digest));
    let own = working.kind === 'odd' ? working.what : undefined;
    for (const file of present.values()) {
      if (locked.has(file.digest) || store.has(file.digest)) continue;
      if (!isLarge(file) || !(await bringer.knows(file.digest))) own ??= file.path;
    }
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

/** A verified file on its way to the first place that wants it. */
interface Staged {
  readonly staged: Partial;
  readonly path: string;
}

/** `large` go straight to their first place, since with a copy in the store they may fill a disk twice. */
async function place(
  workspace: Workspace,
  store: Store,
  { entry, working, present, wanted, placing }: Change,
  large: ReadonlyMap<Digest, Staged>,
  hardLinks: boolean,
): Promise<void> {
  const target = dataPath(workspace, entry.key);
  if (working.kind === 'odd') rmSync(target.replace(/\/$/, ''), { recursive: true, force: true });
  for (const { path, digest } of placing) {
    const found = large.get(digest);
    if (found?.path !== target + path) continue;
    await store.moveIn(found.staged.path, digest, found.path);
    found.staged.release();
  }
  await healing(workspace, store, entry, async () => {
    const apart = entry.files !== undefined && !existsSync(target);
    if (apart && (await placeFolder(store, placing, target, hardLinks))) return;
    const kept = new Set(wanted.map(({ path }) => path));
    for (const path of present.keys()) if (!kept.has(path)) rmSync(target + path, { force: true });
    await eachLimited(placing, async ({ path, digest }) => {
      const from = large.get(digest)?.path;
      if (from === undefined && hardLinks && (await store.link(digest, target + path))) return;
      if (from === undefined) return store.materialize(digest, target + path);
      if (from !== target + path) await store.copyIn(from, digest, target + path);
    });
  });
}
