import { openGitHub } from '../github/index.ts';
import { LockstepError, type Workspace } from '../workspace/index.ts';
import { originRepository } from './origin-repository.ts';

/**
 * Where this repository's template lies: what lockstep.yaml says, else what GitHub remembers of "Use this template"
 * (docs.github.com, "Get a repository": `template_repository`). It need not be believed: a release is believed for its
 * signature. Errors: E_UPGRADE_SOURCE, E_GITHUB_*.
 */
export async function templateOf(
  workspace: Workspace,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  const { from } = workspace.configuration.upgrade;
  if (from !== undefined) return from;
  const repository = await originRepository(workspace, env);
  const token = env.GITHUB_TOKEN ?? env.GH_TOKEN ?? '';
  if (repository !== null && token !== '') {
    const github = await openGitHub(token, {
      repository,
      apiUrl: env.GITHUB_API_URL ?? 'https://api.github.com',
    });
    const { template_repository: template } = await github.ask<{
      template_repository?: { clone_url?: string } | null;
    }>('GET /repos/{owner}/{repo}');
    if (template?.clone_url) return template.clone_url;
  }
  throw new LockstepError('E_UPGRADE_SOURCE', {
    what: 'nothing says which template this repository was made from',
    where: { file: 'lockstep.yaml' },
    allowed: 'upgrade: {from: <address of the template>}, --from, or a token with which GitHub says it',
    fix: 'name it: lockstep upgrade --from <address or path of the template>',
  });
}
