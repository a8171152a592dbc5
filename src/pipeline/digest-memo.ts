import { readFileSync, statSync } from 'node:fs';
import {
  type Digest,
  digestFile,
  isDigest,
  statePath,
  type Workspace,
  writeAtomic,
} from '../workspace/index.ts';

/** Below this a file is hashed sooner than its place in the memo is looked up, and no clock can be too coarse. */
const smallest = 64 * 1024;

/**
 * Remembers the digests of large files by what the file system says of them (size, mtime, ctime, inode), so that
 * a run with nothing changed reads none of their bytes.
 */
export interface DigestMemo {
  digestOf(path: string): Promise<{ digest: Digest; size: number }>;
  /** Writes what is new. Losing it costs time only. */
  save(): void;
}

type Entry = readonly [mark: string, digest: Digest];

export function openDigestMemo(workspace: Workspace): DigestMemo {
  const file = statePath(workspace, 'cache', 'pipeline-digests.json');
  let entries: Map<string, Entry> | undefined;
  let changed = false;
  return {
    async digestOf(path) {
      const found = statSync(path, { bigint: true });
      const size = Number(found.size);
      if (size < smallest) return digestFile(path);
      entries ??= readEntries(file);
      const mark = `${found.size} ${found.mtimeNs} ${found.ctimeNs} ${found.ino}`;
      const known = entries.get(path);
      if (known?.[0] === mark) return { digest: known[1], size };
      const { digest } = await digestFile(path);
      // A file that changed a moment ago may change again without its times showing it.
      if (BigInt(Date.now()) * 1_000_000n - found.ctimeNs > 100_000_000n) {
        entries.set(path, [mark, digest]);
        changed = true;
      }
      return { digest, size };
    },
    save() {
      if (!changed || !entries) return;
      writeAtomic(
        file,
        JSON.stringify(Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)))),
      );
      changed = false;
    },
  };
}

function readEntries(file: string): Map<string, Entry> {
  try {
    const stored = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Entry>;
    return new Map(Object.entries(stored).filter(([, entry]) => Array.isArray(entry) && isDigest(entry[1])));
  } catch {
    return new Map(); // Absent or damaged: it is only a memo.
  }
}
