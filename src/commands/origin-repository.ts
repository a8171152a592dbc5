import { type RepositoryName, repositoryOf } from '../github/index.ts';
import { tryGit, type Workspace } from '../workspace/index.ts';

/** The repository on GitHub that this is a checkout of: a runner says it, else the remote origin. Null elsewhere. */
export async function originRepository(
  { root }: Pick<Workspace, 'root'>,
  env: NodeJS.ProcessEnv,
): Promise<RepositoryName | null> {
  if (env.GITHUB_REPOSITORY) return repositoryOf(env.GITHUB_REPOSITORY);
  const { status, stdout } = await tryGit(['remote', 'get-url', 'origin'], { cwd: root });
  const [, name] = /github\.com[:/]([^/]+\/[^/]+?)(?:\.git)?\s*$/.exec(status === 0 ? stdout : '') ?? [];
  return name === undefined ? null : repositoryOf(name);
}
