import { copyFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  emptyLock,
  fileObjects,
  findLock,
  type Lock,
  type LockEntry,
  openStore,
  packObjects,
  parseLock,
  printLock,
  unpackObjects,
  withEntry,
} from '../data/index.ts';
import {
  dateSource,
  type Lineage,
  type Lineages,
  lineageFile,
  parseLineage,
  readLineage,
  shapeChanges,
} from '../data/sources/index.ts';
import { type Digest, LockstepError, type Workspace } from '../workspace/index.ts';
import type { Change } from './refresh.ts';

const mib = 2 ** 20;

/** What a job that fetched, and can write nothing, hands to the one that writes: names and the most bytes of each. */
export const refreshArtifact = {
  name: 'lockstep-refresh',
  files: { 'data.lock': 64 * mib, [lineageFile]: 16 * mib, objects: 900 * mib },
} as const;

/** The lock and the lineage as they are now, and the bytes that are new. Errors: E_HANDOVER_TOO_LARGE. */
export async function handOverRefresh(
  workspace: Workspace,
  changes: readonly Change[],
  folder: string,
): Promise<void> {
  const fresh = changes.filter(({ before, after }) => before?.digest !== after.digest);
  const bytes = fresh.reduce((sum, { after }) => sum + after.size, 0);
  if (bytes > refreshArtifact.files.objects) {
    throw new LockstepError('E_HANDOVER_TOO_LARGE', {
      what: `${bytes.toLocaleString('en-US')} bytes came from sources`,
      allowed: `at most ${refreshArtifact.files.objects.toLocaleString('en-US')} from job to job`,
      fix: 'run `lockstep data refresh` and `lockstep data push` where there is room, or name fewer datasets',
    });
  }
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const name of ['data.lock', lineageFile]) copyFileSync(join(workspace.root, name), join(folder, name));
  await packObjects(
    workspace,
    fresh.map(({ after }) => after),
    join(folder, 'objects'),
  );
}

export interface TakenRefresh {
  readonly lock: Lock;
  readonly lineage: Lineages;
  /** Never empty where there is something to propose. */
  readonly changes: readonly Change[];
}

/**
 * Believes of a hand-over only what this checkout's own `sources:` declare and whose bytes are there; they are in the
 * store afterwards. Nothing else is written. Errors: E_HANDOVER_SHAPE, E_DIGEST_MISMATCH, E_LOCK_*, E_CONFIG_*, E_JSON_*.
 */
export async function takeOverRefresh(workspace: Workspace, folder: string): Promise<TakenRefresh> {
  const fetched = parseLock(readFileSync(join(folder, 'data.lock')), 'data.lock of the hand-over');
  const stories = parseLineage(readFileSync(join(folder, lineageFile)));
  const objects = await unpackObjects(workspace, join(folder, 'objects'));
  let lock = findLock(workspace) ?? emptyLock;
  let lineage = readLineage(workspace);
  const changes: Change[] = [];
  for (const [key, declared] of Object.entries(workspace.configuration.sources)) {
    const [after, story] = [entryOf(fetched, key), stories[key]];
    const [before, known] = [entryOf(lock, key), lineage[key]];
    if (after === null || story?.digest !== after.digest) continue;
    if (story.source !== dateSource(key, declared, {}).digest) continue;
    if (!isNews({ before, after, story, known }, objects)) continue;
    if (before?.digest !== after.digest) await checkWhole(workspace, after, objects);
    lock = withEntry(lock, after);
    lineage = { ...lineage, [key]: story };
    changes.push({ before, after, lineage: story, changes: shapeChanges(known ?? {}, story) });
  }
  // Two keys that are each right may be none together.
  parseLock(Buffer.from(printLock(lock)), 'data.lock');
  return { lock, lineage, changes };
}

const entryOf = ({ entries }: Lock, key: string): LockEntry | null =>
  entries.find((entry) => entry.key === key) ?? null;

interface Sides {
  readonly before: LockEntry | null;
  readonly after: LockEntry;
  readonly story: Lineage;
  readonly known: Lineage | undefined;
}

/** An entry whose bytes were not handed over is one that changed here since the other job began. */
const isNews = ({ before, after, story, known }: Sides, objects: ReadonlyMap<Digest, unknown>): boolean =>
  before?.digest === after.digest
    ? known?.digest !== story.digest || known.source !== story.source
    : objects.has(after.digest);

async function checkWhole(
  workspace: Workspace,
  entry: LockEntry,
  objects: ReadonlyMap<Digest, { readonly size: number }>,
): Promise<void> {
  for (const { key, digest, size } of await fileObjects(openStore(workspace), entry)) {
    if (objects.get(digest)?.size === size) continue;
    throw new LockstepError('E_HANDOVER_SHAPE', {
      what: `the bytes of "${key}" are not among those that were handed over`,
      allowed: `${digest}, ${size} bytes`,
      fix: 'run the job again that fetched them',
    });
  }
}
