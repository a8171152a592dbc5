import { openGitHub, statusesOf } from '../github/index.ts';
import { type Observed, type ObserveRequest, observe, type ReadStatuses } from '../gitops/index.ts';
import type { Workspace } from '../workspace/index.ts';
import { environmentsRepository } from './origin-repository.ts';

/** `observe` with all that can be asked from here. Errors: those of `observe`, E_GITHUB_*. */
export async function observeWorld(
  workspace: Workspace,
  request: Pick<ObserveRequest, 'model' | 'environment' | 'ask' | 'dryRun'>,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Observed> {
  const { statuses, urls } = workspace.configuration;
  // Loaded where an address has to be asked: whoever only reads statuses needs no server's code.
  const golden =
    Object.keys(urls).length === 0 ? null : (await import('./golden-at-url.ts')).askAtUrl(workspace);
  return observe(workspace, {
    ...request,
    ...(statuses.length === 0 ? {} : { statuses: await openStatuses(workspace, env) }),
    ...(golden === null ? {} : { golden }),
  });
}

/**
 * Statuses of the repository that holds the environments, each commit's asked once; or why nobody here can ask. Another
 * repository than origin has a token of its own.
 */
export async function openStatuses(
  workspace: Workspace,
  env: NodeJS.ProcessEnv,
): Promise<ReadStatuses | string> {
  const other = workspace.configuration.gitops.repository;
  const repository = await environmentsRepository(workspace, env);
  if (repository === null) return `${other ?? 'origin'} is no repository on GitHub`;
  const own = env.GITHUB_TOKEN ?? env.GH_TOKEN ?? '';
  const token = other === null ? own : env.LOCKSTEP_ENVIRONMENTS_TOKEN || own;
  if (token === '') return 'no token, set GITHUB_TOKEN (gh auth token)';
  const github = await openGitHub(token, {
    repository,
    apiUrl: env.GITHUB_API_URL ?? 'https://api.github.com',
  });
  const asked = new Map<string, ReturnType<ReadStatuses>>();
  return (commit) => {
    const known = asked.get(commit) ?? statusesOf(github, commit);
    asked.set(commit, known);
    return known;
  };
}
