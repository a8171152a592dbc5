import { closeSync, openSync, readFileSync, readSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Digest, digestOf } from '../../workspace/index.ts';
import { packsFolder, recordSize } from '../local-packs/pack-index.ts';
import { names } from './loose-files.ts';

/** A pack of the local store with its index. */
export interface PackFile {
  /** Without `.pack` and `.idx`. */
  readonly path: string;
  /** Of the pack on disk, bytes. */
  readonly size: number;
  /** ms since 1970. */
  readonly modified: number;
  readonly objects: readonly { readonly digest: Digest; readonly offset: number; readonly size: number }[];
  /** Whole objects only: a damaged one is not worth a place in another pack. */
  read(wanted: (digest: Digest) => boolean): Generator<{ digest: Digest; bytes: Buffer }>;
}

/** All packs; one whose index never came, or is torn, holds nothing. */
export function* packFiles(root: string): Generator<PackFile> {
  const folder = packsFolder(root);
  const bases = new Set(
    names(folder)
      .filter((name) => /^[^.]+\.(pack|idx)$/.test(name))
      .map((name) => name.replace(/\.\w+$/, '')),
  );
  for (const base of bases) {
    const path = join(folder, base);
    const found = [`${path}.pack`, `${path}.idx`].map((file) => statSync(file, { throwIfNoEntry: false }));
    const modified = Math.max(...found.map((stat) => stat?.mtimeMs ?? 0));
    const objects = found.every((stat) => stat !== undefined) ? objectsOf(`${path}.idx`) : [];
    const read = (wanted: (digest: Digest) => boolean) => readObjects(`${path}.pack`, objects, wanted);
    yield { path, size: found[0]?.size ?? 0, modified, objects, read };
  }
}

function objectsOf(index: string): PackFile['objects'] {
  const records = readFileSync(index);
  if (records.length % recordSize !== 0) return [];
  return Array.from({ length: records.length / recordSize }, (_, number) => {
    const at = number * recordSize;
    const digest: Digest = `sha256:${records.toString('hex', at, at + 32)}`;
    return { digest, offset: records.readUInt32LE(at + 32), size: records.readUInt32LE(at + 36) };
  });
}

function* readObjects(
  pack: string,
  objects: PackFile['objects'],
  wanted: (digest: Digest) => boolean,
): Generator<{ digest: Digest; bytes: Buffer }> {
  const handle = openSync(pack, 'r');
  try {
    for (const { digest, offset, size } of objects) {
      if (!wanted(digest)) continue;
      const bytes = Buffer.alloc(size);
      readSync(handle, bytes, 0, size, offset);
      if (digestOf(bytes) === digest) yield { digest, bytes };
    }
  } finally {
    closeSync(handle);
  }
}

/** The index first: a pack without one holds nothing, an index without a pack would promise what is gone. */
export function dropPack({ path }: PackFile): void {
  rmSync(`${path}.idx`, { force: true });
  rmSync(`${path}.pack`, { force: true });
}
