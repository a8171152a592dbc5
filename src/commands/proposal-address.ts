import type { Proposal } from '../gitops/index.ts';
import { environmentsRemote } from '../registry/index.ts';
import { tryGit, type Workspace } from '../workspace/index.ts';

/** Where a browser opens the pull request; null where the remote is not on a forge that is known by its address. */
export async function compareAddress(
  workspace: Workspace,
  { branch, target }: Pick<Proposal, 'branch' | 'target'>,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string | null> {
  const repository = await repositoryAddress(workspace, env);
  return repository === null ? null : `${repository}/compare/${target}...${branch}?expand=1`;
}

/** `https://github.com/<owner>/<repository>` of the repository that holds the environments. */
async function repositoryAddress(workspace: Workspace, env: NodeJS.ProcessEnv): Promise<string | null> {
  const remote = await environmentsRemote(workspace);
  if (remote === null) return null;
  const server = (env.GITHUB_SERVER_URL ?? 'https://github.com').replace(/\/+$/, '');
  if (remote === 'origin' && env.GITHUB_REPOSITORY) return `${server}/${env.GITHUB_REPOSITORY}`;
  const { status, stdout } =
    remote === 'origin'
      ? await tryGit(['remote', 'get-url', remote], { cwd: workspace.root })
      : { status: 0, stdout: remote };
  const host = server.replace(/^https?:\/\//, '').replaceAll('.', '\\.');
  const at = new RegExp(`^(?:https?://|ssh://git@|git@)${host}[:/]([\\w.-]+/[\\w.-]+?)(?:\\.git)?/?$`);
  const [, name] = at.exec(status === 0 ? stdout.trim() : '') ?? [];
  return name === undefined ? null : `${server}/${name}`;
}
