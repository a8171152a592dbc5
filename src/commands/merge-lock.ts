import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  changedKeys,
  emptyLock,
  findManifest,
  type Lock,
  type LockMerge,
  lockName,
  mergeLocks,
  objectPath,
  openStore,
  parseLock,
  printMerge,
  remoteAddress,
  type Side,
} from '../data/index.ts';
import {
  git,
  gitBytes,
  isLockstepError,
  type LockstepError,
  readAtCommit,
  resolveCommit,
  tryGit,
  type Workspace,
  writeAtomic,
} from '../workspace/index.ts';

export type Picks = Readonly<Record<Side, readonly string[]>>;

export interface LockMergeResult extends LockMerge {
  /** Datasets that are now as theirs has them, or are merged from both. */
  readonly taken: readonly string[];
  readonly picks: Picks;
  /** Manifests of merged folders that now lie in `.data/`, for Git to carry: paths from the root. */
  readonly tracked: readonly string[];
}

export interface LockSides {
  readonly base: Lock;
  readonly ours: Lock;
  readonly theirs: Lock;
}

/**
 * Settles the data.lock (or an environment's own) of a merge that Git stopped in: written, and added to the index where no
 * conflict is left, else with both sides between marks. Null where it is in no conflict. Errors: those of `mergeLocks`, E_LOCK_*, E_GIT.
 */
export async function settleLock(
  workspace: Workspace,
  picks: Picks,
  environment?: string,
): Promise<LockMergeResult | null> {
  const { root } = workspace;
  const name = lockName(environment);
  const sides = await stoppedSides(root, name);
  if (sides === null) return null;
  const result = await mergeSides(workspace, sides, picks, { commits: await incoming(root) });
  writeAtomic(join(root, name), printMerge(result));
  if (result.open.length === 0) await git(['add', '--', name, ...result.tracked], { cwd: root });
  return result;
}

/** Merges, and keeps the manifests of merged folders where their next reader looks. */
export async function mergeSides(
  workspace: Workspace,
  sides: LockSides,
  picks: Picks,
  from: { readonly commits: readonly string[]; readonly mostFetched?: number },
): Promise<LockMergeResult> {
  const merged = await mergeLocks({
    ...sides,
    picks,
    manifest: (entry) => findManifest(workspace, entry, from),
  });
  const open = new Set(
    merged.open.flatMap(({ base, ours, theirs }) => [...base, ...ours, ...theirs]).map(({ path }) => path),
  );
  const taken = changedKeys(sides.ours, merged.lock).filter((key) => !open.has(key));
  return { ...merged, taken, picks, tracked: await keepManifests(workspace, merged) };
}

/** In the store; and in `.data/` where that is the remote, so that the commit of the merge has all it names. */
async function keepManifests(workspace: Workspace, { folders }: LockMerge): Promise<string[]> {
  const tracked: string[] = [];
  const address = remoteAddress(workspace.configuration.remote, workspace.root);
  for (const { entry, manifest } of folders) {
    await openStore(workspace).put(manifest);
    if (address.kind !== 'file' || !address.embedded) continue;
    const path = `.data/${objectPath(entry.digest)}`;
    mkdirSync(dirname(join(workspace.root, path)), { recursive: true });
    writeAtomic(join(workspace.root, path), manifest);
    tracked.push(path);
  }
  return tracked;
}

/** What else is being merged, by the names that Git gives it. */
const heads = ['MERGE_HEAD', 'REBASE_HEAD', 'CHERRY_PICK_HEAD', 'REVERT_HEAD'];

async function incoming(root: string): Promise<string[]> {
  const commits = await Promise.all(heads.map((head) => resolveCommit(root, head)));
  return commits.filter((commit) => commit !== null);
}

/** From the index where Git says that the lock is in conflict; from the commits where its text merge made no lock. */
async function stoppedSides(root: string, name: string): Promise<LockSides | null> {
  const listed = await git(['ls-files', '-u', '-z', '--', name], { cwd: root });
  // `<mode> <object> <stage>`, a tab, the path: git-ls-files(1).
  const stages = new Map(
    [...listed.matchAll(/\d+ ([0-9a-f]+) ([123])\t/g)].map(([, id, stage]) => [stage, id!] as const),
  );
  if (stages.size === 0) {
    // Git saw no conflict where two lines it kept can't stand together.
    const fault = await faultOfIndex(root, name);
    const sides = fault === null ? null : await committedSides(root, name);
    if (fault !== null && sides === null) throw fault;
    return sides;
  }
  const read = async (stage: '1' | '2' | '3', side: string) => {
    const id = stages.get(stage);
    return id === undefined
      ? emptyLock
      : parseLock(await gitBytes(['cat-file', 'blob', id], { cwd: root }), `${name} of ${side}`);
  };
  const [ours, theirs] = [await read('2', 'ours'), await read('3', 'theirs')];
  try {
    return { base: await read('1', 'the base'), ours, theirs };
  } catch (error) {
    // Several merge bases: Git merged them first, and that has conflicts of its own.
    const sides = isLockstepError(error) ? await committedSides(root, name) : null;
    if (sides === null) throw error;
    return { base: sides.base, ours, theirs };
  }
}

/** Of the merge under way, else of the one that HEAD is; null where there is neither. */
async function committedSides(root: string, name: string): Promise<LockSides | null> {
  const [own, other] =
    (await resolveCommit(root, 'MERGE_HEAD')) === null ? ['HEAD^1', 'HEAD^2'] : ['HEAD', 'MERGE_HEAD'];
  if ((await resolveCommit(root, other)) === null) return null;
  const base = (await git(['merge-base', own, other], { cwd: root })).split('\n')[0]!;
  const at = async (commit: string) => {
    const bytes = await readAtCommit(root, commit, name);
    return bytes === null ? emptyLock : parseLock(bytes, `${name} at ${commit.slice(0, 12)}`);
  };
  return { base: await at(base), ours: await at(own), theirs: await at(other) };
}

/** Why what Git has in its index for the next commit is no lock, or null. */
async function faultOfIndex(root: string, name: string): Promise<LockstepError | null> {
  const found = await tryGit(['show', `:${name}`], { cwd: root });
  if (found.status !== 0) return null;
  try {
    parseLock(found.stdout, name);
    return null;
  } catch (error) {
    if (isLockstepError(error)) return error;
    throw error;
  }
}
