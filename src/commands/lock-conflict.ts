import { resolveCommit, tryGit, type Workspace } from '../workspace/index.ts';

/** The branch of origin that changes go to, and its tip here; null where origin's is not known. */
export async function targetBranch({ root }: Workspace): Promise<{ branch: string; tip: string } | null> {
  const named = await tryGit(['symbolic-ref', '--quiet', '--short', 'refs/remotes/origin/HEAD'], {
    cwd: root,
  });
  const own = named.status === 0 ? [named.stdout.trim().replace(/^origin\//, '')] : [];
  for (const branch of [...own, 'main', 'master']) {
    const tip = await resolveCommit(root, `refs/remotes/origin/${branch}`);
    if (tip !== null) return { branch, tip };
  }
  return null;
}

/**
 * The command that settles data.lock where Git's own text merge, which is all that runs on GitHub's side, can't merge a
 * change with the branch it goes to; null where it can, or Git (before 2.38) can't say.
 */
export async function lockConflict(workspace: Workspace, head: string): Promise<string | null> {
  const target = await targetBranch(workspace);
  if (target === null || !/^[\w./-]+$/.test(target.branch)) return null;
  const { status, stdout } = await tryGit(
    [
      // A driver of this clone is not GitHub's.
      ...['-c', 'merge.lockstep.driver=git merge-file --quiet %A %O %B'],
      ...['merge-tree', '--write-tree', '--name-only', '--no-messages', '-z', target.tip, head],
    ],
    { cwd: workspace.root },
  );
  if (status !== 1 || !stdout.split('\0').slice(1).includes('data.lock')) return null;
  return `./lockstep data merge --base ${target.branch} && git commit --no-edit`;
}
