import pLimit from 'p-limit';
import { type Digest, isLockstepError, type Workspace } from '../workspace/index.ts';
import type { LockEntry } from './lock.ts';
import { type ManifestFile, parseManifest } from './manifest.ts';
import { sizeMismatch, type Wanted } from './receive.ts';
import { openRemote, type Remote } from './remote.ts';
import { openStore, type Store, sizeOf } from './store.ts';

/** Transfers and copies at a time: enough to hide latency, few enough for any server. */
export const parallel = 8;

export const readManifest = async (store: Store, entry: LockEntry): Promise<ManifestFile[]> =>
  parseManifest((await store.read(entry.digest)).toString('utf8'), entry);

/** Brings every object of these entries into the store; tells the bytes that arrived. Nothing is placed. */
export async function fetchEntries(
  workspace: Workspace,
  entries: readonly LockEntry[],
  onBytes: (done: number, of: number) => void = () => {},
): Promise<{ objects: number; bytes: number }> {
  const store = openStore(workspace);
  let remote: Promise<Remote> | undefined;
  const arrived = { objects: 0, bytes: 0 };
  let expected = 0;
  const fetchObject = async (object: Wanted) => {
    remote ??= openRemote(workspace);
    const temporary = store.temporary(object.digest);
    await (await remote).fetch(object, temporary, (count) => {
      arrived.bytes += count;
      onBytes(arrived.bytes, expected);
    });
    await store.adopt(temporary, object.digest);
    arrived.objects++;
  };
  const manifests = entries.filter(({ files }) => files !== undefined);
  await eachLimited(manifests, async ({ key, digest }) => {
    if (!(await isWhole(store, digest))) await fetchObject({ key, digest, size: null });
  });
  const absent: Wanted[] = [];
  for (const entry of entries) {
    for (const object of await fileObjects(store, entry)) {
      if (!(await isStored(store, object))) absent.push(object);
    }
  }
  const distinct = [...new Map(absent.map((object) => [object.digest, object])).values()];
  expected = distinct.reduce((sum, { size }) => sum + (size ?? 0), 0);
  await eachLimited(distinct, fetchObject);
  return arrived;
}

/** The file objects of a dataset whose manifest, if it has one, is in the store. */
export async function fileObjects(store: Store, entry: LockEntry): Promise<(Wanted & { size: number })[]> {
  if (entry.files === undefined) return [{ key: entry.key, digest: entry.digest, size: entry.size }];
  const files = await readManifest(store, entry);
  return files.map(({ path, digest, size }) => ({ key: entry.key + path, digest, size }));
}

/** Errors: E_SIZE_MISMATCH when the stored object is whole but the lock states another size. */
async function isStored(store: Store, object: Wanted): Promise<boolean> {
  const size = await sizeOf(store.pathOf(object.digest));
  if (size === null) return false;
  if (object.size === null || size === object.size) return true;
  if (await isWhole(store, object.digest)) throw sizeMismatch(object, size, 'the local store');
  return false;
}

/** Whether the stored bytes are what their name says; a damaged copy is gone afterwards. */
export const isWhole = (store: Store, digest: Digest): Promise<boolean> =>
  store.verify(digest).then(
    () => true,
    (error: unknown) => {
      if (isLockstepError(error, 'E_DIGEST_MISMATCH') || isLockstepError(error, 'E_OBJECT_MISSING'))
        return false;
      throw error;
    },
  );

/** Runs one task an item, eight at a time. The first error ends it once those under way are done. */
export async function eachLimited<T>(items: readonly T[], task: (item: T) => Promise<void>): Promise<void> {
  const limit = pLimit(parallel);
  let failed = false;
  const results = await Promise.allSettled(
    items.map((item) =>
      limit(async () => {
        if (failed) return;
        await task(item).catch((error: unknown) => {
          failed = true;
          throw error;
        });
      }),
    ),
  );
  const refusal = results.find((result) => result.status === 'rejected');
  if (refusal) throw refusal.reason;
}
