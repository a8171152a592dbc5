import { createHash } from 'node:crypto';

/** Sizes in bytes; the two masks make cuts rarer before the usual size and likelier after it. */
export interface ChunkSizes {
  readonly least: number;
  readonly usual: number;
  readonly most: number;
  readonly maskBefore: number;
  readonly maskAfter: number;
}

/** Files from here on travel in chunks. Bytes. */
export const chunkedFrom = 8 * 1024 * 1024;
/** From here on chunks are four times as large, so that their list stays short. Bytes. */
const largeFrom = 16 * 1024 ** 3;

const sizesOf = (usual: number, bits: number): ChunkSizes => ({
  least: usual / 4,
  usual,
  most: usual * 4,
  // The top bits: they depend on the last 32 bytes, the low ones on fewer.
  maskBefore: -1 << (32 - bits - 2),
  maskAfter: -1 << (32 - bits + 2),
});
const common = sizesOf(64 * 1024, 16);
const large = sizesOf(256 * 1024, 18);

export const chunkSizes = (fileSize: number): ChunkSizes => (fileSize < largeFrom ? common : large);

/** A number for each byte value. Fixed for ever: another table would cut every file anew. */
const gear = Int32Array.from({ length: 256 }, (_, value) =>
  createHash('sha256').update(`lockstep gear ${value}`).digest().readInt32LE(0),
);

/**
 * Where the chunk that begins at `start` ends: FastCDC (Xia et al., USENIX ATC 2016) with a 32-bit gear hash. `end` is at
 * least `most` bytes on, or the end of the file.
 */
export function cutAfter(bytes: Uint8Array, start: number, end: number, sizes: ChunkSizes): number {
  const { least, usual, most, maskBefore, maskAfter } = sizes;
  if (end - start <= least) return end;
  const last = Math.min(end, start + most);
  const normal = Math.min(last, start + usual);
  let at = start + least;
  let hash = 0;
  for (; at < normal; at++) {
    hash = ((hash << 1) + gear[bytes[at]!]!) | 0;
    if ((hash & maskBefore) === 0) return at + 1;
  }
  for (; at < last; at++) {
    hash = ((hash << 1) + gear[bytes[at]!]!) | 0;
    if ((hash & maskAfter) === 0) return at + 1;
  }
  return last;
}

/** The chunks of a stream in order. A chunk's bytes are the caller's to keep only until the next one. */
export async function* chunksOf(
  stream: AsyncIterable<Uint8Array>,
  sizes: ChunkSizes,
): AsyncGenerator<Uint8Array> {
  let held = new Uint8Array(sizes.most * 4);
  let start = 0;
  let end = 0;
  for await (const part of stream) {
    if (end + part.length > held.length) {
      const grown =
        end - start + part.length > held.length ? new Uint8Array(end - start + part.length) : held;
      grown.set(held.subarray(start, end));
      held = grown;
      end -= start;
      start = 0;
    }
    held.set(part, end);
    end += part.length;
    while (end - start >= sizes.most) {
      const cut = cutAfter(held, start, end, sizes);
      yield held.subarray(start, cut);
      start = cut;
    }
  }
  while (start < end) {
    const cut = cutAfter(held, start, end, sizes);
    yield held.subarray(start, cut);
    start = cut;
  }
}
