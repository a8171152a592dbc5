import { readFileSync } from 'node:fs';
import { type Digest, statePath, type Workspace, writeAtomic } from '../../workspace/index.ts';

/** Whole folders, remembered by what a look at all their files says: then no file needs to be remembered one by one. */
export interface FolderMemo {
  /** The folder's digest when everything in it looks as it did. */
  recall(key: string, fingerprint: string): Digest | null;
  learn(key: string, fingerprint: string, digest: Digest): void;
}

type Remembered = Readonly<Record<string, readonly [fingerprint: string, digest: Digest]>>;

/** Losing it costs time only. */
export function openFolderMemo(workspace: Workspace): FolderMemo {
  const file = statePath(workspace, 'cache', 'data-folders.json');
  let known: Remembered | undefined;
  const load = (): Remembered => {
    known ??= parse(file);
    return known;
  };
  return {
    recall(key, fingerprint) {
      const [before, digest] = load()[key] ?? [];
      return before === fingerprint ? (digest ?? null) : null;
    },
    learn(key, fingerprint, digest) {
      known = { ...load(), [key]: [fingerprint, digest] };
      writeAtomic(file, JSON.stringify({ v: 1, folders: known }));
    },
  };
}

function parse(file: string): Remembered {
  try {
    const { v, folders } = JSON.parse(readFileSync(file, 'utf8')) as { v: number; folders: Remembered };
    return v === 1 && typeof folders === 'object' ? folders : {};
  } catch {
    return {};
  }
}
