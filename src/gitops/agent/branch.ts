import { git, LockstepError, tryGit, type Workspace } from '../../workspace/index.ts';

export interface Source {
  /** Name or address of a Git remote, or null to read the repository's own branch. */
  readonly remote: string | null;
  readonly branch: string;
}

/**
 * The remote to read from: the one asked for, the one that configuration names, `origin` when there is one, else the
 * repository itself. Errors: E_GIT.
 */
export async function findSource(
  { root, configuration }: Workspace,
  asked: { remote: string | undefined; branch: string | undefined },
): Promise<Source> {
  const branch = asked.branch ?? configuration.gitops.branch;
  const remotes = (await git(['remote'], { cwd: root })).split('\n').filter(Boolean);
  const usual = configuration.gitops.repository ?? (remotes.includes('origin') ? 'origin' : null);
  if (asked.remote === undefined) return { remote: usual, branch };
  if (remotes.includes(asked.remote)) return { remote: asked.remote, branch };
  throw new LockstepError('E_GIT', {
    what: `no remote "${asked.remote}"`,
    allowed: remotes.join(', ') || 'this repository has no remote',
    fix: 'name one of them, or `git remote add` it',
  });
}

/** The commit the branch is at, asked without fetching; null when there is no such branch. Errors: E_GIT (unreachable). */
export async function readTipCommit({ root }: Workspace, { remote, branch }: Source): Promise<string | null> {
  const ref = `refs/heads/${branch}`;
  if (remote === null) {
    const { status, stdout } = await tryGit(['rev-parse', '--verify', '--quiet', ref], { cwd: root });
    return status === 0 ? stdout.trim() : null;
  }
  const answer = await git(['ls-remote', '--refs', remote, ref], { cwd: root });
  return answer === '' ? null : answer.split('\t')[0]!;
}

/**
 * Brings the branch's commits into the repository, under a ref that nobody but the agent writes, so that a `promote`
 * running at the same time never finds it locked.
 */
export async function fetchBranch({ root }: Workspace, { remote, branch }: Source): Promise<void> {
  if (remote === null) return;
  const refspecs = [`+refs/heads/${branch}:refs/lockstep/agent`];
  await git(['fetch', '--quiet', '--no-write-fetch-head', '--no-tags', remote, ...refspecs], { cwd: root });
}
