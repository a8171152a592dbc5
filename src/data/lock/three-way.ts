import type { Digest } from '../../workspace/index.ts';
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
  const items: Item[] = [];
  const conflicts: Conflict[] = [];
  /** Paths that not both sides have. No other can clash with anything: its side would not be valid. */
  const lone: string[] = [];
  for (const own of sides.ours) {
    const [was, other] = [base.get(own.path), theirs.get(own.path)];
    if (other === undefined) lone.push(own.path);
    else if (sameItem(own, other) || sameItem(was, other)) items.push(own);
    else if (sameItem(was, own)) items.push(other);
    else conflicts.push({ path: own.path, base: was ? [was] : [], ours: [own], theirs: [other] });
  }
  for (const { path } of sides.theirs) if (!ours.has(path)) lone.push(path);
  for (const { path } of sides.base) if (!ours.has(path) && !theirs.has(path)) lone.push(path);
  /** The other side removed it, or never had it. */
  const fateOf = (path: string): 'gone' | 'conflict' | Item => {
    const item = ours.get(path) ?? theirs.get(path);
    const was = base.get(path);
    if (item === undefined || sameItem(was, item)) return 'gone';
    return was === undefined ? item : 'conflict';
  };
  const fates = new Map(lone.map((path) => [path, fateOf(path)]));
  for (const paths of groups(fates)) {
    const alive = paths.filter((path) => fates.get(path) !== 'gone');
    const only = fates.get(alive[0]!)!;
    if (alive.length === 1 && typeof only === 'object') items.push(only);
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

/** Paths of which only one may stay, sorted: those at and below the topmost that is not gone. */
function groups(fates: ReadonlyMap<string, unknown>): string[][] {
  const folded = new Map([...fates.keys()].map((path) => [path, foldPath(path.replace(/\/$/, ''))]));
  const alive = new Set([...fates].flatMap(([path, fate]) => (fate === 'gone' ? [] : [folded.get(path)!])));
  const found = new Map<string, string[]>();
  for (const path of [...fates.keys()].sort(comparePaths)) {
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
