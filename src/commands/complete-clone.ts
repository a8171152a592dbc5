import { hasOrigin, remoteRefs } from '../registry/index.ts';
import { git, LockstepError } from '../workspace/index.ts';

/** Errors: E_GIT outside a repository, in a shallow clone, and where origin has what this clone has not. */
export async function checkComplete(root: string, inGit: boolean): Promise<void> {
  const refuse = (what: string, fix: string): never => {
    throw new LockstepError('E_GIT', {
      what,
      allowed: 'a clone that knows everything the remote serves',
      fix,
    });
  };
  if (!inGit) refuse(`${root} is no Git repository, so nobody knows who needs what`, 'run it in a clone');
  if ((await git(['rev-parse', '--is-shallow-repository'], { cwd: root })) === 'true')
    refuse('this clone is shallow: it does not know what older commits need', 'git fetch --unshallow --tags');
  if (!(await hasOrigin(root))) return;
  const tips = await originTips(root);
  const input = `${tips.join('\n')}\n`;
  const found = tips.length === 0 ? '' : await git(['cat-file', '--batch-check'], { cwd: root, input });
  const missing = found.split('\n').filter((line) => line.endsWith(' missing')).length;
  if (missing > 0)
    refuse(
      `origin has ${missing} branches or tags that this clone does not have`,
      "git fetch --tags origin '+refs/heads/*:refs/remotes/origin/*'",
    );
}

export const originTips = async (root: string): Promise<string[]> => [
  ...(await remoteRefs(root, ['refs/heads/*', 'refs/tags/*'])).values(),
];
