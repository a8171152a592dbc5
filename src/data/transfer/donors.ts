import type { Digest } from '../../workspace/index.ts';
import type { KnownMaps } from './known-maps.ts';
import { type ChunkMap, chunkMapKey, parseChunkMap } from './maps.ts';

/** Where a chunk lies in a file on this machine. */
export interface Donor {
  readonly path: string;
  readonly offset: number;
}

/** A file here that is, or was when it was looked at, a large object of a known map. */
export interface DonorFile {
  readonly path: string;
  readonly digest: Digest;
  readonly size: number;
}

/** Chunks of `map` that files here hold, by digest. What is read there is verified before it is used. */
export function findDonors(
  known: KnownMaps,
  files: readonly DonorFile[],
  map: ChunkMap,
): ReadonlyMap<Digest, Donor> {
  const wanted = new Set(map.chunks.map(({ digest }) => digest));
  const donors = new Map<Digest, Donor>();
  for (const { path, digest, size } of files) {
    const bytes = known.read(chunkMapKey(digest));
    if (bytes === null) continue;
    let offset = 0;
    for (const chunk of parseChunkMap(bytes, size, path).chunks) {
      if (wanted.has(chunk.digest)) donors.set(chunk.digest, { path, offset });
      offset += chunk.size;
    }
  }
  return donors;
}
