import { git, LockstepError, tryGit, type Workspace } from '../../workspace/index.ts';
import type { Refs } from './branch-objects.ts';
import { branchRef, type Tip } from './tip.ts';

/** What became of a push, or of what stands for one. */
export type Published =
  | { readonly kind: 'written' }
  | { readonly kind: 'moved' | 'refused'; readonly reason: string };

/**
 * Without a remote the branch and the tag move in one transaction of Git's own. Where somebody has that branch checked
 * out (it may be main), the files there follow. Errors: E_GIT when those files have changes that would be lost.
 */
export async function updateLocal(workspace: Workspace, tip: Tip, refs: Refs['refs']): Promise<Published> {
  const branch = branchRef(workspace);
  const after = refs[branch]!;
  const folder = await checkedOutIn(workspace, branch);
  if (folder !== null) await checkFollows(folder, tip, after);
  const zero = '0'.repeat(after.length);
  const lines = Object.entries(refs).map(([ref, object]) =>
    ref === branch ? `update ${ref} ${object} ${tip.commit ?? zero}` : `create ${ref} ${object}`,
  );
  const { status, stderr } = await tryGit(['update-ref', '--stdin'], {
    cwd: workspace.root,
    input: `start\n${lines.join('\n')}\nprepare\ncommit\n`,
  });
  if (status !== 0) return { kind: 'moved', reason: stderr.trim().split('\n').at(-1) ?? '' };
  if (folder !== null) await git(follow(tip, after), { cwd: folder });
  return { kind: 'written' };
}

/** The work tree that has a branch checked out; null where none has. */
async function checkedOutIn({ root }: Workspace, branch: string): Promise<string | null> {
  const trees = (await git(['worktree', 'list', '--porcelain'], { cwd: root })).split('\n\n');
  const lines = trees.map((tree) => tree.split('\n')).find((tree) => tree.includes(`branch ${branch}`));
  return lines?.find((line) => line.startsWith('worktree '))?.slice('worktree '.length) ?? null;
}

const follow = (tip: Tip, after: string, ...how: string[]): string[] => [
  'read-tree',
  ...how,
  '-m',
  '-u',
  tip.commit ?? after,
  after,
];

async function checkFollows(folder: string, tip: Tip, after: string): Promise<void> {
  await tryGit(['update-index', '-q', '--refresh'], { cwd: folder });
  const { status, stderr } = await tryGit(follow(tip, after, '--dry-run'), { cwd: folder });
  if (status === 0) return;
  throw new LockstepError('E_GIT', {
    what: `the files checked out in ${folder} can't follow their branch: ${stderr.trim().split('\n')[0]}`,
    allowed: 'no changes of your own where a promotion writes',
    fix: 'commit or put aside what `git status` shows below models/*/environments/, then run the command again',
  });
}
