import { openGitHub } from '../../github/index.ts';
import { isLockstepError, type Workspace } from '../../workspace/index.ts';
import { originRepository } from '../origin-repository.ts';
import { diagnose } from './diagnosis.ts';
import type { RemoteFacts } from './facts.ts';
import type { Finding } from './finding.ts';
import { readLocalFacts } from './local-facts.ts';
import { readRemoteFacts } from './remote-facts.ts';

export interface Diagnosis {
  readonly findings: readonly Finding[];
  /** `owner/name`; null where only the files were looked at, for the reason in `alone`. */
  readonly repository: string | null;
  readonly alone: string | null;
}

/** Looks at the files, and at the repository's settings as far as a token lets it. Nothing is changed. */
export async function examine(
  workspace: Workspace,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Diagnosis> {
  const local = await readLocalFacts(workspace);
  const asked = await askGitHub(workspace, env);
  const remote = typeof asked === 'string' ? null : asked;
  return {
    findings: diagnose({ local, remote }),
    repository: remote?.fullName ?? null,
    alone: typeof asked === 'string' ? asked : null,
  };
}

/** The settings, or why they were not looked at. */
async function askGitHub(workspace: Workspace, env: NodeJS.ProcessEnv): Promise<RemoteFacts | string> {
  const repository = await originRepository(workspace, env);
  if (repository === null) return 'origin is no repository on GitHub';
  const token = env.GITHUB_TOKEN ?? env.GH_TOKEN ?? '';
  if (token === '')
    return 'no token: GITHUB_TOKEN=$(gh auth token) lockstep doctor looks at the settings too';
  try {
    return await readRemoteFacts(
      await openGitHub(token, { repository, apiUrl: env.GITHUB_API_URL ?? 'https://api.github.com' }),
    );
  } catch (error) {
    if (isLockstepError(error)) return error.message;
    throw error;
  }
}
