import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type Digest, digestOf, hexOf, isLockstepError } from '../../workspace/index.ts';
import { eachLimited } from '../each-limited.ts';
import type { LockEntry } from '../lock/lock.ts';
import type { Remote } from '../remote.ts';
import { objectPath, type Store } from '../store/store.ts';
import { chunkedFrom, chunkSizes, chunksOf } from './chunker.ts';
import { knownLocations } from './earlier.ts';
import { fetchMap } from './fetch-bytes.ts';
import type { KnownMaps } from './known-maps.ts';
import {
  type Chunk,
  chunkMapKey,
  folderMapKey,
  type Location,
  printChunkMap,
  printFolderMap,
} from './maps.ts';
import { PackWriter } from './pack-writer.ts';
import { digestMismatch, type Wanted } from './wanted.ts';

export interface Sent {
  /** Objects of datasets that the remote did not have, and those it had. */
  objects: number;
  present: number;
  /** Chunks of large files that were sent. */
  chunks: number;
  /** What went over the wire, maps included. */
  bytes: number;
}

export type SourceObject = Wanted & { readonly size: number; readonly path: string };

/** Sends what a remote lacks. Everything that an object needs is there before the key that makes it found. */
export interface Sender {
  readonly sent: Sent;
  /** A large file, in chunks; `earlier`: versions of it whose chunks may be there. */
  large(object: SourceObject, earlier: readonly LockEntry[]): Promise<void>;
  /** The small files of a folder, in packs, and its manifest. */
  folder(
    entry: LockEntry,
    digests: readonly (Wanted & { size: number })[],
    earlier: readonly LockEntry[],
  ): Promise<void>;
  /** Objects at their own places. */
  plain(objects: readonly (Wanted & { size: number })[]): Promise<void>;
  /** Names what must stay, where a remote drops what nothing names. */
  end(): Promise<void>;
}

export async function openSender(
  remote: Remote,
  known: KnownMaps,
  store: Store,
  onBytes: (count: number) => void,
): Promise<Sender> {
  const { bucket } = remote;
  const sent: Sent = { objects: 0, present: 0, chunks: 0, bytes: 0 };
  const doomed = await doomedPacks(remote);
  const alone: { sha256: string; size: number }[] = [];
  const put = async (key: string, bytes: Uint8Array, sha256 = hexOf(digestOf(bytes))) => {
    await bucket.put(key, bytes, sha256);
    sent.bytes += bytes.length;
    onBytes(bytes.length);
  };
  const putMap = async (key: string, text: string) => {
    const bytes = Buffer.from(text);
    await put(key, bytes);
    known.keep(key, bytes);
  };
  const isThere = async (key: string, size: number | null): Promise<boolean> => {
    const found = await bucket.stat(key);
    return found !== null && (size === null || found.size === size);
  };
  /** A map counts while none of its packs is about to go. */
  const isMapped = async (key: string, { digest }: { digest: Digest }): Promise<boolean> => {
    if (doomed.has(hexOf(digest)) || !(await isThere(key, null))) return false;
    if (doomed.size === 0) return true;
    const text = String(await fetchMap(remote, key, 1 << 28));
    return !text.match(/\b[0-9a-f]{64}\b/g)?.some((hex) => doomed.has(hex));
  };
  /** What no map names must be named otherwise, in places where that matters. */
  const keepAlone = ({ digest, size }: { digest: Digest; size: number }) =>
    void alone.push({ sha256: hexOf(digest), size });
  const plainOne = async (object: Wanted & { size: number }) => {
    const key = objectPath(object.digest);
    const has = !doomed.has(hexOf(object.digest)) && (await isThere(key, object.size));
    if (has) sent.present++;
    else {
      await put(key, await store.read(object.digest), hexOf(object.digest));
      sent.objects++;
    }
    keepAlone(object);
  };
  return {
    sent,
    plain: (objects) => eachLimited(objects, plainOne),
    async large(object, earlier) {
      const key = chunkMapKey(object.digest);
      const isAlone = () =>
        !doomed.has(hexOf(object.digest)) && isThere(objectPath(object.digest), object.size);
      const mapped = await isMapped(key, object);
      if (mapped || (await isAlone())) {
        sent.present++;
        if (!mapped) keepAlone(object);
        return;
      }
      const had = await knownLocations(remote, known, store, earlier, doomed);
      const writer = new PackWriter(bucket, onBytes);
      const chunks = await chunkFile(object, had, writer, sent, remote.name);
      await writer.end();
      sent.bytes += writer.sent;
      const located = chunks.map(
        (chunk): Chunk => ({ ...chunk, ...(had.get(chunk.digest) ?? writer.locations.get(chunk.digest)!) }),
      );
      await putMap(key, printChunkMap({ size: object.size, chunks: located }));
      sent.objects++;
    },
    async folder(entry, objects, earlier) {
      const key = folderMapKey(entry.digest);
      const manifest = await store.read(entry.digest);
      const small = objects.filter(({ size }) => size < chunkedFrom);
      const whole = { key: entry.key, digest: entry.digest, size: manifest.length };
      if (await isMapped(key, entry)) {
        sent.present += small.length;
        return plainOne(whole);
      }
      const by = await placesAlone(remote, entry, small);
      const had = await knownLocations(remote, known, store, earlier, doomed);
      const writer = new PackWriter(bucket, onBytes);
      for (const { digest, size } of small) {
        const stands = by.has(digest) && !doomed.has(hexOf(digest));
        if (stands && !had.has(digest)) keepAlone({ digest, size });
        if (stands || had.has(digest)) sent.present++;
        else {
          await writer.add(digest, await store.read(digest));
          sent.objects++;
        }
      }
      await writer.end();
      sent.bytes += writer.sent;
      const at = (digest: Digest): Location | null => had.get(digest) ?? writer.locations.get(digest) ?? null;
      await putMap(
        key,
        printFolderMap(objects.map(({ digest, size }) => (size < chunkedFrom ? at(digest) : null))),
      );
      await plainOne(whole);
    },
    end: async () => void (await bucket.keep?.(alone)),
  };
}

