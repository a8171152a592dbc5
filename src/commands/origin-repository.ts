import { type RepositoryName, repositoryOf } from '../github/index.ts';
import { tryGit, type Workspace } from '../workspace/index.ts';

/** The repository on GitHub that this is a checkout of: a runner says it, else the remote origin. Null elsewhere. */
export async function originRepository(
  { root }: Pick<Workspace, 'root'>,
  env: NodeJS.ProcessEnv,
): Promise<RepositoryName | null> {
  if (env.GITHUB_REPOSITORY) return repositoryOf(env.GITHUB_REPOSITORY);
  const { status, stdout } = await tryGit(['remote', 'get-url', 'origin'], { cwd: root });
  return named(status === 0 ? stdout : '');
}

/** The repository on GitHub that holds the environments; null elsewhere. */
export async function environmentsRepository(
  workspace: Workspace,
  env: NodeJS.ProcessEnv,
): Promise<RepositoryName | null> {
  const { repository } = workspace.configuration.gitops;
  return repository === null ? originRepository(workspace, env) : named(repository, env.GITHUB_SERVER_URL);
}

/** A server of one's own is known where it is the runner's. */
function named(address: string, server = 'https://github.com'): RepositoryName | null {
  const host = new URL(server).host.replaceAll('.', '\\.');
  const found = new RegExp(`(?:github\\.com|${host})[:/]([^/]+/[^/]+?)(?:\\.git)?/?\\s*$`).exec(address);
  return found === null ? null : repositoryOf(found[1]);
}
