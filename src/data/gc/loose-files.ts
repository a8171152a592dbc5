import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Digest } from '../../workspace/index.ts';

export interface LooseFile {
  readonly path: string;
  /** Of a partial download, what it is of; null for what else a killed command left half-written. */
  readonly digest: Digest | null;
  /** Bytes. */
  readonly size: number;
  /** ms since 1970. */
  readonly modified: number;
}

/** Objects that lie by themselves in a store, and what is left there of killed commands. Other files are nobody's. */
export function* looseFiles(root: string): Generator<LooseFile> {
  const sha256 = join(root, 'sha256');
  for (const first of names(sha256)) {
    for (const name of names(join(sha256, first))) {
      const digest = isHex(first + name) ? (`sha256:${first}${name}` as const) : null;
      if (digest !== null || isLeft(name)) yield* fileAt(join(sha256, first, name), digest);
    }
  }
  for (const name of names(join(root, 'partial'))) {
    const [, hex] = /^([0-9a-f]{64})\.tmp-/.exec(name) ?? [];
    if (hex !== undefined) yield* fileAt(join(root, 'partial', name), `sha256:${hex}`);
  }
  for (const folder of ['incoming', 'packs']) {
    for (const name of names(join(root, folder)))
      if (isLeft(name)) yield* fileAt(join(root, folder, name), null);
  }
}

const isHex = (text: string): boolean => /^[0-9a-f]{64}$/.test(text);
const isLeft = (name: string): boolean => name.includes('.tmp-');

function* fileAt(path: string, digest: Digest | null): Generator<LooseFile> {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isFile()) yield { path, digest, size: found.size, modified: found.mtimeMs };
  // A folder on its way to its place.
  if (found?.isDirectory() && digest === null)
    yield { path, digest, size: bytesIn(path), modified: found.mtimeMs };
}

const bytesIn = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).reduce((sum, item) => {
    const found = item.isFile()
      ? statSync(join(item.parentPath, item.name), { throwIfNoEntry: false })
      : null;
    return sum + (found?.size ?? 0);
  }, 0);

export function names(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // Nothing there yet.
  }
}
