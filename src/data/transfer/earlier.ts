import {
  type Digest,
  gitBlobs,
  hexOf,
  isLockstepError,
  tryGit,
  type Workspace,
} from '../../workspace/index.ts';
import { eachLimited } from '../each-limited.ts';
import type { LockEntry } from '../lock/lock.ts';
import { lockName } from '../lock/lock-file.ts';
import { parseLock } from '../lock/lock-parser.ts';
import { parseManifest } from '../manifest.ts';
import type { Remote } from '../remote.ts';
import { objectPath, type Store } from '../store/store.ts';
import { chunkedFrom } from './chunker.ts';
import { fetchBytes, fetchMap } from './fetch-bytes.ts';
import type { KnownMaps } from './known-maps.ts';
import { chunkMapKey, folderMapKey, type Location, mostMap, parseChunkMap, parseFolderMap } from './maps.ts';

/** Commits of a lock that are looked through, and versions of a dataset that are asked for. */
const mostCommits = 30;
const mostVersions = 4;

/** Earlier versions of datasets, newest first, as the history of the lock names them. */
export async function earlierVersions(
  { root }: Workspace,
  keys: ReadonlySet<string>,
  environment?: string,
): Promise<ReadonlyMap<string, readonly LockEntry[]>> {
  const versions = new Map<string, LockEntry[]>();
  const name = lockName(environment);
  const log = await tryGit(
    ['log', '-n', String(mostCommits), '--format=%H', '--diff-filter=AM', '--', name],
    { cwd: root },
  );
  if (log.status !== 0 || log.stdout === '') return versions;
  const commits = log.stdout.trim().split('\n');
  const blobs = await gitBlobs(
    commits.map((commit) => `${commit}:./${name}`),
    { cwd: root },
  ).catch(() => []);
  for (const blob of blobs) {
    for (const entry of entriesOf(blob)) {
      if (!keys.has(entry.key)) continue;
      const known = versions.get(entry.key) ?? [];
      if (known.length < mostVersions && !known.some(({ digest }) => digest === entry.digest))
        known.push(entry);
      versions.set(entry.key, known);
    }
  }
  return versions;
}

function entriesOf(blob: Buffer): readonly LockEntry[] {
  try {
    return parseLock(blob).entries;
  } catch {
    return []; // A commit whose lock was broken says nothing.
  }
}

/** Where chunks and small files of earlier versions lie in the remote, by digest; only in packs that are still there. */
export async function knownLocations(
  remote: Remote,
  known: KnownMaps,
  store: Store,
  versions: readonly LockEntry[],
  doomed: ReadonlySet<string>,
): Promise<Map<Digest, Location>> {
  const locations = new Map<Digest, Location>();
  for (const entry of versions) {
    const found = await (entry.files === undefined
      ? chunksOf(remote, known, entry)
      : filesOf(remote, known, store, entry)
    ).catch((error: unknown) => {
      if (isLockstepError(error, 'E_REMOTE_NOT_DATA') || isLockstepError(error, 'E_OBJECT_MISSING'))
        return [];
      throw error;
    });
    for (const [digest, location] of found) if (!locations.has(digest)) locations.set(digest, location);
  }
  const packs = new Set([...locations.values()].map(({ pack }) => pack));
  const gone = new Set<Digest>();
  await eachLimited([...packs], async (pack) => {
    if (doomed.has(hexOf(pack)) || (await remote.bucket.stat(objectPath(pack))) === null) gone.add(pack);
  });
  for (const [digest, { pack }] of locations) if (gone.has(pack)) locations.delete(digest);
  return locations;
}

type Found = readonly (readonly [Digest, Location])[];

async function chunksOf(remote: Remote, known: KnownMaps, { digest, size }: LockEntry): Promise<Found> {
  if (size < chunkedFrom) return [];
  const key = chunkMapKey(digest);
  const bytes = known.read(key) ?? (await fetchMap(remote, key, mostMap));
  if (bytes === null) return [];
  return parseChunkMap(bytes, size, key).chunks.map(({ digest: chunk, ...place }) => [chunk, place] as const);
}

async function filesOf(remote: Remote, known: KnownMaps, store: Store, entry: LockEntry): Promise<Found> {
  const key = folderMapKey(entry.digest);
  const bytes = known.read(key) ?? (await fetchMap(remote, key, mostMap));
  if (bytes === null) return [];
  const wanted = { key: entry.key, digest: entry.digest, size: null };
  const manifest = store.has(entry.digest)
    ? await store.read(entry.digest)
    : await fetchBytes(remote, wanted, () => {});
  const digests = [...new Set(parseManifest(manifest.toString('utf8'), entry).map(({ digest }) => digest))];
  return parseFolderMap(bytes, digests.length, key).flatMap((place, index) =>
    place === null ? [] : [[digests[index]!, place] as const],
  );
}
