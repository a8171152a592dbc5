import { join } from 'node:path';
import { type Digest, digestOf, LockstepError, type Workspace } from '../workspace/index.ts';
import type { DigestMemo } from './digest-memo.ts';
import { lookAt } from './folder.ts';
import { kindOf, listFiles } from './folder-listing.ts';
import type { LockEntry } from './lock.ts';
import { type ManifestFile, printManifest } from './manifest.ts';

/** A dataset as it lies under `data/`. */
export type Working =
  | { readonly kind: 'missing' }
  | { readonly kind: 'odd'; readonly what: string }
  | { readonly kind: 'present'; readonly digest: Digest; readonly files: readonly ManifestFile[] };

export const dataPath = (workspace: Workspace, key: string): string => join(workspace.root, 'data', key);

/** Looks at one dataset's working copy; links are never followed. */
export async function readWorking(
  workspace: Workspace,
  entry: LockEntry,
  memo: DigestMemo,
): Promise<Working> {
  const path = dataPath(workspace, entry.key);
  const link = linkOnTheWay(workspace, entry.key);
  if (link) return { kind: 'odd', what: `${link} is a symbolic link` };
  const found = lookAt(path.replace(/\/$/, ''));
  if (!found) return { kind: 'missing' };
  if (entry.files === undefined) {
    const read = found.isFile() ? await memo.digestOf(path) : null;
    return read
      ? { kind: 'present', digest: read.digest, files: [{ path: '', ...read }] }
      : { kind: 'odd', what: `it is ${kindOf(found)}` };
  }
  if (!found.isDirectory())
    return { kind: 'odd', what: `it is ${found.isFile() ? 'a file' : kindOf(found)}` };
  return readFolder(path, memo);
}

async function readFolder(folder: string, memo: DigestMemo): Promise<Working> {
  let odd: string | null = null;
  const paths = listFiles(folder, (path, what) => {
    odd ??= `${path} is ${what}`;
  });
  if (odd !== null) return { kind: 'odd', what: odd };
  const files: ManifestFile[] = [];
  for (const path of paths) {
    const read = await memo.digestOf(join(folder, path));
    if (read) files.push({ path, ...read });
  }
  if (files.length === 0) return { kind: 'missing' };
  return { kind: 'present', digest: digestOf(printManifest(files)), files };
}

/** The first part of `data/<key>` that is a symbolic link: writing through it could land anywhere. */
export function linkOnTheWay(workspace: Workspace, key: string): string | null {
  let path = 'data';
  for (const part of ['', ...key.split('/').filter(Boolean)]) {
    if (part !== '') path = `${path}/${part}`;
    if (lookAt(join(workspace.root, path))?.isSymbolicLink()) return path;
  }
  return null;
}

/** Errors: E_DATA_KIND when a link stands on the way to a dataset's place. */
export function checkNoLink(workspace: Workspace, key: string): void {
  const link = linkOnTheWay(workspace, key);
  if (!link) return;
  throw new LockstepError('E_DATA_KIND', {
    what: `${link} is a symbolic link, and "${key}" would be written through it`,
    allowed: 'plain folders under data/',
    fix: `remove the link ${link}`,
  });
}
