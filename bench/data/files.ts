import { createCipheriv } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

/** The next `size` bytes of a stream that looks random and is the same for the same seed. */
export type Bytes = (size: number) => Buffer;

export function seeded(seed: number): Bytes {
  const key = Buffer.alloc(16);
  key.writeUInt32LE(seed);
  const stream = createCipheriv('aes-128-ctr', key, Buffer.alloc(16));
  return (size) => stream.update(Buffer.alloc(size));
}

/** `count` files of `least` to `most` bytes in one folder. */
export function makeFiles(folder: string, count: number, least: number, most: number): void {
  mkdirSync(folder, { recursive: true });
  const next = seeded(count);
  for (let index = 0; index < count; index++) {
    const size = least + (next(4).readUInt32LE() % (most - least + 1));
    writeFileSync(join(folder, `${String(index).padStart(7, '0')}.bin`), next(size));
  }
}

export function makeFile(path: string, size: number): void {
  const next = seeded(size);
  const file = openSync(path, 'w');
  for (let left = size; left > 0; ) {
    const bytes = next(Math.min(left, 1 << 22));
    writeSync(file, bytes);
    left -= bytes.length;
  }
  closeSync(file);
}

/** Throws unless a folder holds as many files and bytes as another: a fast copy of less is no copy. */
export function checkSame(copy: string, original: string): void {
  const [copied, wanted] = [copy, original].map(amountIn);
  if (copied !== wanted) throw new Error(`${copy} holds ${copied}, ${original} ${wanted}`);
}

function amountIn(folder: string): string {
  const names = readdirSync(folder);
  const bytes = names.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
  return `${names.length} files of ${bytes} bytes`;
}

let asides = 0;

/**
 * Out of the way, and removed with everything at the end: right after ten thousand files went, ext4 takes seconds to make
 * new ones, since it avoids their inodes.
 */
export function putAside(path: string, folder: string): void {
  if (!existsSync(path)) return;
  mkdirSync(join(folder, 'aside'), { recursive: true });
  renameSync(path, join(folder, 'aside', String(++asides)));
}