/** Reads the file once: cuts it, hashes chunks and whole, hands over what is new. Errors: E_DIGEST_MISMATCH. */
async function chunkFile(
  object: SourceObject,
  had: ReadonlyMap<Digest, Location>,
  writer: PackWriter,
  sent: Sent,
  place: string,
): Promise<{ digest: Digest; size: number }[]> {
  const whole = createHash('sha256');
  const chunks: { digest: Digest; size: number }[] = [];
  const seen = new Set<Digest>();
  const stream = createReadStream(object.path, { highWaterMark: 1 << 20 });
  let size = 0;
  for await (const bytes of chunksOf(stream as AsyncIterable<Uint8Array>, chunkSizes(object.size))) {
    whole.update(bytes);
    size += bytes.length;
    const digest = digestOf(bytes);
    chunks.push({ digest, size: bytes.length });
    if (seen.has(digest)) continue;
    seen.add(digest);
    if (had.has(digest)) continue;
    await writer.add(digest, bytes);
    sent.chunks++;
  }
  const got: Digest = `sha256:${whole.digest('hex')}`;
  if (got !== object.digest)
    throw digestMismatch(object, got, size, place === object.path ? place : object.path);
  return chunks;
}

/** Of a folder that was pushed without packs: its files that lie at their own places. */
async function placesAlone(
  { bucket }: Remote,
  entry: LockEntry,
  objects: readonly (Wanted & { size: number })[],
): Promise<ReadonlySet<Digest>> {
  const alone = new Set<Digest>();
  if ((await bucket.stat(objectPath(entry.digest))) === null) return alone;
  await eachLimited(objects, async ({ digest, size }) => {
    if ((await bucket.stat(objectPath(digest)))?.size === size) alone.add(digest);
  });
  return alone;
}

/** What the next clean-up removes: objects, packs, and what doomed maps are of (64 hex digits). */
async function doomedPacks(remote: Remote): Promise<ReadonlySet<string>> {
  if (remote.embedded !== null) return new Set();
  const bytes = await fetchMap(remote, 'gc/doomed.json', 1 << 26).catch((error: unknown) => {
    if (isLockstepError(error, 'E_REMOTE_FAILED')) return null; // A place that says no to a stranger's key.
    throw error;
  });
  const found = bytes === null ? null : bytes.toString().match(/\b[0-9a-f]{64}\b/g);
  return new Set(found);
}
