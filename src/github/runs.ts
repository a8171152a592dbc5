import { LockstepError } from '../workspace/index.ts';
import type { GitHub } from './api.ts';
import type { RunContext } from './context.ts';

/** A run and how often it was started: later ones know more. */
export interface RunOrder {
  readonly id: number;
  readonly attempt: number;
}

export const isNewer = (one: RunOrder, other: RunOrder): boolean =>
  one.id > other.id || (one.id === other.id && one.attempt > other.attempt);

/** One run of a workflow, as the API knows it: nothing in it is the run's own word but titles and branches. */
export interface WorkflowRun extends RunOrder {
  /** `pull_request`, `merge_group`, `workflow_dispatch`, … */
  readonly event: string;
  /** The workflow's file: `.github/workflows/lockstep-pull-request.yml`. */
  readonly path: string;
  readonly headSha: string;
  readonly headBranch: string | null;
  /** Null for a fork that was deleted. */
  readonly headRepository: { readonly id: number; readonly fullName: string } | null;
  /** What its workflow calls it: `run-name`. */
  readonly title: string;
  readonly conclusion: string | null;
  readonly url: string;
}

interface Answer {
  readonly id: number;
  readonly run_attempt?: number;
  readonly event: string;
  readonly path: string;
  readonly head_sha: string;
  readonly head_branch: string | null;
  readonly head_repository: { readonly id: number; readonly full_name: string } | null;
  readonly display_title: string;
  readonly conclusion: string | null;
  readonly html_url: string;
}

export async function readRun(github: GitHub, id: number): Promise<WorkflowRun> {
  const run = await github.ask<Answer>(
    'GET /repos/{owner}/{repo}/actions/runs/{run_id}',
    { run_id: id },
    { needs: 'actions: read' },
  );
  return runOf(run);
}

const runOf = (run: Answer): WorkflowRun => ({
  id: run.id,
  attempt: run.run_attempt ?? 1,
  event: run.event,
  // A run names its file with the ref it was read at: `…/x.yml@refs/pull/1/merge`.
  path: run.path.split('@')[0]!,
  headSha: run.head_sha,
  headBranch: run.head_branch,
  headRepository: run.head_repository && {
    id: run.head_repository.id,
    fullName: run.head_repository.full_name,
  },
  title: run.display_title,
  conclusion: run.conclusion,
  url: run.html_url,
});

/** The same run as the event describes it, which GitHub wrote: one request less. Asked for where it says too little. */
export async function triggeringRun(github: GitHub, context: RunContext): Promise<WorkflowRun> {
  const id = triggeringRunId(context);
  const run = context.event.workflow_run as Answer;
  const whole = [run.event, run.path, run.head_sha, run.display_title].every(
    (value) => typeof value === 'string',
  );
  return whole && run.head_branch !== undefined && run.head_repository !== undefined
    ? runOf(run)
    : readRun(github, id);
}

/** The run that a `workflow_run` event is about. Errors: E_GITHUB_CONTEXT in any other event. */
export function triggeringRunId({ eventName, event }: RunContext): number {
  const run = event.workflow_run as { id?: unknown } | undefined;
  if (eventName === 'workflow_run' && Number.isSafeInteger(run?.id)) return run!.id as number;
  throw new LockstepError('E_GITHUB_CONTEXT', {
    what: `the event is ${eventName || 'none'}, which names no run`,
    allowed: 'workflow_run',
    fix: 'call this from a workflow with `on: workflow_run`',
  });
}
