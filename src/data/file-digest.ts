import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { type Digest, digestFile } from '../workspace/index.ts';

/** Below this (bytes) one read is several times as fast as a stream, which matters for folders of small files. */
const smallFile = 1 << 20;

/** Digest and size of a file; memory stays bounded for any size. */
export async function digestOfFile(
  path: string,
  expectedSize?: number,
): Promise<{ digest: Digest; size: number }> {
  const size = expectedSize ?? (await stat(path)).size;
  if (size > smallFile) return digestFile(path);
  const bytes = readFileSync(path);
  return { digest: `sha256:${hash('sha256', bytes, 'hex')}`, size: bytes.length };
}
