import { type Digest, digestOf } from '../../workspace/index.ts';
import { eachLimited } from '../each-limited.ts';
import type { Packer } from '../local-packs/packer.ts';
import type { Remote } from '../remote.ts';
import { fetchBytes, fetchMap, fetchRange, type OnBytes } from './fetch-bytes.ts';
import type { KnownMaps } from './known-maps.ts';
import { folderMapKey, type Location, mostMap, packSize, parseFolderMap } from './maps.ts';
import { checkArrived, type Wanted } from './wanted.ts';

/** Packs in memory at a time. */
const packsAtOnce = 4;
/** A gap between wanted objects that is read along with them, in place of a request more. Bytes. */
const smallGap = 256 * 1024;

type Sized = Wanted & { readonly size: number };
interface Run {
  readonly pack: Digest;
  readonly from: number;
  to: number;
  readonly objects: (Sized & { readonly offset: number })[];
}

/**
 * Small objects of a folder into a packer, verified: by packs where the remote has a map of the folder, else one by one.
 * `digests`: the distinct ones of its manifest, in order. Errors: E_OBJECT_MISSING, E_SIZE_MISMATCH, E_DIGEST_MISMATCH,
 * E_REMOTE_*.
 */
export async function fetchFolder(
  remote: Remote,
  known: KnownMaps,
  folder: { readonly digest: Digest; readonly digests: readonly Digest[] },
  missing: readonly Sized[],
  packer: Packer,
  onBytes: OnBytes,
): Promise<void> {
  const places = await placesOf(remote, known, folder);
  const runs = runsOf(missing, places);
  await eachLimited(runs, (run) => fetchRun(remote, run, packer, onBytes), packsAtOnce);
  await eachLimited(
    missing.filter(({ digest }) => !places.has(digest)),
    async (object) => packer.add(object.digest, await fetchBytes(remote, object, onBytes)),
  );
}

async function placesOf(
  remote: Remote,
  known: KnownMaps,
  { digest, digests }: { readonly digest: Digest; readonly digests: readonly Digest[] },
): Promise<ReadonlyMap<Digest, Location>> {
  const places = new Map<Digest, Location>();
  if (remote.embedded !== null) return places;
  const key = folderMapKey(digest);
  const bytes = await fetchMap(remote, key, mostMap);
  if (bytes === null) return places;
  for (const [index, place] of parseFolderMap(bytes, digests.length, `${remote.name}${key}`).entries())
    if (place !== null) places.set(digests[index]!, place);
  known.keep(key, bytes);
  return places;
}

/** What is read in one go: neighbours in a pack, with the small gaps between them. */
function runsOf(missing: readonly Sized[], places: ReadonlyMap<Digest, Location>): Run[] {
  const packed = missing.flatMap((object) => {
    const place = places.get(object.digest);
    return place === undefined ? [] : [{ ...object, ...place }];
  });
  packed.sort((a, b) => (a.pack === b.pack ? a.offset - b.offset : a.pack < b.pack ? -1 : 1));
  const runs: Run[] = [];
  for (const { pack, ...object } of packed) {
    const run = runs.at(-1);
    const to = object.offset + object.size;
    const joins = run?.pack === pack && object.offset - run.to <= smallGap && to - run.from <= packSize;
    if (!joins) runs.push({ pack, from: object.offset, to, objects: [object] });
    else {
      run.to = Math.max(run.to, to);
      run.objects.push(object);
    }
  }
  return runs;
}

async function fetchRun(remote: Remote, run: Run, packer: Packer, onBytes: OnBytes): Promise<void> {
  const { pack, from, to, objects } = run;
  // Objects of no bytes may be all there is.
  const bytes =
    from === to ? Buffer.alloc(0) : await fetchRange(remote, pack, { from, to }, objects[0]!, onBytes);
  for (const object of objects) {
    const own = bytes.subarray(object.offset - from, object.offset - from + object.size);
    checkArrived(object, own.length, digestOf(own), remote.name);
    packer.add(object.digest, own);
  }
}
