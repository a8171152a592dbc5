import { LockstepError, resolveCommit, tryGit, type Workspace } from '../workspace/index.ts';

/** HEAD, when all that makes this model is committed there. */
export async function cleanCommit(workspace: Workspace, model: string): Promise<string> {
  const commit = await resolveCommit(workspace.root, 'HEAD');
  if (commit === null)
    throw new LockstepError('E_GIT', {
      what: 'nothing is committed',
      fix: 'commit the pipeline, the model and data.lock',
    });
  const paths = ['data.lock', 'lockstep.yaml', `pipelines/${model}`, `models/${model}`];
  const [own, tracked] = await Promise.all([
    tryGit(['status', '--porcelain', '--untracked-files=all', '--', ...paths], { cwd: workspace.root }),
    tryGit(['status', '--porcelain', '--untracked-files=no'], { cwd: workspace.root }),
  ]);
  const changed = [
    ...new Set(
      `${own.stdout}${tracked.stdout}`
        .split('\n')
        .filter(Boolean)
        .map((line) => line.slice(3)),
    ),
  ];
  if (changed.length === 0) return commit;
  throw new LockstepError('E_GIT_DIRTY', {
    what: `${changed.length} file${changed.length === 1 ? '' : 's'} not committed (${changed.slice(0, 3).join(', ')}${changed.length > 3 ? ', …' : ''})`,
    allowed: 'a version names one commit, so all of it has to be there',
    fix: 'git add and git commit, then register again',
  });
}
