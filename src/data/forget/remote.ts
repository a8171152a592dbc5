import { type Digest, digestOf, hexOf } from '../../workspace/index.ts';
import type { Remote } from '../remote.ts';
import { objectPath, type Store } from '../store/store.ts';
import { fetchMap } from '../transfer/fetch-bytes.ts';
import { chunkMapKey, folderMapKey, type Location, mostMap } from '../transfer/maps.ts';
import type { ForgottenBytes } from './bytes.ts';
import { type Placed, type RemoteMap, readMap } from './remote-maps.ts';

/** Packs that are being written anew; there only while, or when that was interrupted. */
export const forgettingKey = 'gc/forgetting.json';

export interface RemoteForget {
  /** Objects and maps of what is forgotten that lie there. */
  readonly keys: readonly string[];
  /** Those of them that say what else belongs to it: removed last. */
  readonly lastKeys: readonly string[];
  /** Packs that hold some of it: removed, after what else is in them was put into others. */
  readonly packs: readonly Digest[];
  /** Maps that name these packs and stay. */
  readonly maps: readonly RemoteMap[];
}

const mapKey = /^(chunks|packs)\/sha256\/[0-9a-f]{2}\/[0-9a-f]{62}\.json$/;

/** Looks at every map of the remote: each may name a pack that holds forgotten bytes. Errors: E_REMOTE_*. */
export async function planRemoteForget(
  remote: Remote,
  store: Store,
  { files, manifests }: ForgottenBytes,
): Promise<RemoteForget> {
  const present = new Set<string>();
  const maps: RemoteMap[] = [];
  for (const prefix of ['sha256/', 'chunks/sha256/', 'packs/sha256/']) {
    for await (const { key } of remote.bucket.list(prefix)) {
      present.add(key);
      const map = mapKey.test(key) ? await readMap(remote, store, key) : null;
      if (map !== null) maps.push(map);
    }
  }
  const gone = goneOf({ files, manifests });
  const goes = ({ of }: RemoteMap) => gone.has(of);
  const packs = new Set<Digest>(await interrupted(remote));
  for (const { placed } of maps)
    for (const { digest, location } of placed) if (location && gone.has(digest)) packs.add(location.pack);
  const names = ({ placed }: RemoteMap) =>
    placed.some(({ location }) => location && packs.has(location.pack));
  const keysOf = (digests: ReadonlySet<Digest>) =>
    [...digests]
      .flatMap((digest) => [objectPath(digest), chunkMapKey(digest), folderMapKey(digest)])
      .filter((key) => present.has(key));
  return {
    keys: keysOf(files),
    lastKeys: keysOf(manifests),
    packs: [...packs].filter((pack) => present.has(objectPath(pack))),
    maps: maps.filter((map) => !goes(map) && names(map)),
  };
}

/**
 * New packs first, then the maps that name them, then the old bytes go: killed anywhere, what stays can be read, and the
 * same again finishes. No push may be under way meanwhile: it could rely on a pack that goes.
 */
export async function applyRemoteForget(
  remote: Remote,
  { keys, lastKeys, packs, maps }: RemoteForget,
  bytes: ForgottenBytes,
): Promise<void> {
  const gone = goneOf(bytes);
  if (packs.length > 0) await put(remote, forgettingKey, Buffer.from(`${JSON.stringify({ v: 1, packs })}\n`));
  const moved = new Map<string, Location>();
  const going = new Set(packs.map(objectPath));
  for (const pack of packs) {
    const live = maps.flatMap(({ placed }) =>
      placed.filter(({ digest, location }) => location?.pack === pack && !gone.has(digest)),
    );
    const fresh = await rewritePack(remote, pack, live, moved);
    if (fresh !== null) going.delete(objectPath(fresh)); // All that is in it stays.
  }
  for (const map of maps) {
    const locations = map.placed.map(({ digest, location, size }) =>
      location === null || gone.has(digest) ? null : (moved.get(segment(location, size)) ?? location),
    );
    await put(remote, map.key, Buffer.from(map.print(locations)));
  }
  await remote.bucket.remove([...keys, ...going]);
  await remote.bucket.remove([...lastKeys, ...(packs.length > 0 ? [forgettingKey] : [])]);
}

const goneOf = ({ files, manifests }: Pick<ForgottenBytes, 'files' | 'manifests'>): Set<Digest> =>
  new Set([...files, ...manifests]);

const segment = ({ pack, offset }: Location, size: number): string => `${pack} ${offset} ${size}`;

/** Puts what stays of a pack into another; null when nothing does, or the pack is gone already. */
async function rewritePack(
  remote: Remote,
  pack: Digest,
  live: readonly Placed[],
  moved: Map<string, Location>,
): Promise<Digest | null> {
  const bytes = live.length === 0 ? null : await fetchMap(remote, objectPath(pack), mostMap);
  if (bytes === null) return null;
  const segments = new Map(
    live.map(({ location, size }) => [segment(location!, size), { at: location!.offset, size }]),
  );
  const sorted = [...segments].sort(([, a], [, b]) => a.at - b.at || a.size - b.size);
  const fresh = Buffer.concat(sorted.map(([, { at, size }]) => bytes.subarray(at, at + size)));
  const digest = digestOf(fresh);
  let offset = 0;
  for (const [name, { size }] of sorted) {
    moved.set(name, { pack: digest, offset });
    offset += size;
  }
  await put(remote, objectPath(digest), fresh);
  return digest;
}

const put = (remote: Remote, key: string, bytes: Buffer): Promise<void> =>
  remote.bucket.put(key, bytes, hexOf(digestOf(bytes)));

async function interrupted(remote: Remote): Promise<Digest[]> {
  const bytes = await fetchMap(remote, forgettingKey, mostMap);
  return bytes === null ? [] : (JSON.parse(bytes.toString()) as { packs: Digest[] }).packs;
}
