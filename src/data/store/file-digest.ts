import { hash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { type Digest, digestFile } from '../../workspace/index.ts';

/** Below this (bytes) one read is several times as fast as a stream, which matters for folders of small files. */
const smallFile = 1 << 20;
/** One for all: a buffer a file would be garbage by the gigabyte. */
let buffer: Buffer | undefined;

/** Digest and size of a file; memory stays bounded for any size. */
export async function digestOfFile(
  path: string,
  expectedSize?: number,
): Promise<{ digest: Digest; size: number }> {
  const size = expectedSize ?? (await stat(path)).size;
  return size < smallFile ? (digestSmall(path) ?? digestFile(path)) : digestFile(path);
}

/** Null when the file is larger than it was said to be. */
function digestSmall(path: string): { digest: Digest; size: number } | null {
  buffer ??= Buffer.allocUnsafeSlow(smallFile);
  const handle = openSync(path, 'r');
  try {
    let size = 0;
    for (;;) {
      const count = readSync(handle, buffer, size, smallFile - size, null);
      size += count;
      if (count === 0) break;
      if (size === smallFile) return null;
    }
    return { digest: `sha256:${hash('sha256', buffer.subarray(0, size), 'hex')}`, size };
  } finally {
    closeSync(handle);
  }
}
