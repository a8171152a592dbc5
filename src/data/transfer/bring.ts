import { type Digest, isLockstepError, type Workspace } from '../../workspace/index.ts';
import { eachLimited } from '../each-limited.ts';
import type { LockEntry } from '../lock/lock.ts';
import { type ManifestFile, parseManifest } from '../manifest.ts';
import { openRemote, type Remote } from '../remote.ts';
import { sync } from '../store/object-files.ts';
import type { Store } from '../store/store.ts';
import { explainMissing } from '../store/tombstones.ts';
import { chunkedFrom } from './chunker.ts';
import type { DonorFile } from './donors.ts';
import { fetchBytes, type OnBytes } from './fetch-bytes.ts';
import { fetchFile } from './fetch-file.ts';
import { fetchFolder } from './fetch-folder.ts';
import { fetchLarge } from './fetch-large.ts';
import { type KnownMaps, knownMaps } from './known-maps.ts';
import { chunkMapKey } from './maps.ts';
import { claimPartial, type Partial } from './partial.ts';
import { sizeMismatch, type Wanted } from './wanted.ts';

export type SizedObject = Wanted & { readonly size: number };

/** Brings objects from the remote, which is opened when the first is wanted. Errors of all: E_OBJECT_MISSING, E_REMOTE_*, … */
export interface Bringer {
  readonly arrived: { objects: number; bytes: number };
  /** The manifest of a folder, from the store or into it. */
  manifest(entry: LockEntry): Promise<readonly ManifestFile[]>;
  /** Objects of a dataset into the store. */
  objects(entry: LockEntry, missing: readonly SizedObject[]): Promise<void>;
  /** A large object into a file in the store's file system, verified, for the caller to move to its place. */
  large(object: SizedObject, donors: readonly DonorFile[]): Promise<Partial>;
  /** Whether the remote is known to have had a large object. */
  knows(digest: Digest): Promise<boolean>;
}

export const isLarge = ({ size }: { readonly size: number }): boolean => size >= chunkedFrom;

export function openBringer(workspace: Workspace, store: Store, onBytes: OnBytes = () => {}): Bringer {
  const explained = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      throw await explainMissing(async () => (await far()).remote, error);
    }
  };
  let opened: Promise<{ remote: Remote; known: KnownMaps }> | undefined;
  const far = () => {
    opened ??= openRemote(workspace).then((remote) => ({ remote, known: knownMaps(workspace, remote) }));
    return opened;
  };
  const arrived = { objects: 0, bytes: 0 };
  const count: OnBytes = (bytes) => {
    arrived.bytes += bytes;
    onBytes(bytes);
  };
  const large: Bringer['large'] = async (object, donors) => {
    const { remote, known } = await far();
    const partial = claimPartial(store.root, object.digest);
    try {
      await explained(
        remote.embedded !== null
          ? fetchFile(remote, object, partial.path, count)
          : fetchLarge(remote, known, donors, object, partial.path, count),
      );
    } catch (error) {
      partial.release();
      throw error;
    }
    arrived.objects++;
    return partial;
  };
  const one = async (object: Wanted) => {
    const { remote } = await far();
    await store.put(await fetchBytes(remote, object, count));
    arrived.objects++;
  };
  return {
    arrived,
    large,
    knows: async (digest) => (await far()).known.read(chunkMapKey(digest)) !== null,
    async manifest(entry) {
      const held = await readHeld(store, entry.digest);
      if (held !== null) return parseManifest(held.toString('utf8'), entry);
      await explained(one({ key: entry.key, digest: entry.digest, size: null }));
      return parseManifest((await store.read(entry.digest)).toString('utf8'), entry);
    },
    async objects(entry, missing) {
      if (missing.length === 0) return;
      for (const object of missing.filter(isLarge)) {
        const { path, release } = await large(object, []);
        await sync(path);
        store.temporary(object.digest); // Makes the folder.
        await store.adopt(path, object.digest);
        release();
      }
      const small = missing.filter((object) => !isLarge(object));
      if (entry.files === undefined) {
        for (const object of small) await explained(one(object));
        return;
      }
      const { remote, known } = await far();
      const files = parseManifest((await store.read(entry.digest)).toString('utf8'), entry);
      const digests = [...new Set(files.map(({ digest }) => digest))];
      const packer = store.openPacker();
      try {
        await explained(fetchFolder(remote, known, { digest: entry.digest, digests }, small, packer, count));
      } finally {
        packer.end(); // What arrived before an error is kept.
      }
      arrived.objects += small.length;
    },
  };
}

/** Small datasets side by side, those that are parallel in themselves one after the other. */
export async function bringAll(
  bringer: Bringer,
  wanted: readonly { readonly entry: LockEntry; readonly missing: readonly SizedObject[] }[],
): Promise<void> {
  const alone = ({ entry, missing }: (typeof wanted)[number]) =>
    entry.files === undefined && !missing.some(isLarge);
  await eachLimited(wanted.filter(alone), ({ entry, missing }) => bringer.objects(entry, missing));
  for (const { entry, missing } of wanted.filter((one) => !alone(one))) await bringer.objects(entry, missing);
}

async function readHeld(store: Store, digest: Digest): Promise<Buffer | null> {
  try {
    return await store.read(digest);
  } catch (error) {
    if (isLockstepError(error, 'E_OBJECT_MISSING') || isLockstepError(error, 'E_DIGEST_MISMATCH'))
      return null;
    throw error;
  }
}

/** Of these objects the distinct ones that the store lacks. Errors: E_SIZE_MISMATCH when it is whole but of another size. */
export async function missingIn(store: Store, objects: readonly SizedObject[]): Promise<SizedObject[]> {
  const missing = new Map<Digest, SizedObject>();
  for (const object of objects) {
    if (missing.has(object.digest)) continue;
    const size = store.sizeOf(object.digest);
    if (size === object.size) continue;
    if (size !== null && (await isWhole(store, object.digest)))
      throw sizeMismatch(object, size, 'the local store');
    missing.set(object.digest, object);
  }
  return [...missing.values()];
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
