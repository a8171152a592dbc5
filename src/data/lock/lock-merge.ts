import { digestOf, LockstepError, nearest } from '../../workspace/index.ts';
import { type ManifestFile, printManifest, totalSize } from '../manifest.ts';
import type { Lock, LockEntry } from './lock.ts';
import { printLock } from './lock.ts';
import { type Conflict, type Item, mergeItems, type Side, type Sides, sameItem } from './three-way.ts';

export interface LockMergeInput {
  readonly base: Lock;
  readonly ours: Lock;
  readonly theirs: Lock;
  /** Which side a conflict's path, or all below a folder, is taken from. */
  readonly picks?: Readonly<Record<Side, readonly string[]>>;
  /** A folder's files, or null where its manifest can't be had. */
  readonly manifest: (entry: LockEntry) => Promise<readonly ManifestFile[] | null>;
}

export interface LockMerge {
  /** What is settled. */
  readonly lock: Lock;
  /** What is not, with the datasets' paths; a folder's file is named with its folder. */
  readonly conflicts: readonly Conflict[];
  /** The same as entries of the lock: a folder with a file in conflict stands here itself. */
  readonly open: readonly Conflict[];
  /** Folders merged file by file, with the manifest that has to be stored. */
  readonly folders: readonly { readonly entry: LockEntry; readonly manifest: string }[];
  /** Folders in conflict that could not be opened. */
  readonly closed: readonly string[];
}

/**
 * Merges two locks that grew from one. Same dataset changed on one side: that side; alike on both: both; a folder that
 * both changed: file by file; else a conflict, which a pick settles. Errors: E_DATA_MISSING for a pick of no conflict.
 */
export async function mergeLocks({
  base,
  ours,
  theirs,
  picks = { ours: [], theirs: [] },
  manifest,
}: LockMergeInput): Promise<LockMerge> {
  const picked = new Picks(picks);
  const merged = mergeItems({ base: itemsOf(base), ours: itemsOf(ours), theirs: itemsOf(theirs) });
  const settled = [...merged.items];
  const conflicts: Conflict[] = [];
  const open: Conflict[] = [];
  const folders: { entry: LockEntry; manifest: string }[] = [];
  const closed: string[] = [];
  for (const conflict of merged.conflicts) {
    const sides = isFolder(conflict) ? await filesOf(conflict, manifest) : null;
    if (isFolder(conflict) && sides === null) closed.push(conflict.path);
    const inner = sides && mergeFiles(sides, conflict.path, picked);
    if (inner && inner.conflicts.length === 0 && inner.items.length > 0) {
      const { entry, text } = folderEntry(conflict.path, inner.items);
      settled.push({ ...entry, path: entry.key });
      // A side that has it all already has its manifest stored.
      if (![...conflict.ours, ...conflict.theirs].some(({ digest }) => digest === entry.digest))
        folders.push({ entry, manifest: text });
      continue;
    }
    if (inner && inner.conflicts.length > 0) {
      conflicts.push(...inner.conflicts);
      open.push(conflict);
      continue;
    }
    const side = picked.of(conflict);
    if (side !== null) settled.push(...conflict[side]);
    else {
      conflicts.push(conflict);
      open.push(conflict);
    }
  }
  picked.checkUsed();
  return { lock: { entries: settled.map(entryOf) }, conflicts, open, folders, closed };
}

/** The lock where `open` is empty; else with both sides between the marks that Git's users know, and the base's. */
export function printMerge({ lock, open }: Pick<LockMerge, 'lock' | 'open'>): string {
  if (open.length === 0) return printLock(lock);
  const lines = (items: readonly Item[]) =>
    items.length === 0 ? '' : printLock({ entries: items.map(entryOf) }).replace(/^.*\n.*\n/, '');
  const hunks = open.map((conflict) => ({
    path: conflict.path,
    text: `<<<<<<< ours\n${lines(conflict.ours)}||||||| base\n${lines(conflict.base)}=======\n${lines(conflict.theirs)}>>>>>>> theirs\n`,
  }));
  const settled = lock.entries.map((entry) => ({ path: entry.key, text: lines([itemOf(entry)]) }));
  const all = [...settled, ...hunks].sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
  return `version: 1\ndatasets:\n${all.map(({ text }) => text).join('')}`;
}

