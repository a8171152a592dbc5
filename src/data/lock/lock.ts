import type { Digest } from '../../workspace/index.ts';
import { comparePaths } from './dataset-path.ts';

/** One dataset: a file, or a folder (then `files` is there, and the key ends in `/`). */
export interface LockEntry {
  /** Path relative to `data/`. */
  readonly key: string;
  /** Of the file's bytes, or of the folder's manifest. */
  readonly digest: Digest;
  /** Bytes; of a folder, the sum over its files. */
  readonly size: number;
  readonly files?: number;
}

/** `data.lock`, sorted by the UTF-8 bytes of the keys. */
export interface Lock {
  readonly entries: readonly LockEntry[];
}

export const emptyLock: Lock = { entries: [] };

const plain = /^[A-Za-z_][A-Za-z0-9_.-]*(?:\/[A-Za-z0-9_.-]+)*\/?$/;
const yamlWord = /^(?:true|false|null|yes|no|on|off|y|n)$/i;

/** Whether a key stands bare; else it is written as a JSON string. */
export const isPlainKey = (key: string): boolean =>
  plain.test(key) && !(key.length < 6 && yamlWord.test(key));

export const printKey = (key: string): string => (isPlainKey(key) ? key : JSON.stringify(key));

const printEntry = ({ key, digest, size, files }: LockEntry): string =>
  `  ${printKey(key)}: {digest: "${digest}", size: ${size}${files === undefined ? '' : `, files: ${files}`}}\n`;

/** The one canonical form, whatever order the entries come in. */
export function printLock(lock: Lock): string {
  if (lock.entries.length === 0) return 'version: 1\ndatasets: {}\n';
  const sorted = [...lock.entries].sort((a, b) => comparePaths(a.key, b.key));
  return `version: 1\ndatasets:\n${sorted.map(printEntry).join('')}`;
}

/** The lock with this entry added, or put in the place of the one with its key. */
export function withEntry(lock: Lock, entry: LockEntry): Lock {
  const others = lock.entries.filter(({ key }) => key !== entry.key);
  return { entries: [...others, entry].sort((a, b) => comparePaths(a.key, b.key)) };
}
