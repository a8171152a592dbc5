import { rmSync } from 'node:fs';
import { extname } from 'node:path';
import { addData, findLock, type LockEntry, pullData } from '../data/index.ts';
import {
  type DatedSource,
  dateSource,
  isDue,
  type Lineage,
  measure,
  readLineage,
  type Shape,
  shapeChanges,
  shapeOf,
  writeLineage,
} from '../data/sources/index.ts';
import {
  isLockstepError,
  LockstepError,
  nearest,
  type Source,
  scratchPath,
  statePath,
  type Workspace,
  withLock,
} from '../workspace/index.ts';
import { fetchSource } from './refresh/fetch-source.ts';
import { checkReplaceable } from './refresh/replaceable.ts';

export interface RefreshOptions {
  /** Keys; all that have a source when left out. */
  readonly only?: readonly string[];
  /** Of those, the ones that are due today (UTC). */
  readonly scheduled?: boolean;
  /** UTC day (YYYY-MM-DD) instead of the declared ones. */
  readonly day?: string | undefined;
  /** Fetches and looks, and writes nothing. */
  readonly dryRun?: boolean;
  readonly now?: Date;
}

export type Refreshed = { readonly key: string } & (
  | { readonly state: 'unchanged' }
  /** `recorded`: the bytes are as they were locked, and are known by their source from now on. */
  | ({ readonly state: 'added' | 'updated' | 'recorded' } & Change)
  | { readonly state: 'failed'; readonly error: LockstepError }
);

export interface Change {
  readonly before: LockEntry | null;
  readonly after: LockEntry;
  readonly lineage: Lineage;
  /** How the table differs from the one before. */
  readonly changes: readonly string[];
}

/**
 * Fetches datasets from their sources, looks at what came, and locks it: bytes, data/, data.sources.json, and
 * data.lock last. What failed stays as it was, and keeps no other from being refreshed; one that is alone throws.
 * Errors: E_DATA_MISSING, E_BUSY; of one dataset E_REMOTE_*, E_SOURCE_FAILED, E_TABLE_*, E_DATA_*, E_CONFIG_VALUE.
 */
export async function refreshData(workspace: Workspace, options: RefreshOptions = {}): Promise<Refreshed[]> {
  const now = options.now ?? new Date();
  const wanted = selectSources(workspace, options, now);
  const file = statePath(workspace, 'locks', 'data-refresh.json');
  return withLock(file, { what: 'data refresh', waitMs: 60_000 }, async () => {
    const results: Refreshed[] = [];
    for (const [key, declared] of wanted) {
      try {
        const source = dateSource(key, declared, { day: options.day, now });
        results.push(await refreshOne(workspace, source, now, options.dryRun === true));
      } catch (error) {
        if (!isLockstepError(error) || wanted.length === 1) throw error;
        results.push({ key, state: 'failed', error });
      }
    }
    return results;
  });
}

/** Errors: E_DATA_MISSING. */
export function selectSources(
  { configuration: { sources } }: Workspace,
  { only = [], scheduled = false }: RefreshOptions,
  now = new Date(),
): (readonly [string, Source])[] {
  const keys = only.length === 0 ? Object.keys(sources).sort() : only.map((name) => keyOf(sources, name));
  return [...new Set(keys)]
    .map((key) => [key, sources[key]!] as const)
    .filter(([, source]) => !scheduled || isDue(source, now));
}

function keyOf(sources: Readonly<Record<string, Source>>, name: string): string {
  const wanted = name.replace(/^data\//, '');
  const found = [name, `${name}/`, wanted, `${wanted}/`].find((key) => Object.hasOwn(sources, key));
  if (found !== undefined) return found;
  const keys = Object.keys(sources);
  const near = nearest(wanted, keys);
  throw new LockstepError('E_DATA_MISSING', {
    what: `no source for "${name}"`,
    where: { file: 'lockstep.yaml' },
    allowed: keys.slice(0, 10).join(', ') || 'none is declared yet',
    fix: near ? `did you mean "${near}"?` : 'declare it under `sources:`',
  });
}

async function refreshOne(
  workspace: Workspace,
  source: DatedSource,
  now: Date,
  dryRun: boolean,
): Promise<Refreshed> {
  const { key } = source;
  const before = findLock(workspace)?.entries.find((entry) => entry.key === key) ?? null;
  const lineage = readLineage(workspace);
  const known = lineage[key];
  // What a cut refresh left, or somebody locked by hand, or another source: not what the lock stands on.
  const valid = known !== undefined && known.digest === before?.digest && known.source === source.digest;
  const etag = valid && known.asked === source.asked ? known.etag : null;
  const target = scratchPath(workspace, 'refresh', extname(key.replace(/\/$/, '')));
  try {
    const fetched = await fetchSource(workspace, source, target, etag);
    if (fetched.kind === 'unchanged') return { key, state: 'unchanged' };
    const after = await measure(target, key);
    if (valid && after.digest === known.digest) return { key, state: 'unchanged' };
    const shape = await shapeOf(target, after);
    const made = lineageOf(source, {
      fetched: now.toISOString(),
      etag: fetched.etag,
      digest: after.digest,
      shape,
    });
    if (!dryRun) {
      await keep(workspace, target, before, after, () =>
        writeLineage(workspace, { ...lineage, [key]: made }),
      );
    }
    const state = before === null ? 'added' : before.digest === after.digest ? 'recorded' : 'updated';
    return { key, state, before, after, lineage: made, changes: shapeChanges(known ?? {}, shape) };
  } finally {
    rmSync(target, { recursive: true, force: true });
  }
}

function lineageOf(
  { kind, asked, date, digest: source, declared: { licence } }: DatedSource,
  { shape, ...seen }: Pick<Lineage, 'fetched' | 'etag' | 'digest'> & { readonly shape: Shape },
): Lineage {
  return { kind, asked, date, source, ...seen, ...(licence === undefined ? {} : { licence }), ...shape };
}

async function keep(
  workspace: Workspace,
  path: string,
  before: LockEntry | null,
  after: LockEntry,
  beforeLock: () => void,
): Promise<void> {
  const force = await checkReplaceable(workspace, before, after);
  await addData(workspace, path, { as: after.key, force, beforeLock });
  // Files of a folder that its source has no more.
  if (after.files !== undefined) await pullData(workspace, { only: [after.key] });
}
