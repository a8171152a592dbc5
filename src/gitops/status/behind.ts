import { canonicalJson, digestOf, resolveCommit, tryGit, type Workspace } from '../../workspace/index.ts';
import { folderOf } from '../folder/environment-folder.ts';
import { type Change, deployChanges, diffTrees, readTrees } from './deploy-changes.ts';
import type { StatusMemo } from './status-memo.ts';

/** How `models/<model>/deploy/` on the main branch differs from what an environment's folder was copied from. */
export interface Behind {
  readonly branch: string;
  /** Commits of that branch since then that changed it for this environment; null when the copy never was on the branch. */
  readonly commits: number | null;
  /** Paths within `deploy/` that differ, the patches of other environments left out. */
  readonly files: readonly string[];
}

/** An environment's folder, by the commit that its files were copied from. */
export interface Copied {
  readonly model: string;
  readonly environment: string;
  readonly commit: string;
}

export interface MainBranch {
  readonly branch: string;
  readonly commit: string;
}

/** Object ids by path within `deploy/`; a missing file has the id of zeros. */
type Files = ReadonlyMap<string, string>;

interface Difference extends Copied {
  readonly copied: Files;
  readonly main: Files;
}

const absent = '0'.repeat(40);

/**
 * The folders that would get other manifests if they were promoted from the main branch as this clone knows it, by
 * their path; found out once for each, as long as main stays. Three git processes at most, however many folders there
 * are; one more for each that was copied from another branch. A commit that is not here (a shallow clone) says nothing.
 */
export async function behindMain(
  workspace: Workspace,
  main: MainBranch | null,
  folders: readonly Copied[],
  memo: Pick<StatusMemo, 'behind' | 'learnBehind'>,
): Promise<ReadonlyMap<string, Behind>> {
  if (main === null) return new Map();
  const rests = digestOf(canonicalJson([main, workspace.configuration.environments]));
  const known = memo.behind?.main === rests ? memo.behind.found : {};
  const recalled = (folder: Copied) => {
    const answer = Object.hasOwn(known, pathOf(folder)) ? known[pathOf(folder)]! : null;
    return answer?.[0] === folder.commit ? answer : null;
  };
  const unknown = folders.filter((folder) => recalled(folder) === null);
  const { differences, missing } = await readDifferences(workspace, main.commit, unknown);
  const counted = differences.length === 0 ? new Map() : await countAll(workspace, main, differences);
  // What is not here yet may be fetched later.
  const learnt = unknown
    .filter((folder) => !missing.has(folder))
    .map((folder) => [pathOf(folder), [folder.commit, counted.get(pathOf(folder)) ?? null]] as const);
  if (learnt.length > 0)
    memo.learnBehind({ main: rests, found: { ...known, ...Object.fromEntries(learnt) } });
  for (const folder of folders) {
    const behind = recalled(folder)?.[1];
    if (behind) counted.set(pathOf(folder), behind);
  }
  return counted;
}

const pathOf = ({ model, environment }: Copied): string => folderOf(model, environment);

async function countAll(
  workspace: Workspace,
  main: MainBranch,
  differences: readonly Difference[],
): Promise<Map<string, Behind>> {
  const found = new Map<string, Behind>();
  const counts = differences.map((difference) => ({ difference, count: countBack(workspace, difference) }));
  const open = Map.groupBy(counts, ({ difference }) => difference.model);
  for await (const commit of deployChanges(workspace, main.commit)) {
    for (const [model, changes] of commit) {
      const left = (open.get(model) ?? []).filter(({ count }) => !count.undo(changes));
      if (left.length > 0) open.set(model, left);
      else open.delete(model);
    }
    if (open.size === 0) break; // All are told: what is older is nobody's business.
  }
  for (const { difference, count } of counts) {
    const { model, environment, commit, copied, main: now } = difference;
    const commits = count.commits();
    if (commits === null && (await isAncestor(workspace, main.commit, commit))) continue; // Ahead of it.
    const files = [...now.keys()].filter((path) => now.get(path) !== copied.get(path)).sort();
    found.set(folderOf(model, environment), { branch: main.branch, commits, files });
  }
  return found;
}

