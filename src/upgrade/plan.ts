import type { ConflictReason, Decision, FileState, Tree } from './decision.ts';
import { ownershipOf } from './ownership.ts';
import { isProductOnly } from './product-only.ts';

export interface Trees {
  /** The release that this repository was made from. */
  readonly base: Tree;
  readonly yours: Tree;
  readonly release: Tree;
  /** What the release moved: old path by new path. */
  readonly moved: ReadonlyMap<string, string>;
}

/** What becomes of every file that the template had or has, by path. Files of yours alone are never looked at. */
export function planUpgrade(trees: Trees): Decision[] {
  const moved = new Map([...trees.moved].filter(([to, from]) => travels(trees, to, from)));
  const origins = new Set(moved.values());
  const rebuilt = isRebuilt(trees);
  const paths = [...new Set([...trees.base.keys(), ...trees.release.keys()])].sort();
  return paths.flatMap((path) => {
    const ownership = ownershipOf(path);
    if (ownership === 'yours') return [];
    if (ownership === 'built') return rebuilt ? decideBuilt(trees, path) : [];
    const from = moved.get(path);
    if (from !== undefined) return decideMoved(trees, path, from);
    return origins.has(path) ? [] : decide(trees, path);
  });
}

/** A move matters where yours has changes to take along; any other is a file less and a file more. */
function travels({ base, yours, release }: Trees, to: string, from: string): boolean {
  const [before, mine] = [base.get(from), yours.get(from)];
  if (!before || !mine || same(before, mine) || release.has(from)) return false;
  if (yours.has(to) || holds(yours, to) || foldersOf(to).some((folder) => yours.has(folder))) return false;
  return ownershipOf(to) === 'file' && ownershipOf(from) === 'file';
}

function decideMoved({ base, yours, release }: Trees, path: string, from: string): Decision[] {
  const sides = { base: base.get(from)!, yours: yours.get(from)!, release: release.get(path)! };
  return [
    { kind: 'remove', path: from },
    { kind: 'merge', path, from, ...sides },
  ];
}

function decide(trees: Trees, path: string): Decision[] {
  const [base, yours, release] = [trees.base.get(path), trees.yours.get(path), trees.release.get(path)];
  if (same(yours, release)) return [];
  if (same(base, release)) return yours ? [{ kind: 'keep', path }] : [];
  if (!yours) return [added(trees, path, base, release!)];
  if (same(base, yours)) return [release ? { kind: 'replace', path, release } : { kind: 'remove', path }];
  if (!release) return [conflict(path, 'you changed it, the release removed it', null)];
  if (!base && ownershipOf(path) === 'file') return [conflict(path, 'you and the release added it', release)];
  return [mergeOf(path, base ?? null, yours, release)];
}

/** Mode and content are two things: an executable bit of yours goes with new content of the release. */
function mergeOf(path: string, base: FileState | null, yours: FileState, release: FileState): Decision {
  const regular = [base, yours, release].every((one) => one === null || one.mode.startsWith('100'));
  if (!regular) return conflict(path, 'you and the release changed a file that is no text', release);
  const mode = yours.mode === base?.mode ? release.mode : yours.mode;
  if (yours.oid === release.oid || yours.oid === base?.oid)
    return { kind: 'replace', path, release: { mode, oid: release.oid } };
  if (release.oid === base?.oid) return { kind: 'replace', path, release: { mode, oid: yours.oid } };
  return { kind: 'merge', path, from: path, base, yours, release: { mode, oid: release.oid } };
}

/** Yours lacks it: new in the release, or removed by you: alone, with its folder, or with all tests. */
function added(
  { base, yours }: Trees,
  path: string,
  before: FileState | undefined,
  release: FileState,
): Decision {
  const without = isProductOnly(path) && holds(base, 'test') && !holds(yours, 'test');
  if (before || without || foldersOf(path).some((folder) => holds(base, folder) && !holds(yours, folder)))
    return { kind: 'leave-out', path };
  const blocked = foldersOf(path).some((folder) => yours.has(folder)) || holds(yours, path);
  if (blocked && !goes(base, yours, path))
    return conflict(path, 'the release adds it where you have something else', release);
  return { kind: 'add', path, release };
}

/** Whether what stands in the way is the template's own, unchanged, which the release removes by itself. */
function goes(base: Tree, yours: Tree, path: string): boolean {
  const inTheWay = [...yours.keys()].filter(
    (one) => one.startsWith(`${path}/`) || foldersOf(path).includes(one),
  );
  return inTheWay.every((one) => same(base.get(one), yours.get(one)) && ownershipOf(one) === 'file');
}

/** A release that leaves the bundles as they were leaves yours as they are. */
const isRebuilt = ({ base, release }: Trees): boolean =>
  [...base.keys(), ...release.keys()].some(
    (path) => ownershipOf(path) === 'built' && !same(base.get(path), release.get(path)),
  );

/** The bundles are the release's, all of them, or none where you keep none. */
function decideBuilt({ base, yours, release }: Trees, path: string): Decision[] {
  const [before, mine, next] = [base.get(path), yours.get(path), release.get(path)];
  if (same(mine, next)) return [];
  if (!holds(yours, 'actions/dist')) return same(before, next) ? [] : [{ kind: 'leave-out', path }];
  if (!next) return mine ? [{ kind: 'remove', path }] : [];
  if (!mine && !before) return [{ kind: 'add', path, release: next }];
  return [{ kind: same(before, mine) ? 'replace' : 'rebuild', path, release: next }];
}

const conflict = (path: string, why: ConflictReason, release: FileState | null): Decision => ({
  kind: 'conflict',
  path,
  why,
  release,
});

const same = (a: FileState | undefined, b: FileState | undefined): boolean =>
  a?.oid === b?.oid && a?.mode === b?.mode;

/** `a`, `a/b` of `a/b/c`. */
const foldersOf = (path: string): string[] =>
  path
    .split('/')
    .slice(0, -1)
    .map((_, index, names) => names.slice(0, index + 1).join('/'));

function holds(tree: Tree, folder: string): boolean {
  for (const path of tree.keys()) if (path.startsWith(`${folder}/`)) return true;
  return false;
}
