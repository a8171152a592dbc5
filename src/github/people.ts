import { isLockstepError } from '../workspace/index.ts';
import type { GitHub } from './api.ts';

/** Whether somebody may have code run, or models moved, in this repository's name. */
export async function mayWrite(github: GitHub, user: string): Promise<boolean> {
  try {
    const { permission } = await github.ask<{ permission: string }>(
      'GET /repos/{owner}/{repo}/collaborators/{username}/permission',
      { username: user },
      { needs: 'contents: read' },
    );
    return permission === 'admin' || permission === 'write'; // GitHub says write of those who maintain.
  } catch (error) {
    if (isLockstepError(error, 'E_GITHUB_MISSING')) return false; // Nobody of that name.
    throw error;
  }
}

export interface EnvironmentApproval {
  readonly by: string;
  /** Number of the account. */
  readonly id: number;
  readonly environment: string;
}

interface Answer {
  readonly state: string;
  readonly user: { readonly login: string; readonly id: number };
  readonly environments: readonly { readonly name?: string }[];
}

/** Who let a run into an environment that has reviewers. */
export async function approvalsOf(github: GitHub, runId: number): Promise<EnvironmentApproval[]> {
  const all = await github.ask<Answer[]>(
    'GET /repos/{owner}/{repo}/actions/runs/{run_id}/approvals',
    { run_id: runId },
    { needs: 'actions: read' },
  );
  return all
    .filter(({ state }) => state === 'approved')
    .flatMap(({ user, environments }) =>
      environments.flatMap(({ name }) =>
        name === undefined ? [] : [{ by: user.login, id: user.id, environment: name }],
      ),
    );
}

/** Accounts whose push of a tag started `lockstep-promotion-tag`; empty when no run of it is left. */
export async function tagPushers(github: GitHub, tag: string): Promise<number[]> {
  const { workflow_runs: runs } = await github.ask<{
    workflow_runs: readonly { head_branch: string | null; actor: Account; triggering_actor: Account }[];
  }>(
    'GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs',
    { workflow_id: 'lockstep-promotion-tag.yml', event: 'push', branch: tag, per_page: 100 },
    { needs: 'actions: read' },
  );
  const own = runs.filter(({ head_branch }) => head_branch === tag);
  const people = own.flatMap(({ actor, triggering_actor }) => [actor, triggering_actor]);
  return [...new Set(people.flatMap((one) => (one ? [one.id] : [])))];
}

type Account = { readonly id: number } | null | undefined;

/** The pull request that a commit of the default branch came with, or null for one that was pushed. */
export async function mergedPull(
  github: GitHub,
  commit: string,
): Promise<{ number: number; head: string } | null> {
  const pulls = await github.ask<
    { number: number; merged_at: string | null; merge_commit_sha: string | null; head: { sha: string } }[]
  >('GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls', { commit_sha: commit });
  const merged = pulls.find(
    ({ merged_at, merge_commit_sha }) => merged_at !== null && merge_commit_sha === commit,
  );
  return merged ? { number: merged.number, head: merged.head.sha } : null;
}
