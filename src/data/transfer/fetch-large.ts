import { hash } from 'node:crypto';
import { writeSync } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { type Digest, diskFull, hexOf, isLockstepError } from '../../workspace/index.ts';
import { eachLimited } from '../each-limited.ts';
import type { Remote } from '../remote.ts';
import { objectPath } from '../store/store.ts';
import { type Donor, type DonorFile, findDonors } from './donors.ts';
import { fetchMap, type OnBytes } from './fetch-bytes.ts';
import { fetchFile } from './fetch-file.ts';
import type { KnownMaps } from './known-maps.ts';
import { type Chunk, type ChunkMap, chunkMapKey, mostMap, packSize, parseChunkMap } from './maps.ts';
import { OrderedHash } from './ordered-hash.ts';
import { streamObject } from './stream.ts';
import { checkArrived, objectMissing, sizeMismatch, type Wanted } from './wanted.ts';

const atOnce = 2;

/** Chunks that lie behind one another in the file and in a pack. `at`: offset in the file. */
interface Segment {
  readonly pack: Digest;
  readonly from: number;
  to: number;
  readonly at: number;
}

type LargeWanted = Wanted & { readonly size: number };

/**
 * A large object into a file of ours, verified: in chunks where the remote has it so, several at a time, those left out
 * that an earlier try or an older version here has. Errors: as `fetchFile`.
 */
export async function fetchLarge(
  remote: Remote,
  known: KnownMaps,
  donors: readonly DonorFile[],
  wanted: LargeWanted,
  path: string,
  onBytes: OnBytes,
): Promise<void> {
  const key = chunkMapKey(wanted.digest);
  const bytes = await fetchMap(remote, key, mostMap);
  if (bytes === null) return fetchFile(remote, wanted, path, onBytes);
  const map = parseChunkMap(bytes, wanted.size, `${remote.name}${key}`);
  await open(path, 'a', 0o644).then((made) => made.close());
  const handle = await open(path, 'r+');
  try {
    const present = await presentIn(handle, map);
    await handle.truncate(map.size);
    await copyFromDonors(handle, map, present, findDonors(known, donors, map));
    const whole = new OrderedHash(handle.fd, heldRanges(map, present), map.size);
    const take = (at: number, bytes: Uint8Array) => {
      // Into the memory of the system, and sooner done than handed to a thread.
      for (let from = 0; from < bytes.length; )
        from += writeSync(handle.fd, bytes, from, bytes.length - from, at + from);
      whole.add(at, bytes);
      onBytes(bytes.length);
    };
    await eachLimited(
      segmentsOf(map, present),
      (segment) => fetchSegment(remote, segment, wanted, take),
      atOnce,
    );
    checkArrived(wanted, map.size, whole.digest(), remote.name);
    known.keep(key, bytes);
  } catch (error) {
    if (!isLockstepError(error, 'E_REMOTE_FAILED')) await rm(path, { force: true });
    throw diskFull(error, path);
  } finally {
    await handle.close();
  }
}

/** Which chunks lie in the file already, by their digest. */
async function presentIn(handle: FileHandle, { chunks }: ChunkMap): Promise<Uint8Array> {
  const present = new Uint8Array(chunks.length);
  const { size } = await handle.stat();
  let at = 0;
  for (const [index, chunk] of chunks.entries()) {
    if (at + chunk.size <= size) present[index] = (await readsAs(handle, at, chunk)) ? 1 : 0;
    at += chunk.size;
  }
  return present;
}

async function readsAs(handle: FileHandle, at: number, { digest, size }: Chunk): Promise<boolean> {
  const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(size), 0, size, at);
  return bytesRead === size && hash('sha256', buffer, 'hex') === hexOf(digest);
}

async function copyFromDonors(
  handle: FileHandle,
  { chunks }: ChunkMap,
  present: Uint8Array,
  donors: ReadonlyMap<Digest, Donor>,
): Promise<void> {
  if (donors.size === 0) return;
  const files = new Map<string, FileHandle>();
  try {
    let at = 0;
    for (const [index, chunk] of chunks.entries()) {
      const donor = present[index] ? undefined : donors.get(chunk.digest);
      if (donor !== undefined) {
        const from = files.get(donor.path) ?? (await open(donor.path, 'r'));
        files.set(donor.path, from);
        const { buffer } = await from.read(Buffer.alloc(chunk.size), 0, chunk.size, donor.offset);
        if (hash('sha256', buffer, 'hex') === hexOf(chunk.digest)) {
          await handle.write(buffer, 0, chunk.size, at);
          present[index] = 1;
        }
      }
      at += chunk.size;
    }
  } finally {
    for (const file of files.values()) await file.close();
  }
}

function segmentsOf({ chunks }: ChunkMap, present: Uint8Array): Segment[] {
  const segments: Segment[] = [];
  let at = 0;
  let open: Segment | undefined;
  for (const [index, { pack, offset, size }] of chunks.entries()) {
    const joins =
      open !== undefined &&
      open.pack === pack &&
      open.to === offset &&
      open.to - open.from + size <= packSize;
    if (present[index]) open = undefined;
    else if (joins) open!.to += size;
    else {
      open = { pack, from: offset, to: offset + size, at };
      segments.push(open);
    }
    at += size;
  }
  return segments;
}

async function fetchSegment(
  { bucket, name }: Remote,
  { pack, from, to, at }: Segment,
  wanted: Wanted,
  take: (at: number, bytes: Uint8Array) => void,
): Promise<void> {
  let position = at;
  const options = { from, to, label: wanted.key, expected: wanted.digest };
  const found = await streamObject(bucket, objectPath(pack), options, (bytes) => {
    take(position, bytes);
    position += bytes.length;
  });
  if (!found) throw objectMissing(wanted, name);
  if (position - at < to - from) throw sizeMismatch(wanted, wanted.size! - (to - from) + position - at, name);
}

/** Where the file holds what was not fetched: `[from, to)`, in order. */
function heldRanges({ chunks }: ChunkMap, present: Uint8Array): { from: number; to: number }[] {
  const ranges: { from: number; to: number }[] = [];
  let at = 0;
  for (const [index, { size }] of chunks.entries()) {
    const last = ranges.at(-1);
    if (present[index] && last?.to === at) last.to += size;
    else if (present[index]) ranges.push({ from: at, to: at + size });
    at += size;
  }
  return ranges;
}
