import { git, LockstepError, resolveCommit, tryGit, type Workspace } from '../workspace/index.ts';
import { type LockMergeResult, type Picks, settleLock } from './merge-lock.ts';

export interface BranchMerge {
  /** What was merged: `origin/main`. */
  readonly merged: string;
  /** False when HEAD had all of it already. */
  readonly changed: boolean;
  /** Null where data.lock was in no conflict. */
  readonly lock: LockMergeResult | null;
  /** Other files that Git could not merge. */
  readonly others: readonly string[];
  /** A merge that waits for `git commit`. */
  readonly waiting: boolean;
}

/**
 * Merges the branch that a pull request is for, as it is at origin now, and settles data.lock. The commit is left to
 * the user. Called again, with picks, it goes on with the same merge. Errors: E_GIT, those of `settleLock`.
 */
export async function mergeBranch(workspace: Workspace, branch: string, picks: Picks): Promise<BranchMerge> {
  const { root } = workspace;
  const under = await resolveCommit(root, 'MERGE_HEAD');
  const merged = under === null ? await freshBranch(root, branch) : await knownBranch(root, branch);
  const target = await resolveCommit(root, merged);
  if (under !== null && under !== target)
    throw new LockstepError('E_GIT', {
      what: `another merge is under way, of ${under.slice(0, 12)}`,
      allowed: `none, or that of ${merged}`,
      fix: 'finish it with `git commit`, or drop it with `git merge --abort`',
    });
  const before = await resolveCommit(root, 'HEAD');
  if (under === null) {
    const { status, stderr, stdout } = await tryGit(['merge', '--no-commit', '--quiet', merged], {
      cwd: root,
    });
    if (status !== 0 && (await resolveCommit(root, 'MERGE_HEAD')) === null) {
      const words = (stderr || stdout).trim().split('\n');
      throw new LockstepError('E_GIT', {
        what: `git merge ${merged}: ${words[0] ?? `ended with ${status}`}`,
        allowed: 'a work tree without changes of its own in files that the merge touches',
        fix: 'commit or stash them, then run the command again',
      });
    }
  }
  const lock = await settleLock(workspace, picks);
  const unmerged = await git(['diff', '--name-only', '--diff-filter=U', '-z'], { cwd: root });
  const waiting = (await resolveCommit(root, 'MERGE_HEAD')) !== null;
  return {
    merged,
    changed: waiting || before !== (await resolveCommit(root, 'HEAD')),
    lock,
    others: unmerged.split('\0').filter((path) => path !== '' && path !== 'data.lock'),
    waiting,
  };
}

/** The branch at origin as it is now, or a commit of this clone where origin has no such branch. */
async function freshBranch(root: string, branch: string): Promise<string> {
  const { status } = await tryGit(['remote', 'get-url', 'origin'], { cwd: root });
  const plain = branch.replace(/^origin\//, '');
  const valid = await tryGit(['check-ref-format', `refs/heads/${plain}`], { cwd: root });
  if (status === 0 && valid.status === 0) {
    const there = await tryGit(['ls-remote', '--exit-code', 'origin', `refs/heads/${plain}`], { cwd: root });
    // 2: origin answers, and has no such branch.
    if (there.status !== 2)
      await git(['fetch', '--quiet', 'origin', `+refs/heads/${plain}:refs/remotes/origin/${plain}`], {
        cwd: root,
      });
  }
  return knownBranch(root, branch);
}

async function knownBranch(root: string, branch: string): Promise<string> {
  for (const name of [`origin/${branch.replace(/^origin\//, '')}`, branch])
    if (!name.startsWith('-') && (await resolveCommit(root, name)) !== null) return name;
  throw new LockstepError('E_GIT', {
    what: `no branch "${branch}"`,
    allowed: 'a branch of origin, or a commit of this repository',
    fix: 'correct --base',
  });
}
