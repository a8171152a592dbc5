import { readdirSync, renameSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Digest, hexOf, isAlive, temporaryBeside } from '../../workspace/index.ts';
import { makeFolder } from '../folder.ts';

/** Files that this process is writing. */
const writing = new Set<string>();

export interface Partial {
  readonly path: string;
  /** From now on somebody else may take over what lies there. */
  release(): void;
}

/**
 * A name of ours in the store's file system for a large object on its way in. What an earlier process that is gone had
 * brought of it is taken over by renaming, so that two never write one file.
 */
export function claimPartial(root: string, digest: Digest): Partial {
  const path = claim(join(root, 'partial'), digest);
  writing.add(basename(path));
  return { path, release: () => void writing.delete(basename(path)) };
}

function claim(folder: string, digest: Digest): string {
  makeFolder(folder);
  const own = temporaryBeside(join(folder, hexOf(digest)));
  for (const name of readdirSync(folder)) {
    const [, hex, pid] = /^([0-9a-f]{64})\.tmp-(\d+)-/.exec(name) ?? [];
    if (hex !== hexOf(digest) || writing.has(name)) continue;
    if (Number(pid) !== process.pid && isAlive(Number(pid))) continue;
    try {
      renameSync(join(folder, name), own);
      break;
    } catch {} // Somebody else was faster.
  }
  return own;
}
