import { git, LockstepError, resolveCommit, type Workspace } from '../../src/workspace/index.ts';

/** A change as the API describes it. */
export interface ChangeRefs {
  /** What the remote has the change under: `refs/pull/7/head`, or a commit's id. */
  readonly from: string;
  readonly head: string;
  /** Branch that it is for. */
  readonly baseRef: string;
}

export interface ChangeCommits {
  /** Where the change left the branch that it is for. */
  readonly base: string;
  readonly head: string;
}

const kept = 'refs/lockstep/change';

/**
 * Fetches the commits of a change as data: nothing of it is checked out. Null when the change has other commits by now.
 * Errors: E_GIT where the remote can't be reached, or the two have no common commit.
 */
export async function fetchChange(
  { root }: Workspace,
  { from, head, baseRef }: ChangeRefs,
): Promise<ChangeCommits | null> {
  await fetchAsData(root, [`+${from}:${kept}/head`, `+refs/heads/${baseRef}:${kept}/base`]);
  if ((await resolveCommit(root, `${kept}/head`)) !== head) return null;
  return { base: await mergeBase(root, `${kept}/base`, head), head };
}

/** Brings commits, by ref or id, into the repository and nowhere else. Errors: E_GIT. */
export async function fetchAsData(root: string, wanted: readonly string[]): Promise<void> {
  const options = ['--quiet', '--no-tags', '--no-recurse-submodules', '--no-write-fetch-head'];
  await git(['fetch', ...options, 'origin', ...wanted], { cwd: root });
}

/** Errors: E_GIT. */
export async function mergeBase(root: string, base: string, head: string): Promise<string> {
  try {
    return await git(['merge-base', base, head], { cwd: root });
  } catch (cause) {
    throw new LockstepError('E_GIT', {
      what: `${base.slice(0, 12)} and ${head.slice(0, 12)} have no common commit here`,
      allowed: 'a checkout with the history of both sides',
      fix: 'check out with `fetch-depth: 0`',
      cause,
    });
  }
}
