import { type GitHub, openGitHub, type RunContext } from '../../src/github/index.ts';
import type { Workspace } from '../../src/workspace/index.ts';
import { giveGitToken } from './git-token.ts';

/** What a step works with that writes to the forge. */
export interface ForgeJob {
  readonly context: RunContext;
  readonly workspace: Workspace;
  readonly github: GitHub;
}

/** Opens the API, and lets git fetch and push, with one token. Errors: E_GITHUB_AUTH without one. */
export async function openForge(token: string | null, context: RunContext): Promise<GitHub> {
  const github = await openGitHub(token ?? '', context);
  giveGitToken(token!, context.serverUrl);
  return github;
}