/** Entries that differ between two locks, by key. */
export const changedKeys = (before: Lock, after: Lock): string[] => {
  const [old, now] = [before, after].map((lock) => new Map(itemsOf(lock).map((item) => [item.path, item])));
  return [...new Set([...old!.keys(), ...now!.keys()])].filter(
    (key) => !sameItem(old!.get(key), now!.get(key)),
  );
};

class Picks {
  private readonly used = new Set<string>();
  private readonly met: string[] = [];
  private readonly picks: Readonly<Record<Side, readonly string[]>>;
  constructor(picks: Readonly<Record<Side, readonly string[]>>) {
    this.picks = picks;
    const both = picks.ours.find((path) => picks.theirs.includes(path));
    if (both !== undefined)
      throw new LockstepError('E_USAGE', {
        what: `"${both}" from both sides`,
        allowed: 'one side for each conflict',
        fix: 'give it to --ours or to --theirs',
      });
  }

  of({ path }: Conflict): Side | null {
    this.met.push(path);
    // The pick that names it most closely: one file of a folder that is otherwise the other side's.
    const [best] = (['ours', 'theirs'] as const)
      .flatMap((side) => this.picks[side].map((pick) => ({ side, pick })))
      .filter(({ pick }) => covers(pick, path))
      .sort((a, b) => b.pick.length - a.pick.length);
    if (best) this.used.add(best.pick);
    return best?.side ?? null;
  }

  checkUsed(): void {
    const idle = [...this.picks.ours, ...this.picks.theirs].find((pick) => !this.used.has(pick));
    if (idle === undefined) return;
    const near = nearest(idle, this.met.slice(0, 10_000));
    throw new LockstepError('E_DATA_MISSING', {
      what: `no conflict "${idle}"`,
      where: { file: 'data.lock' },
      allowed:
        this.met.length === 0
          ? 'there is none'
          : `${this.met.slice(0, 10).join(', ')}${this.met.length > 10 ? ' …' : ''}`,
      fix: near ? `did you mean "${near}"?` : 'run `lockstep data merge` without it to see the conflicts',
    });
  }
}

/** A folder's path covers all of it; `data/` may stand before. */
const covers = (written: string, path: string): boolean =>
  [written, written.replace(/^data\//, '')].some(
    (pick) => path === pick || path === `${pick}/` || path.startsWith(pick.endsWith('/') ? pick : `${pick}/`),
  );

/** One folder on both sides, which each changed (or both added). */
const isFolder = ({ path, base, ours, theirs }: Conflict): boolean =>
  path.endsWith('/') &&
  ours.length === 1 &&
  theirs.length === 1 &&
  [...base, ...ours, ...theirs].every((item) => item.path === path);

async function filesOf(conflict: Conflict, manifest: LockMergeInput['manifest']): Promise<Sides | null> {
  const read = async (items: readonly Item[]) =>
    items[0] === undefined ? [] : await manifest(entryOf(items[0]));
  const sides = [await read(conflict.base), await read(conflict.ours), await read(conflict.theirs)];
  const [base, ours, theirs] = sides;
  return base && ours && theirs ? { base, ours, theirs } : null;
}

function mergeFiles(sides: Sides, folder: string, picked: Picks) {
  const { items, conflicts } = mergeItems(sides);
  const settled = [...items];
  const left: Conflict[] = [];
  for (const conflict of conflicts) {
    const named = (all: readonly Item[]) => all.map((item) => ({ ...item, path: folder + item.path }));
    const shown: Conflict = {
      path: folder + conflict.path,
      base: named(conflict.base),
      ours: named(conflict.ours),
      theirs: named(conflict.theirs),
    };
    const side = picked.of(shown);
    if (side === null) left.push(shown);
    else settled.push(...conflict[side]);
  }
  return { items: settled, conflicts: left };
}

function folderEntry(key: string, files: readonly ManifestFile[]): { entry: LockEntry; text: string } {
  const text = printManifest(files);
  return { entry: { key, digest: digestOf(text), size: totalSize(files), files: files.length }, text };
}

const itemOf = ({ key, ...entry }: LockEntry): Item => ({ path: key, ...entry });
const itemsOf = (lock: Lock): Item[] => lock.entries.map(itemOf);
const entryOf = ({ path, digest, size, files }: Item): LockEntry => ({
  key: path,
  digest,
  size,
  ...(files === undefined ? {} : { files }),
});
