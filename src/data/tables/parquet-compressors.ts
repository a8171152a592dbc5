import { brotliDecompressSync, gunzipSync, type ZlibOptions, zstdDecompressSync } from 'node:zlib';
import type { Compressors } from 'hyparquet';

/**
 * What unpacks the pages of a Parquet file where hyparquet cannot: all codecs but Snappy (and LZO, which nobody
 * writes). Each makes the bytes that the page declares and never more: a damaged page, or one that was made to fill
 * the memory, is an error. hyparquet refuses those that make fewer.
 */
export const parquetCompressors: Compressors = {
  GZIP: bounded(gunzipSync),
  BROTLI: bounded(brotliDecompressSync),
  ZSTD: bounded(zstdDecompressSync),
  LZ4_RAW: (input, size) => lz4(input, size, (output) => unpackBlock(input, output, 0)),
  // Hadoop's framing, or a bare block: Arrow wrote these under the same name.
  LZ4: (input, size) =>
    lz4(input, size, (output) => unpackHadoop(input, output) ?? unpackBlock(input, output, 0)),
};

type Unpack = (input: Uint8Array, options: Pick<ZlibOptions, 'maxOutputLength' | 'chunkSize'>) => Uint8Array;

function bounded(unpack: Unpack): (input: Uint8Array, size: number) => Uint8Array {
  return (input, size) => {
    // Some writers leave out what would unpack to nothing.
    if (size === 0) return new Uint8Array();
    try {
      return unpack(input, { maxOutputLength: size, chunkSize: Math.min(Math.max(size, 64), 1 << 20) });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_BUFFER_TOO_LARGE') throw error;
      throw new Error(`a page holds more than the ${size} bytes it declares`);
    }
  };
}

function lz4(input: Uint8Array, size: number, unpack: (output: Uint8Array) => number | null): Uint8Array {
  // A byte of LZ4 makes at most 255: room for more would be taken for nothing.
  if (size > input.length * 255) throw new Error(`${input.length} bytes of LZ4 never hold ${size}`);
  const output = new Uint8Array(size);
  if (size > 0 && unpack(output) !== size)
    throw new Error(`LZ4 that does not unpack to the ${size} bytes it declares`);
  return output;
}

/**
 * Frames as Hadoop writes them: the unpacked length, then blocks, each after its own length, until that is reached;
 * lengths are 32 bits, big-endian. Gives where the output ends, or null for anything else.
 */
function unpackHadoop(input: Uint8Array, output: Uint8Array): number | null {
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength);
  let at = 0;
  let end = 0;
  while (at < input.length) {
    if (at + 4 > input.length) return null;
    const frameEnd = end + view.getUint32(at);
    at += 4;
    if (frameEnd > output.length) return null;
    while (end < frameEnd) {
      if (at + 4 > input.length) return null;
      const blockEnd = at + 4 + view.getUint32(at);
      if (blockEnd > input.length) return null;
      const written = unpackBlock(input.subarray(at + 4, blockEnd), output, end);
      if (written === null || written === end) return null;
      end = written;
      at = blockEnd;
    }
    if (end > frameEnd) return null;
  }
  return end;
}

/**
 * One block, written from `start` on (github.com/lz4/lz4, doc/lz4_Block_format.md): a token of two lengths, literals,
 * and how far back to copy from, again and again; the last has literals alone. Gives where the output ends, or null
 * for a damaged block and for one that has more than there is room for.
 */
function unpackBlock(input: Uint8Array, output: Uint8Array, start: number): number | null {
  let at = 0;
  let end = start;
  // A nibble of 15 is gone on with by bytes, the last of which is below 255.
  const lengthFrom = (nibble: number): number => {
    let length = nibble;
    for (let byte = nibble === 15 ? 255 : 0; byte === 255; length += byte) byte = input[at++] ?? 0;
    return length;
  };
  while (at < input.length) {
    const token = input[at++]!;
    const literals = lengthFrom(token >> 4);
    if (at + literals > input.length || end + literals > output.length) return null;
    output.set(input.subarray(at, at + literals), end);
    at += literals;
    end += literals;
    if (at === input.length) return end;
    if (at + 2 > input.length) return null;
    const back = input[at++]! | (input[at++]! << 8);
    const length = 4 + lengthFrom(token & 15);
    if (back === 0 || back > end - start || end + length > output.length) return null;
    if (back >= length) output.copyWithin(end, end - back, end - back + length);
    // What is copied may reach into what it makes.
    else for (let index = end; index < end + length; index++) output[index] = output[index - back]!;
    end += length;
  }
  return null;
}
