import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { LockstepError } from '../../workspace/index.ts';
import { lookAt } from '../folder.ts';
import { listFiles, refuseOdd } from '../working-files/folder-listing.ts';
import { chosen, keyUnder } from './selecting.ts';
import type { Offer, Planned, Skipped } from './wanted-file.ts';

export interface FolderOptions {
  readonly only?: readonly string[] | undefined;
  readonly as?: string | undefined;
  /** The folder is one dataset; else each of its entries is. */
  readonly whole?: boolean;
}

/** A folder's entries, or the folder, as datasets. Names that begin with a dot are left out at the top. */
export function folderOffer(root: string, { only, as, whole = false }: FolderOptions): Offer {
  if (!lookAt(root)?.isDirectory())
    throw new LockstepError('E_DATA_MISSING', {
      what: `no folder ${root}`,
      allowed: 'a folder on this machine',
      fix: 'lockstep data import folder <folder>',
    });
  const skipped: Skipped[] = [];
  const entries = whole
    ? [{ path: basename(root), at: root }]
    : readdirSync(root).map((path) => ({ path, at: join(root, path) }));
  const planned = chosen(entries, only).flatMap(({ path, at }): Planned[] => {
    const found = lookAt(at)!;
    if (!whole && path.startsWith('.')) return skip(path, 'its name begins with a dot');
    if (found.isFile()) return [planOf(keyUnder(as, path, false), at, [''])];
    if (!found.isDirectory()) refuseOdd(at, 'neither a file nor a folder');
    const files = listFiles(at);
    if (files.length === 0) return skip(path, 'a folder without files');
    return [planOf(whole && as ? keyUnder(undefined, as, true) : keyUnder(as, path, true), at, files)];
  });
  return { planned, skipped, notTaken: [], about: new Map() };

  function skip(path: string, reason: string): [] {
    skipped.push({ path, reason });
    return [];
  }
}

const planOf = (key: string, at: string, files: readonly string[]): Planned => ({
  key,
  from: at,
  files: files.map((path) => ({
    path,
    proof: { kind: 'none' },
    size: null,
    places: [{ kind: 'file', name: 'the folder', path: path === '' ? at : join(at, path) }],
  })),
});
