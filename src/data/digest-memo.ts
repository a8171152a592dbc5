import { type BigIntStats, readFileSync, statSync } from 'node:fs';
import { type Digest, statePath, type Workspace, writeAtomic } from '../workspace/index.ts';
import { digestOfFile } from './file-digest.ts';

/** Digests of files, remembered by what `stat` says of them, so that only what changed is read again. */
export interface DigestMemo {
  /** Digest and size of a file; reads it unless its stat is as remembered. Null when there is no such file. */
  digestOf(path: string): Promise<{ digest: Digest; size: number } | null>;
  /** Keeps what was learnt. Losing it costs time only. */
  save(): void;
}

/** [size, mtime ns, ctime ns, inode, digest], numbers as text: nanoseconds and inodes outgrow doubles. */
type Remembered = readonly [string, string, string, string, Digest];

const version = 1;
/** Clocks of file systems tick every few milliseconds; those that keep whole seconds may tick every two. */
const fineTick = 50_000_000n;
const coarseTick = 2_100_000_000n;
const second = 1_000_000_000n;

export interface MemoOptions {
  /** Of the file that remembers, below `.lockstep/cache/`. */
  readonly name: string;
  /** Smaller files (bytes) are read each time, which is sooner done than the memo is. */
  readonly smallest?: number;
}

export function openMemo(
  workspace: Workspace,
  { name, smallest = 0 }: MemoOptions = { name: 'data-status' },
): DigestMemo {
  const file = statePath(workspace, 'cache', `${name}.json`);
  let loaded: Record<string, Remembered> | undefined;
  const known = () => {
    loaded ??= load(file);
    return loaded;
  };
  const learnt: Record<string, Remembered> = {};
  let changed = false;
  return {
    async digestOf(path) {
      const found = statOf(path);
      if (!found) return null;
      const size = Number(found.size);
      if (size < smallest) return digestOfFile(path, size);
      const before = known()[path];
      if (before && isSame(before, found)) {
        learnt[path] = before;
        return { digest: before[4], size };
      }
      const startedAt = BigInt(Date.now()) * 1_000_000n;
      const read = await digestOfFile(path, size);
      changed = true;
      // A file as new as the look at it may change again within the same tick of its clock: not remembered.
      if (isSettled(found, startedAt) && read.size === size) {
        learnt[path] = [`${found.size}`, `${found.mtimeNs}`, `${found.ctimeNs}`, `${found.ino}`, read.digest];
      }
      return read;
    },
    save() {
      if (!changed) return;
      writeAtomic(file, JSON.stringify({ v: version, files: { ...existing(known()), ...learnt } }));
      changed = false;
    },
  };
}

/** What is still there of the files nobody asked about. */
function existing(known: Readonly<Record<string, Remembered>>): Record<string, Remembered> {
  return Object.fromEntries(Object.entries(known).filter(([path]) => statOf(path)));
}

const isSame = ([size, mtime, ctime, inode]: Remembered, found: BigIntStats): boolean =>
  `${found.mtimeNs}` === mtime &&
  `${found.ctimeNs}` === ctime &&
  `${found.size}` === size &&
  `${found.ino}` === inode;

function isSettled({ mtimeNs, ctimeNs }: BigIntStats, startedAt: bigint): boolean {
  const newest = mtimeNs > ctimeNs ? mtimeNs : ctimeNs;
  return startedAt - newest > (ctimeNs % second === 0n ? coarseTick : fineTick);
}

function statOf(path: string): BigIntStats | null {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found?.isFile() ? found : null;
}

/** A memo that is damaged or of another version is no memo. */
function load(file: string): Record<string, Remembered> {
  try {
    const parsed = JSON.parse(readFileSync(file, 'utf8')) as { v: number; files: Record<string, Remembered> };
    return parsed.v === version && typeof parsed.files === 'object' ? parsed.files : {};
  } catch {
    return {};
  }
}
