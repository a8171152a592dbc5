import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { amount, LockstepError, startProgress, type Workspace } from '../workspace/index.ts';
import { fileObjects } from './datasets.ts';
import type { LockEntry } from './lock/lock.ts';
import { readLock } from './lock/lock-file.ts';
import { openRemote } from './remote.ts';
import { selectEntries } from './selection.ts';
import { openMemos } from './status.ts';
import { objectPath, openStore, type Store } from './store/store.ts';
import { usingStore } from './store/store-use.ts';
import { checkNotForgotten, checkRemembered } from './store/tombstones.ts';
import { fillFromWorking } from './store-filling.ts';
import { isLarge, type SizedObject } from './transfer/bring.ts';
import { earlierVersions } from './transfer/earlier.ts';
import { knownMaps } from './transfer/known-maps.ts';
import { openSender, type Sender } from './transfer/send-objects.ts';
import { objectMissing } from './transfer/wanted.ts';
import { dataPath, readWorking } from './working-files/working-files.ts';

export interface PushResult {
  readonly datasets: readonly LockEntry[];
  /** `bytes` are those on the wire; chunks of large files, new ones and those that the remote had. */
  readonly pushed: { readonly objects: number; readonly bytes: number; readonly chunks: number };
  /** Objects that the remote had already. */
  readonly present: number;
  readonly remote: string;
}

/**
 * Sends what data.lock (or an environment's own lock) names to the remote: all is looked at first, files go before what
 * makes them found.
 * Errors: E_REMOTE_*, E_OBJECT_MISSING when the bytes are nowhere here.
 */
export const pushData = (
  workspace: Workspace,
  only?: readonly string[],
  environment?: string,
): Promise<PushResult> =>
  pushEntries(workspace, selectEntries(readLock(workspace, environment), only, environment), environment);

/** The same for entries that the lock need not name yet. */
export const pushEntries = (
  workspace: Workspace,
  datasets: readonly LockEntry[],
  environment?: string,
): Promise<PushResult> => usingStore(workspace, 'data push', () => push(workspace, datasets, environment));

async function push(
  workspace: Workspace,
  datasets: readonly LockEntry[],
  environment: string | undefined,
): Promise<PushResult> {
  const remote = await openRemote(workspace);
  const store = openStore(workspace);
  const sources = new Map<LockEntry, Source>();
  for (const entry of datasets) sources.set(entry, await sourceOf(workspace, store, entry));
  const total = datasets.reduce((sum, { size }) => sum + size, 0);
  const progress = startProgress('data push', 'bytes');
  let done = 0;
  try {
    checkNotForgotten(workspace, datasets);
    await checkRemembered(remote, datasets);
    const sender = await openSender(remote, knownMaps(workspace, remote), store, (count) => {
      done += count;
      progress.update(done, total);
    });
    if (remote.embedded === null) {
      const keys = new Set(datasets.map(({ key }) => key));
      await sendPacked(sender, store, sources, await earlierVersions(workspace, keys, environment));
    } else await sendPlain(remote.embedded, sender, store, sources);
    await sender.end();
    const { objects, bytes, chunks, present } = sender.sent;
    return { datasets, pushed: { objects, bytes, chunks }, present, remote: remote.name };
  } finally {
    progress.end();
  }
}

interface Source {
  /** Distinct objects of the dataset, without a folder's manifest. */
  readonly objects: readonly SizedObject[];
  /** Where a large file lies that is not in the store. */
  readonly path: string | null;
}

async function sourceOf(workspace: Workspace, store: Store, entry: LockEntry): Promise<Source> {
  if (entry.files === undefined && isLarge(entry) && !store.has(entry.digest)) {
    const working = await readWorking(workspace, entry, openMemos(workspace));
    if (working.kind !== 'present' || working.digest !== entry.digest) throw nowhere(entry);
    return { objects: [{ ...entry }], path: dataPath(workspace, entry.key) };
  }
  if (!(await fillFromWorking(workspace, store, entry))) throw nowhere(entry);
  const objects = await fileObjects(store, entry);
  return { objects: [...new Map(objects.map((object) => [object.digest, object])).values()], path: null };
}

const nowhere = (entry: LockEntry): LockstepError => objectMissing(entry, 'the local store or under data/');

async function sendPacked(
  sender: Sender,
  store: Store,
  sources: ReadonlyMap<LockEntry, Source>,
  earlier: ReadonlyMap<string, readonly LockEntry[]>,
): Promise<void> {
  const versions = ({ key, digest }: LockEntry) =>
    (earlier.get(key) ?? []).filter((version) => version.digest !== digest);
  const single: SizedObject[] = [];
  for (const [entry, { objects, path }] of sources) {
    for (const object of objects.filter(isLarge)) {
      const from = path ?? store.pathOf(object.digest);
      await sender.large({ ...object, path: from }, entry.files === undefined ? versions(entry) : []);
    }
    if (entry.files === undefined) single.push(...objects.filter((object) => !isLarge(object)));
    else await sender.folder(entry, objects, versions(entry));
  }
  await sender.plain([...new Map(single.map((object) => [object.digest, object])).values()]);
}

/** What Git can carry: a file, and all of `.data/`. Bytes. */
export const embeddedLimits = { file: 25_000_000, total: 100_000_000 } as const;
const waysOut =
  'set `remote: file:/a/shared/folder` (or another remote) in lockstep.yaml, or lock a sample of the data';

/** Objects each at its own place: Git keeps and compares files. Files go before the manifests that name them. */
async function sendPlain(
  folder: string,
  sender: Sender,
  store: Store,
  sources: ReadonlyMap<LockEntry, Source>,
): Promise<void> {
  const files = new Map(
    [...sources.values()].flatMap(({ objects }) => objects.map((one) => [one.digest, one])),
  );
  await checkLimits(folder, [...files.values()]);
  await sender.plain([...files.values()]);
  const manifests: SizedObject[] = [];
  for (const { key, digest, files: count } of sources.keys())
    if (count !== undefined) manifests.push({ key, digest, size: store.sizeOf(digest)! });
  await sender.plain(manifests);
}

async function checkLimits(folder: string, objects: readonly SizedObject[]): Promise<void> {
  const absent: SizedObject[] = [];
  for (const object of objects)
    if ((await sizeAt(join(folder, objectPath(object.digest)))) !== object.size) absent.push(object);
  const large = absent.find(({ size }) => size > embeddedLimits.file);
  if (large) {
    throw new LockstepError('E_REMOTE_TOO_LARGE', {
      what: `"${large.key}" needs an object of ${bytes(large.size)} in .data/, which Git tracks`,
      allowed: `at most ${bytes(embeddedLimits.file)} a file`,
      fix: waysOut,
    });
  }
  if (absent.length === 0) return;
  const total = (await bytesBelow(folder)) + absent.reduce((sum, { size }) => sum + size, 0);
  if (total <= embeddedLimits.total) return;
  throw new LockstepError('E_REMOTE_TOO_LARGE', {
    what: `the push would take .data/, which Git tracks, to ${bytes(total)}`,
    allowed: `at most ${bytes(embeddedLimits.total)} in all`,
    fix: waysOut,
  });
}

const bytes = (count: number): string => `${amount(count, 'count')} bytes`;

const sizeAt = (path: string): Promise<number> =>
  stat(path).then(
    (found) => found.size,
    () => -1,
  );

async function bytesBelow(folder: string): Promise<number> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  let total = 0;
  for (const item of found)
    if (item.isFile()) total += Math.max(0, await sizeAt(join(item.parentPath, item.name)));
  return total;
}
