import { createHash, hash } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { type Digest, diskFull, hexOf, isLockstepError } from '../../workspace/index.ts';
import { eachLimited } from '../each-limited.ts';
import type { Remote } from '../remote.ts';
import { objectPath } from '../store.ts';
import { type Donor, type DonorFile, findDonors } from './donors.ts';
import { fetchMap, type OnBytes } from './fetch-bytes.ts';
import { fetchFile } from './fetch-file.ts';
import type { KnownMaps } from './known-maps.ts';
import { type Chunk, type ChunkMap, chunkMapKey, mostMap, packSize, parseChunkMap } from './maps.ts';
import { streamObject } from './stream.ts';
import { checkArrived, objectMissing, type Wanted } from './wanted.ts';

const atOnce = 4;
/** Parts of a stream that are written in one go. */
const gathered = 16;

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
    await eachLimited(
      segmentsOf(map, present),
      (segment) => fetchSegment(remote, handle, segment, wanted, onBytes),
      atOnce,
    );
    await checkWhole(handle, wanted, remote.name);
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
  handle: FileHandle,
  { pack, from, to, at }: Segment,
  wanted: Wanted,
  onBytes: OnBytes,
): Promise<void> {
  let parts: Uint8Array[] = [];
  let waiting = 0;
  let position = at;
  const flush = async () => {
    const [batch, size] = [parts, waiting];
    [parts, waiting] = [[], 0];
    let written = (await handle.writev(batch, position)).bytesWritten;
    if (written < size) {
      const rest = Buffer.concat(batch);
      while (written < size)
        written += (await handle.write(rest, written, size - written, position + written)).bytesWritten;
    }
    position += size;
  };
  const found = await streamObject(
    bucket,
    objectPath(pack),
    { from, to, label: wanted.key, expected: wanted.digest },
    (bytes) => {
      parts.push(bytes);
      waiting += bytes.length;
      onBytes(bytes.length);
      return parts.length >= gathered ? flush() : undefined;
    },
  );
  if (!found) throw objectMissing(wanted, name);
  if (parts.length > 0) await flush();
}

async function checkWhole(handle: FileHandle, wanted: LargeWanted, name: string): Promise<void> {
  const whole = createHash('sha256');
  let size = 0;
  for await (const part of handle.createReadStream({ start: 0, autoClose: false, highWaterMark: 1 << 20 })) {
    whole.update(part);
    size += part.length;
  }
  checkArrived(wanted, size, `sha256:${whole.digest('hex')}`, name);
}