/** The branch that people merge to, as this clone knows it; where there is no origin, its own. */
export async function mainBranch({ root }: Workspace): Promise<MainBranch | null> {
  const head = await tryGit(['symbolic-ref', '--quiet', '--short', 'refs/remotes/origin/HEAD'], {
    cwd: root,
  });
  const named = head.status === 0 ? [`refs/remotes/${head.stdout.trim()}`] : [];
  const usual = [
    'refs/remotes/origin/main',
    'refs/remotes/origin/master',
    'refs/heads/main',
    'refs/heads/master',
  ];
  for (const ref of [...named, ...usual]) {
    const commit = await resolveCommit(root, ref);
    if (commit !== null) return { branch: ref.replace(/^refs\/(heads|remotes\/origin)\//, ''), commit };
  }
  return null;
}

async function readDifferences(
  workspace: Workspace,
  main: string,
  folders: readonly Copied[],
): Promise<{ differences: Difference[]; missing: ReadonlySet<Copied> }> {
  if (folders.length === 0) return { differences: [], missing: new Set() };
  const names = folders.map(({ model, commit }) => [
    `${commit}:${deploy(model)}`,
    `${main}:${deploy(model)}`,
  ]);
  const asked = [...new Set(names.flat())];
  const found = await readTrees(workspace, asked);
  const treeOf = new Map(asked.map((name, index) => [name, found[index]]));
  const pairs = folders.map((folder, index) => ({
    ...folder,
    trees: names[index]!.map((name) => treeOf.get(name)),
  }));
  const differing = pairs.filter(({ trees: [copied, now] }) => copied && now && copied !== now);
  const diffs = await diffTrees(
    workspace,
    differing.map(({ trees: [copied, now] }) => `${copied} ${now}`),
  );
  const differences = differing
    .map(({ trees: [copied, now], ...folder }) => {
      const isOurs = forEnvironment(workspace, folder.environment);
      const changes = (diffs.get(`${copied} ${now}`) ?? []).filter(({ path }) => isOurs(path));
      return {
        ...folder,
        copied: new Map(changes.map(({ path, before }) => [path, before])),
        main: new Map(changes.map(({ path, after }) => [path, after])),
      };
    })
    .filter(({ main: now }) => now.size > 0);
  const isHere = (_: Copied, index: number) => names[index]!.every((name) => treeOf.get(name) !== null);
  return { differences, missing: new Set(folders.filter((folder, index) => !isHere(folder, index))) };
}

const deploy = (model: string): string => `models/${model}/deploy`;

/** Whether a file of `deploy/` is copied into this environment's folder: all are but the others' patches. */
function forEnvironment({ configuration }: Workspace, environment: string): (path: string) => boolean {
  const others = configuration.environments
    .filter((name) => name !== environment)
    .map((name) => `${name}.yaml`);
  return (path) => !others.includes(path);
}

/** Undoes commit after commit until the files are what was copied. */
function countBack(workspace: Workspace, { environment, copied, main }: Difference) {
  const isOurs = forEnvironment(workspace, environment);
  const now = new Map(main);
  const wanted = new Map(copied);
  let count = 0;
  let isFound = false;
  return {
    /** Whether that was the last. */
    undo(changes: readonly Change[]): boolean {
      let touched = false;
      for (const { path, before, after } of changes.filter((change) => isOurs(change.path))) {
        if (!now.has(path)) {
          // It is today what it was then, and changed in between.
          now.set(path, after);
          wanted.set(path, after);
        }
        now.set(path, before);
        touched ||= before !== after;
      }
      if (touched) count++;
      isFound = [...wanted].every(([path, oid]) => (now.get(path) ?? absent) === oid);
      return isFound;
    },
    /** Null when they never were. */
    commits: () => (isFound ? count : null),
  };
}

const isAncestor = async ({ root }: Workspace, older: string, newer: string): Promise<boolean> =>
  (await tryGit(['merge-base', '--is-ancestor', older, newer], { cwd: root })).status === 0;
