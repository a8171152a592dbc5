import { baseCommit } from '../registry/index.ts';
import { LockstepError, resolveCommit, type Workspace } from '../workspace/index.ts';

/**
 * The commit whose policy, trust and rows judge a change: the one named with `--base`, else where HEAD left the
 * default branch of origin. Null before the first commit. Errors: E_VERSION_UNKNOWN for a revision nobody knows.
 */
export async function chooseBase(workspace: Workspace, revision?: string): Promise<string | null> {
  if (revision === undefined) return baseCommit(workspace);
  const commit = await resolveCommit(workspace.root, revision);
  if (commit !== null) return commit;
  throw new LockstepError('E_GIT', {
    what: `no commit "${revision}"`,
    allowed: 'a branch, tag or commit of this repository',
    fix: 'git fetch, or correct --base',
  });
}
