import { readFileSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { git, LockstepError, readBlobs, resolveCommit, tryGit } from '../../workspace/index.ts';
import { lookAt } from '../folder.ts';
import { listFiles } from '../working-files/folder-listing.ts';
import { type LfsPointer, looksLikePointer, mostPointer, parsePointer } from './lfs-pointer.ts';
import { findOnServer, lfsServerOf } from './lfs-server.ts';
import { chosen, keyUnder } from './selecting.ts';
import type { Offer, Planned, Whereabouts } from './wanted-file.ts';

export interface LfsOptions {
  readonly only?: readonly string[] | undefined;
  readonly as?: string | undefined;
}

interface Pointed {
  readonly path: string;
  readonly bytes: Buffer;
}

/**
 * The files that Git LFS keeps for a repository: those of HEAD, or of a folder outside Git. Bytes come from the local
 * LFS cache, the work tree, then the server. Errors: those of `parsePointer`, E_REMOTE_*.
 */
export async function lfsOffer(root: string, { only, as }: LfsOptions): Promise<Offer> {
  const inGit = (await resolveCommit(root, 'HEAD')) !== null;
  const pointed = chosen(inGit ? await pointersOfHead(root) : pointersOfFolder(root), only);
  if (pointed.length === 0)
    throw new LockstepError('E_DATA_MISSING', {
      what: `no Git LFS pointers in ${root}${inGit ? ' (HEAD)' : ''}`,
      allowed: 'files that begin with "version https://git-lfs.github.com/spec/v1"',
      fix: 'name the repository that has them: lockstep data import lfs <folder>',
    });
  const files = pointed.map(({ path, bytes }) => ({ path, ...parsePointer(bytes, path) }));
  const caches = inGit ? await cachesOf(root) : [];
  const near = (path: string, { oid }: LfsPointer): Whereabouts[] => [
    ...caches.map(
      ({ name, folder }): Whereabouts => ({
        kind: 'file',
        name,
        path: join(folder, oid.slice(0, 2), oid.slice(2, 4), oid),
      }),
    ),
    { kind: 'file', name: 'its work tree', path: join(root, path) },
  ];
  const far = files.filter(
    ({ path, oid, size }) => !near(path, { oid, size }).some((place) => hasSize(place, size)),
  );
  const remote = inGit && far.length > 0 ? await askServer(root, far) : new Map<string, Whereabouts>();
  const planned = files.map(({ path, oid, size }): Planned => {
    const distant = remote.get(oid);
    const places = [...near(path, { oid, size }), ...(distant ? [distant] : [])];
    const proof = { kind: 'sha256', hex: oid } as const;
    // A work tree that was not filled has the pointer there: no bytes of ours, and no fault either.
    const usable = places.filter((place) => place.kind === 'download' || hasSize(place, size));
    return {
      key: keyUnder(as, path, false),
      from: path,
      files: [{ path: '', proof, size, places: usable.length > 0 ? usable : places }],
    };
  });
  return { planned, skipped: [], notTaken: ['filter=lfs lines of .gitattributes'], about: new Map() };
}

const hasSize = (place: Whereabouts, size: number): boolean =>
  place.kind === 'file' && lookAt(place.path)?.isFile() === true && lookAt(place.path)!.size === size;

async function pointersOfHead(root: string): Promise<Pointed[]> {
  const listing = await git(['ls-tree', '-r', '-l', '-z', 'HEAD'], { cwd: root });
  const small = listing.split('\0').flatMap((line) => {
    const [, oid, size, path] = /^100\d{3} blob ([0-9a-f]+) +(\d+)\t(.+)$/s.exec(line) ?? [];
    // Four times what a pointer may have: enough to tell one that outgrew it from another file.
    return oid === undefined || Number(size) > 4 * mostPointer ? [] : [{ oid, path: path! }];
  });
  const blobs = await readBlobs(
    root,
    small.map(({ oid }) => oid),
  );
  return small.flatMap(({ oid, path }) => {
    const bytes = blobs.get(oid)!;
    return looksLikePointer(bytes) ? [{ path, bytes }] : [];
  });
}

function pointersOfFolder(root: string): Pointed[] {
  return listFiles(root, () => {}).flatMap((path) => {
    const found = lookAt(join(root, path));
    if (found === null || found.size > 4 * mostPointer) return [];
    const bytes = readFileSync(join(root, path));
    return looksLikePointer(bytes) ? [{ path, bytes }] : [];
  });
}

/** The repository's own objects, and those of a remote that is a folder on this machine. */
async function cachesOf(root: string): Promise<{ name: string; folder: string }[]> {
  const common = resolve(root, await git(['rev-parse', '--git-common-dir'], { cwd: root }));
  const { stdout } = await tryGit(['config', 'lfs.storage'], { cwd: root });
  const caches = [{ name: 'its LFS cache', folder: resolve(common, stdout.trim() || 'lfs', 'objects') }];
  const remote = localPath(await lfsServerOf(root));
  for (const below of remote === null ? [] : ['lfs/objects', '.git/lfs/objects'])
    caches.push({ name: `its remote ${remote}`, folder: join(resolve(root, remote!), below) });
  return caches;
}

function localPath(remote: string | null): string | null {
  if (remote === null) return null;
  if (remote.startsWith('file:///')) return fileURLToPath(remote);
  return isAbsolute(remote) || remote.startsWith('.') ? remote : null;
}

async function askServer(root: string, files: readonly LfsPointer[]): Promise<Map<string, Whereabouts>> {
  const server = await lfsServerOf(root);
  if (server === null || localPath(server) !== null) return new Map();
  const distinct = new Map(files.map(({ oid, size }) => [oid, { oid, size }]));
  return findOnServer(root, server, [...distinct.values()]);
}
