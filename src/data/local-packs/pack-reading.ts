import { closeSync, openSync, readdirSync, readFileSync, readSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Digest, hexOf, writeAtomic } from '../../workspace/index.ts';
import { type Packed, packsFolder, recordSize } from './pack-index.ts';

/** Packs that are read are kept open, the last few of them: path → handle. */
const open = new Map<string, number>();
const mostOpen = 8;

/** The bytes as they lie there, not verified; null when there is nothing to read. */
export function readPacked(packed: Packed | null): Buffer | null {
  if (packed === null) return null;
  const handle = handleOf(packed.pack);
  if (handle === null) return null;
  const bytes = Buffer.allocUnsafe(packed.size);
  let read = 0;
  while (read < packed.size) {
    const count = readSync(handle, bytes, read, packed.size - read, packed.offset + read);
    if (count === 0) return bytes.subarray(0, read);
    read += count;
  }
  return bytes;
}

function handleOf(path: string): number | null {
  const known = open.get(path);
  if (known !== undefined) return known;
  try {
    const handle = openSync(path, 'r');
    open.set(path, handle);
    for (const [other, stale] of open) {
      if (open.size <= mostOpen) break;
      closeSync(stale);
      open.delete(other);
    }
    return handle;
  } catch {
    return null; // Cleaned up meanwhile: its objects count as absent.
  }
}

/** Takes an object out of every index that has it: its bytes there are not what they should be. */
export function withoutObject(root: string, digest: Digest): void {
  const wanted = Buffer.from(hexOf(digest), 'hex');
  for (const name of indexNames(root)) {
    const path = join(packsFolder(root), name);
    const records = readFileSync(path);
    const kept: Buffer[] = [];
    for (let at = 0; at + recordSize <= records.length; at += recordSize)
      if (wanted.compare(records, at, at + 32) !== 0) kept.push(records.subarray(at, at + recordSize));
    if (kept.length * recordSize === records.length) continue;
    if (kept.length === 0) rmSync(path.replace(/idx$/, 'pack'), { force: true });
    else writeAtomic(path, Buffer.concat(kept));
    if (kept.length === 0) rmSync(path, { force: true });
  }
}

function indexNames(root: string): string[] {
  try {
    return readdirSync(packsFolder(root)).filter((name) => name.endsWith('.idx'));
  } catch {
    return []; // No packs.
  }
}
