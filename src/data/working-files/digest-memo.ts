import { readFileSync, statSync } from 'node:fs';
import { type Digest, statePath, type Workspace, writeAtomic } from '../../workspace/index.ts';
import { digestOfFile } from '../store/file-digest.ts';

/** What is looked at of a file: bytes, ms since 1970. */
export interface FileStat {
  readonly size: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  readonly ino: number;
}

/** Digests of files, remembered by what `stat` says of them, so that only what changed is read again. */
export interface DigestMemo {
  /** Digest and size of a file; reads it unless its stat is as remembered. Null when there is no such file. */
  digestOf(path: string): Promise<{ digest: Digest; size: number } | null>;
  /** What is remembered of a file that is as `stat` says; null: read it. */
  recall(path: string, found: FileStat): Digest | null;
  /** Takes a digest that was read from `startedAt` (ms since 1970) on, of a file as it was then. False: too new to tell. */
  learn(path: string, found: FileStat, startedAt: number, digest: Digest): boolean;
  /** Keeps what was learnt. Losing it costs time only. */
  save(): void;
}

/** [size, mtime ms, ctime ms, inode, digest]; the fractions of milliseconds are kept to a quarter of a microsecond. */
type Remembered = readonly [number, number, number, number, Digest];

const version = 2;
/** Clocks of file systems tick every few milliseconds; those that keep whole seconds may tick every two. */
const fineTick = 50;
const coarseTick = 2100;

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
  const memo: DigestMemo = {
    recall(path, found) {
      const before = known()[path];
      if (before === undefined || !isSame(before, found)) return null;
      learnt[path] = before;
      return before[4];
    },
    learn(path, found, startedAt, digest) {
      changed = true;
      if (!isSettled(found, startedAt)) return false;
      learnt[path] = [found.size, found.mtimeMs, found.ctimeMs, found.ino, digest];
      return true;
    },
    async digestOf(path) {
      const found = statSync(path, { throwIfNoEntry: false });
      if (!found?.isFile()) return null;
      if (found.size < smallest) return digestOfFile(path, found.size);
      const remembered = memo.recall(path, found);
      if (remembered !== null) return { digest: remembered, size: found.size };
      const startedAt = Date.now();
      const read = await digestOfFile(path, found.size);
      if (read.size === found.size) memo.learn(path, found, startedAt, read.digest);
      return read;
    },
    save() {
      if (!changed) return;
      writeAtomic(file, JSON.stringify({ v: version, files: { ...existing(known(), learnt), ...learnt } }));
      changed = false;
    },
  };
  return memo;
}

/** What is still there of the files nobody asked about. */
function existing(
  known: Readonly<Record<string, Remembered>>,
  learnt: Readonly<Record<string, Remembered>>,
): Record<string, Remembered> {
  const unasked = Object.entries(known).filter(([path]) => !Object.hasOwn(learnt, path));
  return Object.fromEntries(unasked.filter(([path]) => statSync(path, { throwIfNoEntry: false })?.isFile()));
}

const isSame = ([size, mtime, ctime, inode]: Remembered, found: FileStat): boolean =>
  found.mtimeMs === mtime && found.ctimeMs === ctime && found.size === size && found.ino === inode;

/** A file as new as the look at it may change again within the same tick of its clock: not remembered. */
function isSettled({ mtimeMs, ctimeMs }: FileStat, startedAt: number): boolean {
  return startedAt - Math.max(mtimeMs, ctimeMs) > (ctimeMs % 1000 === 0 ? coarseTick : fineTick);
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
