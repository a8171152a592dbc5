import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import schema from '../../../docs/schemas/data-sources.json' with { type: 'json' };
import {
  canonicalJson,
  checkSchema,
  type Digest,
  parseJson,
  type Workspace,
  writeAtomic,
} from '../../workspace/index.ts';
import { comparePaths } from '../lock/dataset-path.ts';
import type { SourceKind } from './dated-source.ts';

/** Where the locked bytes of a dataset came from, when, and how they looked (docs/formats/sources.md). */
export interface Lineage {
  readonly kind: SourceKind;
  /** The address, query or command as it was asked, day filled in. */
  readonly asked: string;
  /** UTC day, YYYY-MM-DD. */
  readonly date: string | null;
  /** ISO 8601, UTC. */
  readonly fetched: string;
  readonly etag: string | null;
  /** Of the declared source. */
  readonly source: Digest;
  /** What was fetched, as data.lock names it. */
  readonly digest: Digest;
  readonly licence?: string;
  /** Of a table. */
  readonly rows?: number;
  /** Of a table: names with their type, in order. */
  readonly columns?: readonly (readonly [name: string, type: 'number' | 'text'])[];
}

export type Lineages = Readonly<Record<string, Lineage>>;

export const lineageFile = 'data.sources.json';

/** Empty where nothing was fetched yet. Errors: E_JSON_*, E_CONFIG_*. */
export function readLineage({ root }: Workspace): Lineages {
  const path = join(root, lineageFile);
  return existsSync(path) ? parseLineage(readFileSync(path)) : {};
}

export const parseLineage = (content: Uint8Array): Lineages =>
  checkSchema<{ datasets: Lineages }>(parseJson(content, lineageFile), schema).datasets;

export const writeLineage = ({ root }: Workspace, datasets: Lineages): void =>
  writeAtomic(join(root, lineageFile), printLineage(datasets));

/** A line a dataset, by the bytes of the keys: a diff of the file is a diff of where data comes from. */
function printLineage(datasets: Lineages): string {
  const lines = Object.keys(datasets)
    .sort(comparePaths)
    .map((key) => `${JSON.stringify(key)}: ${canonicalJson(datasets[key])}`);
  return `{"v": 1, "datasets": {\n${lines.join(',\n')}\n}}\n`;
}
