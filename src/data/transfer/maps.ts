import { type Digest, hexOf, LockstepError } from '../../workspace/index.ts';

/** Packs hold at most so many bytes, or one object. */
export const packSize = 16 * 1024 * 1024;
/** A map of a million files has some 12 MB. */
export const mostMap = 256 * 1024 * 1024;

/** Bytes of a pack: `[offset, offset + size)` of the object that `pack` names. */
export interface Location {
  readonly pack: Digest;
  readonly offset: number;
}

/** A large file's chunks in their order. Format: docs/formats/remote.md. */
export interface ChunkMap {
  readonly size: number;
  readonly chunks: readonly Chunk[];
}

export interface Chunk extends Location {
  readonly digest: Digest;
  readonly size: number;
}

/** Where the objects of a folder lie, in the order of the manifest's distinct digests; null: by themselves. */
export type FolderMap = readonly (Location | null)[];

const keyOf = (kind: 'chunks' | 'packs' | 'tombstones', digest: Digest): string => {
  const hex = hexOf(digest);
  return `${kind}/sha256/${hex.slice(0, 2)}/${hex.slice(2)}.json`;
};
export const chunkMapKey = (digest: Digest): string => keyOf('chunks', digest);
export const folderMapKey = (digest: Digest): string => keyOf('packs', digest);
export const tombstoneKey = (digest: Digest): string => keyOf('tombstones', digest);

export function printChunkMap({ size, chunks }: ChunkMap): string {
  const { packs, indexOf } = packList(chunks);
  const rows = chunks.map(
    ({ digest, pack, offset, size: length }) => `["${hexOf(digest)}",${indexOf(pack)},${offset},${length}]`,
  );
  return `{"v":1,"size":${size},"packs":${JSON.stringify(packs)},"chunks":[${rows.join(',')}]}\n`;
}

export function printFolderMap(map: FolderMap): string {
  const { packs, indexOf } = packList(map.filter((location) => location !== null));
  const at = map.flatMap((location) => (location ? [indexOf(location.pack), location.offset] : [-1, 0]));
  return `{"v":1,"packs":${JSON.stringify(packs)},"at":[${at.join(',')}]}\n`;
}

function packList(locations: readonly Location[]) {
  const indices = new Map<Digest, number>();
  for (const { pack } of locations) if (!indices.has(pack)) indices.set(pack, indices.size);
  return { packs: [...indices.keys()].map(hexOf), indexOf: (pack: Digest) => indices.get(pack)! };
}

/** `size`: of the file, as data.lock or a manifest says. Errors: E_REMOTE_NOT_DATA. */
export function parseChunkMap(bytes: Uint8Array, size: number, place: string): ChunkMap {
  const { packs, ...map } = parse(bytes, place);
  const rows = Array.isArray(map.chunks) ? map.chunks : fail(place, 'without chunks');
  let sum = 0;
  const chunks = rows.map((row: unknown): Chunk => {
    if (!Array.isArray(row) || row.length !== 4) return fail(place, 'with another row');
    const [hex, pack, offset, length] = row;
    if (!isHex(hex) || !isCount(offset) || !isCount(length)) return fail(place, 'with another row');
    sum += length;
    return { digest: `sha256:${hex}`, pack: packs[pack] ?? fail(place, 'of no pack'), offset, size: length };
  });
  if (sum !== size || map.size !== size) fail(place, `of ${sum} bytes, not ${size}`);
  return { size, chunks };
}

/** `count`: of the manifest's distinct digests. Errors: E_REMOTE_NOT_DATA. */
export function parseFolderMap(bytes: Uint8Array, count: number, place: string): FolderMap {
  const { packs, at } = parse(bytes, place);
  if (!Array.isArray(at) || at.length !== 2 * count) return fail(place, `not of ${count} objects`);
  return Array.from({ length: count }, (_, index) => {
    const [pack, offset] = [at[2 * index], at[2 * index + 1]];
    if (pack === -1) return null;
    if (!isCount(offset)) return fail(place, 'with another offset');
    return { pack: packs[pack as number] ?? fail(place, 'of no pack'), offset };
  });
}

function parse(
  bytes: Uint8Array,
  place: string,
): Record<string, unknown> & { readonly packs: readonly Digest[] } {
  const map = readJson(bytes, place);
  if (map.v !== 1) fail(place, `of version ${String(map.v).slice(0, 20)}`);
  const packs = Array.isArray(map.packs) && map.packs.every(isHex) ? map.packs : fail(place, 'without packs');
  return { ...map, packs: packs.map((hex: string): Digest => `sha256:${hex}`) };
}

function readJson(bytes: Uint8Array, place: string): Record<string, unknown> {
  try {
    const map: unknown = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString());
    if (typeof map === 'object' && map !== null) return map as Record<string, unknown>;
  } catch {} // Said below.
  return fail(place, 'that is no JSON');
}

const isHex = (value: unknown): value is string => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function fail(place: string, what: string): never {
  throw new LockstepError('E_REMOTE_NOT_DATA', {
    what: `${place} is a map ${what}`,
    allowed: 'a map as docs/formats/remote.md has it',
    fix: 'remove it from the remote, and push the dataset again from a checkout that has it',
  });
}
