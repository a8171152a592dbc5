// For tests: small stores and remotes of every shape, with what of them is needed.
import { createHash } from 'node:crypto';
import { readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { type Digest, digestOf, hexOf, type Workspace } from '../../workspace/index.ts';
import type { LockEntry } from '../lock/lock.ts';
import { printManifest } from '../manifest.ts';
import type { Remote } from '../remote.ts';
import { fileBucket } from '../remotes/file-bucket.ts';
import { objectPath } from '../store/store.ts';
import { fetchMap } from '../transfer/fetch-bytes.ts';
import {
  chunkMapKey,
  folderMapKey,
  mostMap,
  parseChunkMap,
  parseFolderMap,
  printChunkMap,
  printFolderMap,
} from '../transfer/maps.ts';
import type { RootDataset, Roots } from './roots.ts';

/** No object's bytes lie in another's. */
export const contentOf = (number: number): Buffer =>
  createHash('sha512')
    .update(`${number}`)
    .digest()
    .subarray(0, 20 + number);
export const digests = Array.from({ length: 12 }, (_, number) => digestOf(contentOf(number)));
const linesOf = (members: readonly number[]) =>
  members.map((number) => ({ path: `f${number}`, digest: digests[number]!, size: contentOf(number).length }));
export const manifestOf = (members: readonly number[]): string => printManifest(linesOf(members));

const unique = (most: number, least = 0) =>
  fc.uniqueArray(fc.nat(digests.length - 1), { minLength: least, maxLength: most });
/** Folders and files as some lock names them, or none any more; `packed` lie in packs, in this order. */
export const worlds = fc.record({
  folders: fc.array(fc.record({ members: unique(6, 1), needed: fc.boolean() }), { maxLength: 4 }),
  files: unique(4),
  runs: unique(2),
  forgotten: unique(1),
  packed: unique(12),
  young: unique(3),
});
export type World = typeof worlds extends fc.Arbitrary<infer T> ? T : never;

export function rootsOf({ folders, files, runs, forgotten }: World): { roots: Roots; needed: Set<Digest> } {
  const lost = new Set(forgotten.map((number) => digests[number]!));
  const wanted = folders.filter(({ needed }) => needed);
  const manifests = wanted.map(({ members }) => digestOf(manifestOf(members)));
  const members = wanted.flatMap((folder) => folder.members);
  const named = [...files, ...runs, ...members].map((number) => digests[number]!);
  const root = (digest: Digest, folder: boolean): RootDataset => ({ key: 'd', digest, folder, why: 'tags' });
  return {
    roots: {
      datasets: [
        ...files.map((number) => root(digests[number]!, false)),
        ...manifests.map((digest) => root(digest, true)),
      ],
      objects: new Map(runs.map((number) => [digests[number]!, 'runs'])),
      forgotten: lost,
    },
    needed: new Set([...named, ...manifests].filter((digest) => !lost.has(digest))),
  };
}

export const fileEntry = (number: number): LockEntry => ({
  key: `f${number}`,
  digest: digests[number]!,
  size: contentOf(number).length,
});

export function folderEntry(name: string, members: readonly number[]): LockEntry {
  const size = members.reduce((sum, number) => sum + contentOf(number).length, 0);
  return { key: `${name}/`, digest: digestOf(manifestOf(members)), size, files: members.length };
}

export function makeOld(root: string, but: ReadonlySet<string> = new Set()): void {
  const old = new Date(Date.now() - 7_200_000);
  for (const item of readdirSync(root, { recursive: true, withFileTypes: true })) {
    const path = join(item.parentPath, item.name);
    if (item.isFile() && !but.has(path)) utimesSync(path, old, old);
  }
}

/** At `remote/`: a map for each folder, packs of four objects that they share, packed files in a chunk. All is old. */
export async function makeRemote(
  { root }: Workspace,
  { folders, files, packed }: Pick<World, 'folders' | 'files' | 'packed'>,
) {
  const folder = join(root, 'remote');
  const bucket = fileBucket(folder, 'the remote');
  const put = async (key: string, bytes: Buffer | string) =>
    bucket.put(key, Buffer.from(bytes), hexOf(digestOf(bytes)));
  const places = new Map<number, { pack: Digest; offset: number }>();
  for (let at = 0; at < packed.length; at += 4) {
    const members = packed.slice(at, at + 4);
    const bytes = Buffer.concat(members.map(contentOf));
    let offset = 0;
    for (const number of members) {
      places.set(number, { pack: digestOf(bytes), offset });
      offset += contentOf(number).length;
    }
    await put(objectPath(digestOf(bytes)), bytes);
  }
  const placeOf = (number: number) => places.get(number) ?? null;
  for (const number of digests.keys()) {
    const place = placeOf(number);
    if (place === null) await put(objectPath(digests[number]!), contentOf(number));
    else if (files.includes(number)) {
      const { length: size } = contentOf(number);
      const chunks = [{ ...place, digest: digests[number]!, size }];
      await put(chunkMapKey(digests[number]!), printChunkMap({ size, chunks }));
    }
  }
  for (const { members } of folders) {
    const manifest = manifestOf(members);
    await put(objectPath(digestOf(manifest)), manifest);
    const order = linesOf(members).sort((a, b) => (a.path < b.path ? -1 : 1));
    const map = order.map(({ path }) => placeOf(Number(path.slice(1))));
    await put(folderMapKey(digestOf(manifest)), printFolderMap(map));
  }
  makeOld(folder);
  return { folder, remote: { bucket, name: bucket.name, embedded: null }, placeOf };
}

/** One of the objects as it lies in that remote: at a place in a pack, in its chunk, or by itself; null when nowhere. */
export async function readObject(
  remote: Remote,
  number: number,
  place: { readonly pack: Digest; readonly offset: number } | null = null,
): Promise<Buffer | null> {
  const { length: size } = contentOf(number);
  if (place === null) {
    const map = await fetchMap(remote, chunkMapKey(digests[number]!), mostMap);
    const chunk = map && parseChunkMap(map, size, 'the map').chunks[0]!;
    if (chunk) return readObject(remote, number, chunk);
    return fetchMap(remote, objectPath(digests[number]!), mostMap);
  }
  const pack = await fetchMap(remote, objectPath(place.pack), mostMap);
  return pack?.subarray(place.offset, place.offset + size) ?? null;
}

/** A file of a folder, by the folder's map as it lies there. */
export async function readMember(
  remote: Remote,
  members: readonly number[],
  number: number,
): Promise<Buffer | null> {
  const bytes = await fetchMap(remote, folderMapKey(digestOf(manifestOf(members))), mostMap);
  const order = members.map((member) => `f${member}`).sort();
  return readObject(
    remote,
    number,
    parseFolderMap(bytes!, members.length, 'the map')[order.indexOf(`f${number}`)],
  );
}
