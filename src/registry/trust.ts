import {
  LockstepError,
  parseConfiguration,
  parseYaml,
  readAtCommit,
  resolveCommit,
  tryGit,
  type Workspace,
} from '../workspace/index.ts';
import { type Trust, trustedSigner } from './envelope.ts';
import { loadKey } from './key.ts';
import { localRefs } from './origin.ts';

/**
 * Whose signatures count: `trust:` of lockstep.yaml as it was at the base commit, never as a change under judgement
 * has it. With no entry there, this machine's own key, when `local` allows it. `base` null reads the working tree's.
 */
export async function trustedKeys(
  workspace: Workspace,
  base: string | null,
  options: { readonly local: boolean },
): Promise<Trust> {
  const listed = base === null ? workspace.configuration.trust : await trustAt(workspace, base);
  const where = { file: 'lockstep.yaml' };
  if (listed.length > 0) {
    return listed.map(({ key, owner, environments }) =>
      trustedSigner(key, owner, environments ?? null, where),
    );
  }
  return options.local ? [trustedSigner(loadKey(workspace).spki, 'this machine', null)] : [];
}

async function trustAt(workspace: Workspace, commit: string) {
  const bytes = await readAtCommit(workspace.root, commit, 'lockstep.yaml');
  return bytes === null ? [] : parseConfiguration(parseYaml(bytes, 'lockstep.yaml')).trust;
}

/**
 * The commit whose rules hold: where HEAD left the default branch of origin, HEAD itself where it is on it or there
 * is no such branch here, null before the first commit. Errors: E_GIT on a runner that checked out a pull request
 * and nothing else, since the change would then be judged by its own rules.
 */
export async function baseCommit(workspace: Workspace): Promise<string | null> {
  const { root } = workspace;
  const head = await resolveCommit(root, 'HEAD');
  if (head === null) return null;
  for (const branch of ['origin/HEAD', 'origin/main', 'origin/master']) {
    const { status, stdout } = await tryGit(['merge-base', 'HEAD', `refs/remotes/${branch}`], { cwd: root });
    if (status === 0) return stdout.trim();
  }
  if ((await localRefs(root, ['refs/remotes/pull/'])).size === 0) return head;
  throw new LockstepError('E_GIT', {
    what: 'this clone holds a pull request and not the branch it is for, whose policy and trust hold',
    allowed: 'a clone with origin/main (or origin/HEAD), and the history back to where the change began',
    fix: 'check out with fetch-depth: 0',
  });
}
