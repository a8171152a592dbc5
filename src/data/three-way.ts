import type { Digest } from '../workspace/index.ts';
import { comparePaths } from './dataset-path.ts';
import { foldPath } from './path-collisions.ts';

/** What a path stands for on one side: a dataset of a lock, or a file of a folder. */
export interface Item {
  /** A folder's ends in `/`. */
  readonly path: string;
  readonly digest: Digest;
  readonly size: number;
  readonly files?: number;
}

export type Side = 'ours' | 'theirs';

/**
 * What both sides changed, each in its own way. Mostly one path; several where what one side has can't lie beside what
 * the other has (`a/` and `a/b.csv`, `A.csv` and `a.csv`): then each list holds all that side's paths there.
 */
export interface Conflict extends Readonly<Record<Side | 'base', readonly Item[]>> {
  readonly path: string;
}

/** Sorted by path, both of them. */
export interface Merged {
  readonly items: readonly Item[];
  readonly conflicts: readonly Conflict[];
}

/** Each side is valid in itself: no path twice, none inside another, none that folds to another. */
export type Sides = Readonly<Record<Side | 'base', readonly Item[]>>;

export const sameItem = (a: Item | undefined, b: Item | undefined): boolean =>
  a?.digest === b?.digest && a?.size === b?.size && a?.files === b?.files;

/**
 * Path by path: what one side alone changed is that side's, what both changed alike is both's. Pure; the sides' order
 * matters for nothing but their names. `items` and one side of each conflict are valid together.
 */
export function mergeItems(sides: Sides): Merged {
  const [base, ours, theirs] = [sides.base, sides.ours, sides.theirs].map(byPath) as [Items, Items, Items];
  const decided = new Map<string, Item | 'conflict' | undefined>();
  for (const path of new Set([...base.keys(), ...ours.keys(), ...theirs.keys()])) {
    const [was, own, other] = [base.get(path), ours.get(path), theirs.get(path)];
    if (sameItem(own, other) || sameItem(was, other)) decided.set(path, own);
    else decided.set(path, sameItem(was, own) ? other : 'conflict');
  }
  const items: Item[] = [];
  const conflicts: Conflict[] = [];
  for (const paths of groups(decided)) {
    const alive = paths.filter((path) => decided.get(path) !== undefined);
    const only = alive.length === 1 ? decided.get(alive[0]!) : 'conflict';
    if (only !== 'conflict') items.push(only!);
    else {
      const of = (side: Items) => paths.flatMap((path) => side.get(path) ?? []);
      conflicts.push({ path: alive[0]!, base: of(base), ours: of(ours), theirs: of(theirs) });
    }
  }
  const sort = <T extends { readonly path: string }>(all: T[]) =>
    all.sort((a, b) => comparePaths(a.path, b.path));
  return { items: sort(items), conflicts: sort(conflicts) };
}

type Items = ReadonlyMap<string, Item>;
const byPath = (items: readonly Item[]): Items => new Map(items.map((item) => [item.path, item]));

/** Paths of which only one may stay, sorted: those at and below the topmost that is left. */
function groups(decided: ReadonlyMap<string, unknown>): string[][] {
  const folded = new Map([...decided.keys()].map((path) => [path, foldPath(path.replace(/\/$/, ''))]));
  const alive = new Set(
    [...decided].flatMap(([path, item]) => (item === undefined ? [] : [folded.get(path)!])),
  );
  const found = new Map<string, string[]>();
  for (const path of [...decided.keys()].sort(comparePaths)) {
    const root = topmost(folded.get(path)!, alive);
    if (root === undefined) continue;
    const group = found.get(root);
    if (group) group.push(path);
    else found.set(root, [path]);
  }
  return [...found.values()];
}

function topmost(path: string, alive: ReadonlySet<string>): string | undefined {
  for (let slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
    const folder = path.slice(0, slash);
    if (alive.has(folder)) return folder;
  }
  return alive.has(path) ? path : undefined;
}
