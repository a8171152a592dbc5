import { extname, join } from 'node:path';
import { digestFile, digestOf, LockstepError } from '../../workspace/index.ts';
import { lookAt } from '../folder.ts';
import type { LockEntry } from '../lock/lock.ts';
import { type ManifestFile, printManifest, totalSize } from '../manifest.ts';
import { readTable } from '../tables/table-file.ts';
import { kindOf, listFiles, refuseOdd } from '../working-files/folder-listing.ts';
import type { Lineage } from './lineage.ts';

export type Shape = Pick<Lineage, 'rows' | 'columns'>;

/** Larger tables are not read whole to be looked at (bytes). */
const mostLooked = 512 * 2 ** 20;

/** What data.lock would say of bytes on their way in. Errors: E_TABLE_EMPTY for no bytes, E_DATA_KIND. */
export async function measure(path: string, key: string): Promise<LockEntry> {
  const found = lookAt(path);
  if (found && !found.isFile() && !found.isDirectory()) refuseOdd(key, kindOf(found));
  const entry = found?.isDirectory()
    ? await measureFolder(path, key)
    : { key, ...(found ? await digestFile(path) : { digest: digestOf(''), size: 0 }) };
  if (entry.size > 0 && key.endsWith('/') !== (entry.files === undefined)) return entry;
  if (entry.size > 0) refuseOdd(key, entry.files === undefined ? 'a file' : 'a folder');
  throw new LockstepError('E_TABLE_EMPTY', {
    what: `the source of "${key}" gave no bytes`,
    allowed: 'a dataset that is not empty',
    fix: 'look at what the source says; what is locked stays as it is',
  });
}

async function measureFolder(path: string, key: string): Promise<LockEntry> {
  const files: ManifestFile[] = [];
  for (const file of listFiles(path)) files.push({ path: file, ...(await digestFile(join(path, file))) });
  return { key, digest: digestOf(printManifest(files)), size: totalSize(files), files: files.length };
}

/** Reads a table to see that it is one. Empty for what is none by its name. Errors: E_TABLE_*. */
export async function shapeOf(path: string, { key, size }: LockEntry): Promise<Shape> {
  if (!['.csv', '.tsv', '.parquet'].includes(extname(key).toLowerCase()) || size > mostLooked) return {};
  const { rows, columns } = await readTable(path, `data/${key}`);
  return { rows, columns: columns.map(({ name, type }) => [name, type] as const) };
}

/** What differs between two tables of one source, as a person says it. */
export function shapeChanges(before: Shape, after: Shape): string[] {
  if (before.columns === undefined || after.columns === undefined) return [];
  const [old, now] = [new Map(before.columns), new Map(after.columns)];
  const lost = [...old.keys()].filter((name) => !now.has(name));
  const made = [...now.keys()].filter((name) => !old.has(name));
  const turned = [...now].filter(([name, type]) => old.has(name) && old.get(name) !== type);
  return [
    ...(before.rows === after.rows ? [] : [`${before.rows} rows, now ${after.rows}`]),
    ...(lost.length > 0 ? [`columns gone: ${lost.join(', ')}`] : []),
    ...(made.length > 0 ? [`columns new: ${made.join(', ')}`] : []),
    ...turned.map(([name, type]) => `column ${name} is ${type} now`),
  ];
}
