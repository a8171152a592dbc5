import { join } from 'node:path';
import { type Digest, digestOf, LockstepError, type Workspace } from '../../workspace/index.ts';
import { lookAt } from '../folder.ts';
import type { LockEntry } from '../lock/lock.ts';
import { type ManifestFile, parseManifest, printManifest } from '../manifest.ts';
import { digestOfFile } from '../store/file-digest.ts';
import { openStore } from '../store/store.ts';
import type { DigestMemo } from './digest-memo.ts';
import { kindOf } from './folder-listing.ts';
import type { FolderMemo } from './folder-memo.ts';
import { type FolderStats, statFolder } from './folder-stats.ts';
import { matcher, readSparse } from './sparse.ts';

/** A dataset as it lies under `data/`. */
export type Working =
  | { readonly kind: 'missing' }
  | { readonly kind: 'odd'; readonly what: string }
  | {
      readonly kind: 'present';
      /** Of a sparse folder: of what would be there if the rest was as locked. */
      readonly digest: Digest;
      /** The files that are there; for a folder that looks as before they are found out only when asked for. */
      readonly files: () => Promise<readonly ManifestFile[]>;
    };

/** `folders` null: nothing that is remembered is believed. */
export interface WorkingMemos {
  readonly files: DigestMemo;
  readonly folders: FolderMemo | null;
}

export const dataPath = (workspace: Workspace, key: string): string => join(workspace.root, 'data', key);

/** Looks at one dataset's working copy; links are never followed. */
export async function readWorking(
  workspace: Workspace,
  entry: LockEntry,
  memos: WorkingMemos,
): Promise<Working> {
  const path = dataPath(workspace, entry.key);
  const link = linkOnTheWay(workspace, entry.key);
  if (link) return { kind: 'odd', what: `${link} is a symbolic link` };
  const found = lookAt(path.replace(/\/$/, ''));
  if (!found) return { kind: 'missing' };
  if (entry.files === undefined) {
    const read = found.isFile() ? await memos.files.digestOf(path) : null;
    return read
      ? { kind: 'present', digest: read.digest, files: async () => [{ path: '', ...read }] }
      : { kind: 'odd', what: `it is ${kindOf(found)}` };
  }
  if (!found.isDirectory())
    return { kind: 'odd', what: `it is ${found.isFile() ? 'a file' : kindOf(found)}` };
  return readFolder(workspace, entry, path, memos);
}

async function readFolder(
  workspace: Workspace,
  entry: LockEntry,
  folder: string,
  { files: memo, folders }: WorkingMemos,
): Promise<Working> {
  const stats = statFolder(folder);
  if (stats.odd !== null) return { kind: 'odd', what: stats.odd };
  if (stats.paths.length === 0) return { kind: 'missing' };
  const patterns = readSparse(workspace)[entry.key];
  const sparse = patterns === undefined ? null : await lockedRest(workspace, entry, patterns);
  // What is wanted is part of what is remembered.
  const fingerprint = folders ? stats.fingerprint() + (patterns ? JSON.stringify(patterns) : '') : '';
  const remembered = folders?.recall(entry.key, fingerprint) ?? null;
  if (remembered !== null)
    return {
      kind: 'present',
      digest: remembered,
      files: async () => (await digestFiles(folder, stats, memo)).files,
    };
  const { files, settled } = await digestFiles(folder, stats, memo);
  const own = new Set(sparse && files.map(({ path }) => path));
  const all = sparse === null ? files : [...files, ...sparse.filter(({ path }) => !own.has(path))];
  const digest = digestOf(printManifest(all));
  if (settled) folders?.learn(entry.key, fingerprint, digest);
  return { kind: 'present', digest, files: async () => files };
}

/** The locked files that a sparse checkout does not want. */
async function lockedRest(
  workspace: Workspace,
  entry: LockEntry,
  patterns: readonly string[],
): Promise<readonly ManifestFile[]> {
  const store = openStore(workspace);
  if (!store.has(entry.digest)) return [];
  const matches = matcher(patterns);
  const files = parseManifest((await store.read(entry.digest)).toString('utf8'), entry);
  return files.filter(({ path }) => !matches(path));
}

async function digestFiles(
  folder: string,
  { paths, at }: FolderStats,
  memo: DigestMemo,
): Promise<{ files: ManifestFile[]; settled: boolean }> {
  let settled = true;
  const files: ManifestFile[] = [];
  for (const [index, path] of paths.entries()) {
    const found = at(index);
    const known = memo.recall(folder + path, found);
    if (known !== null) {
      files.push({ path, digest: known, size: found.size });
      continue;
    }
    const startedAt = Date.now();
    const read = await digestOfFile(folder + path, found.size).catch(goneMeanwhile);
    if (read === null) {
      settled = false;
      continue;
    }
    if (read.size !== found.size || !memo.learn(folder + path, found, startedAt, read.digest))
      settled = false;
    files.push({ path, ...read });
  }
  return { files, settled };
}

function goneMeanwhile(error: NodeJS.ErrnoException): null {
  if (error.code !== 'ENOENT') throw error;
  return null;
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
