import type { Digest } from '../../workspace/index.ts';
import type { Remote } from '../remote.ts';
import type { Store } from '../store/store.ts';
import { fetchMap } from '../transfer/fetch-bytes.ts';
import {
  type FolderMap,
  type Location,
  mostMap,
  parseChunkMap,
  parseFolderMap,
  printChunkMap,
  printFolderMap,
} from '../transfer/maps.ts';
import { readLines } from './bytes.ts';

/** A map with the objects it places: chunks of a large file, or files of a folder. */
export interface RemoteMap {
  readonly key: string;
  /** Of the large file or of the folder's manifest. */
  readonly of: Digest;
  readonly placed: readonly Placed[];
  /** Prints it with other locations, in the same order. */
  print(locations: readonly (Location | null)[]): string;
}

export interface Placed {
  /** Of the file of a folder; of a chunk, that of the whole file. */
  readonly digest: Digest;
  readonly location: Location | null;
  readonly size: number;
}

const digestIn = (key: string): Digest =>
  `sha256:${key.replace(/^.*sha256\/|\.json$/g, '').replace('/', '')}`;

/** Null for the map of a folder whose manifest is gone: nobody can read by it. Errors: E_REMOTE_NOT_DATA. */
export async function readMap(remote: Remote, store: Store, key: string): Promise<RemoteMap | null> {
  const bytes = await fetchMap(remote, key, mostMap);
  if (bytes === null) return null;
  const of = digestIn(key);
  const place = `${key} in ${remote.name}`;
  if (key.startsWith('chunks/')) {
    const { size } = JSON.parse(bytes.toString()) as { size: number };
    const { chunks } = parseChunkMap(bytes, size, place);
    const placed = chunks.map((chunk) => ({ digest: of, location: chunk, size: chunk.size }));
    const print = (locations: readonly (Location | null)[]) =>
      printChunkMap({ size, chunks: chunks.map((chunk, at) => ({ ...chunk, ...locations[at] })) });
    return { key, of, placed, print };
  }
  const lines = await readLines(remote, store, key, of);
  if (lines === null) return null;
  const distinct = [...new Map(lines.map(({ digest, size }) => [digest, size]))];
  const map = parseFolderMap(bytes, distinct.length, place);
  const placed = distinct.map(([digest, size], at) => ({ digest, size, location: map[at]! }));
  return { key, of, placed, print: (locations) => printFolderMap(locations as FolderMap) };
}
