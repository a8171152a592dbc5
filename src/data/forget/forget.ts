import { rmSync } from 'node:fs';
import { type Digest, LockstepError, type Workspace } from '../../workspace/index.ts';
import { looseFiles } from '../gc/loose-files.ts';
import { packFiles } from '../gc/pack-files.ts';
import type { LockEntry } from '../lock/lock.ts';
import { openRemote } from '../remote.ts';
import { openStore, type Store } from '../store/store.ts';
import { putTombstone, readTombstones, type Tombstone, writeTombstones } from '../store/tombstones.ts';
import { knownMaps } from '../transfer/known-maps.ts';
import { bytesToForget, type ForgetTarget, type ForgottenBytes } from './bytes.ts';
import { forgetInStore, forgetInWorkTree } from './local.ts';
import { applyRemoteForget, planRemoteForget, type RemoteForget } from './remote.ts';

export interface ForgetRequest extends ForgetTarget {
  readonly reason: string;
  readonly by: string;
  /** ISO 8601. */
  readonly at: string;
  /** Cached outputs that were made of it: they go from the local store too. */
  readonly derived: ReadonlySet<Digest>;
  /** False shows the plan alone. */
  readonly apply: boolean;
}

export interface Forgotten {
  readonly applied: boolean;
  readonly dataset: string;
  readonly versions: number;
  readonly files: number;
  readonly local: { readonly objects: number; readonly derived: number };
  readonly remote: {
    readonly name: string;
    /** Of the embedded remote: paths that Git's history still has. */
    readonly inGit: readonly string[];
    readonly objects: number;
    readonly packs: number;
    readonly maps: number;
  };
  readonly shared: ForgottenBytes['shared'];
  readonly unknown: readonly Digest[];
  /** Every lock that names the dataset, and what it says of it afterwards. */
  readonly locks: readonly { readonly lock: string; readonly entry: LockEntry | null }[];
}

/**
 * Deletes a dataset's bytes, all its versions: in the remote, in the local store and under data/; says so by tombstones
 * there and in Git, and takes it out of every lock. Killed anywhere, the same again finishes. Errors: E_DATA_MISSING when
 * nothing is left to forget, E_REMOTE_READ_ONLY before anything is deleted, E_BUSY.
 */
export async function forgetData(workspace: Workspace, request: ForgetRequest): Promise<Forgotten> {
  const place = await openRemote(workspace);
  const store = openStore(workspace);
  const bytes = await bytesToForget(place, store, request);
  if (bytes.files.size + bytes.manifests.size === 0) throw nothingLeft(request, bytes);
  const remote = await planRemoteForget(place, store, bytes);
  const keys = [...remote.keys, ...remote.lastKeys];
  const gone = new Set([...bytes.files, ...request.derived]);
  const plan = {
    dataset: request.key + (request.file ?? ''),
    versions: request.versions.length,
    files: bytes.files.size,
    local: {
      objects: countIn(store, new Set([...bytes.files, ...bytes.manifests])),
      derived: countIn(store, new Set([...request.derived].filter((digest) => !bytes.files.has(digest)))),
    },
    remote: {
      name: place.name,
      inGit: place.embedded !== null ? keys.map((key) => `.data/${key}`) : [],
      objects: keys.length,
      packs: remote.packs.length,
      maps: remote.maps.length,
    },
    shared: bytes.shared,
    unknown: bytes.unknown,
  };
  if (!request.apply) {
    const locks = request.current.map(({ lock, ...entry }) => ({ lock, entry }));
    return { applied: false, ...plan, locks };
  }
  const tombstones = tombstonesOf(workspace, request, bytes);
  for (const tombstone of tombstones) await putTombstone(place, tombstone);
  writeTombstones(workspace, [...readTombstones(workspace), ...tombstones]);
  await applyRemoteForget(place, remote satisfies RemoteForget, bytes);
  rmSync(knownMaps(workspace, place).folder, { recursive: true, force: true });
  await forgetInStore(workspace, gone, bytes.manifests);
  const locks = await forgetInWorkTree(workspace, request, bytes);
  return { applied: true, ...plan, locks };
}

/** One for each version, or for each of the file's: of a folder's files the folder's speaks. */
function tombstonesOf(workspace: Workspace, request: ForgetRequest, bytes: ForgottenBytes): Tombstone[] {
  const { key, file, reason, by, at } = request;
  const before = new Map(readTombstones(workspace).map((tombstone) => [tombstone.digest, tombstone]));
  const digests = file === undefined ? request.versions.map(({ digest }) => digest) : [...bytes.files];
  const shared = new Set(bytes.shared.map(({ digest }) => digest));
  return [...new Set(digests)]
    .filter((digest) => !shared.has(digest))
    .map(
      (digest) =>
        before.get(digest) ?? {
          digest,
          dataset: key,
          ...(file === undefined ? {} : { file }),
          reason,
          by,
          at,
        },
    );
}

function countIn(store: Store, digests: ReadonlySet<Digest>): number {
  let count = 0;
  for (const { digest } of looseFiles(store.root)) if (digest !== null && digests.has(digest)) count++;
  for (const { objects } of packFiles(store.root))
    for (const { digest } of objects) if (digests.has(digest)) count++;
  return count;
}

function nothingLeft({ key }: ForgetTarget, { shared, unknown }: ForgottenBytes): LockstepError {
  const [other] = shared;
  return new LockstepError('E_DATA_MISSING', {
    what: other
      ? `all bytes of "${key}" belong to "${other.key}" of ${other.lock} too, and so stay`
      : `nobody knows what "${key}" consisted of (${unknown.join(', ')})`,
    allowed: 'a dataset whose bytes are its own',
    fix: other
      ? `forget ${other.key} as well, that one first taken out of ${other.lock}`
      : 'run `lockstep data gc`',
  });
}
