import { baseCommit } from '../registry/index.ts';
import {
  LockstepError,
  parseConfiguration,
  parseYaml,
  readAtCommit,
  resolveCommit,
  type Workspace,
} from '../workspace/index.ts';

/**
 * The commit whose policy, trust and rows judge a change: the one named with `--base`, else where HEAD left the
 * default branch of origin. Null before the first commit. Errors: E_GIT for a revision nobody knows.
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

/** The workspace as a commit configures it, so that no change adds or takes away an environment it is judged for. */
export async function workspaceAt(workspace: Workspace, commit: string): Promise<Workspace> {
  const bytes = await readAtCommit(workspace.root, commit, './lockstep.yaml');
  const file = `lockstep.yaml at ${commit.slice(0, 12)}`;
  return { ...workspace, configuration: parseConfiguration(bytes && parseYaml(bytes, file)) };
}
