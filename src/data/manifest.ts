import { type Digest, hexOf, LockstepError } from '../workspace/index.ts';
import { checkPath, comparePaths } from './lock/dataset-path.ts';
import type { LockEntry } from './lock/lock.ts';
import { PathCollisions } from './lock/path-collisions.ts';

/** One file of a folder; `path` is relative to the folder. */
export interface ManifestFile {
  readonly path: string;
  readonly digest: Digest;
  readonly size: number;
}

/** `<64 hex> <size> <path>` a line, sorted by the bytes of the path: its sha256 is the folder's digest. */
export function printManifest(files: readonly ManifestFile[]): string {
  return [...files]
    .sort((a, b) => comparePaths(a.path, b.path))
    .map(({ path, digest, size }) => `${hexOf(digest)} ${size} ${path}\n`)
    .join('');
}

export const totalSize = (files: readonly ManifestFile[]): number =>
  files.reduce((sum, { size }) => sum + size, 0);

const line = /^([0-9a-f]{64}) (0|[1-9]\d{0,15}) (.+)$/;

/**
 * Reads a manifest, whose digest has been verified but whose author may be hostile: every path is checked, the
 * order, and that size and number are what data.lock says. Errors: E_PATH_*, E_LOCK_*, E_SIZE_MISMATCH.
 */
export function parseManifest(text: string, entry: LockEntry): ManifestFile[] {
  const file = `manifest of ${entry.key}`;
  const files: ManifestFile[] = [];
  const collisions = new PathCollisions();
  const lines = text.split('\n');
  if (lines.pop() !== '')
    throw noncanonical(file, lines.length + 1, 'no line end after the last line', 'LF after every line');
  for (const [index, written] of lines.entries()) {
    const match = line.exec(written);
    if (!match) throw noncanonical(file, index + 1, 'another line', '<64 hex> <size> <path>');
    const path = checkPath(match[3]!, { file, line: index + 1 });
    if (path.endsWith('/')) throw noncanonical(file, index + 1, `the folder "${path}"`, 'files only');
    const collision = collisions.add(path);
    if (collision)
      throw new LockstepError(collision.code, { ...collision, where: { file, line: index + 1 } });
    const before = files.at(-1);
    if (before && comparePaths(before.path, path) > 0)
      throw noncanonical(file, index + 1, `"${path}" unsorted`, 'lines sorted by path');
    files.push({ path, digest: `sha256:${match[1]!}`, size: Number(match[2]) });
  }
  const size = totalSize(files);
  if (size === entry.size && files.length === entry.files) return files;
  throw new LockstepError('E_SIZE_MISMATCH', {
    what: `the manifest of "${entry.key}" names ${files.length} files of ${size} bytes`,
    allowed: `${entry.files} files of ${entry.size} bytes, as data.lock says`,
    fix: 'add the folder again where it is right',
  });
}

const noncanonical = (file: string, at: number, what: string, allowed: string): LockstepError =>
  new LockstepError('E_LOCK_NONCANONICAL', {
    what,
    where: { file, line: at },
    allowed,
    fix: 'add the folder again',
  });
