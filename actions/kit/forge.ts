import { type GitHub, openGitHub, type RunContext } from '../../src/github/index.ts';
import type { Workspace } from '../../src/workspace/index.ts';
import { giveGitToken } from './git-token.ts';

/** What a step works with that writes to the forge. */
export interface ForgeJob {
  readonly context: RunContext;
  readonly workspace: Workspace;
  readonly github: GitHub;
}

/**
 * Opens the API, and lets git fetch and push, with one token. Where the environments are in another repository, git
 * takes `LOCKSTEP_ENVIRONMENTS_TOKEN` for that one alone: a job's token speaks for its own repository. Errors:
 * E_GITHUB_AUTH without a token.
 */
export async function openForge(
  token: string | null,
  context: RunContext,
  workspace?: Workspace,
  env: NodeJS.ProcessEnv = process.env,
): Promise<GitHub> {
  const github = await openGitHub(token ?? '', context);
  giveGitToken(token!, context.serverUrl);
  const repository = workspace?.configuration.gitops.repository ?? '';
  const theirs = env.LOCKSTEP_ENVIRONMENTS_TOKEN;
  if (theirs && /^https?:/.test(repository)) giveGitToken(theirs, repository);
  return github;
}
