import { type Ended, fork, type PullRequest, type Start, type World } from './world.ts';

const pullRequestRun = { workflow: 'pull-request', event: 'pull_request' } as const;

/** A pull request's own run, and the report that follows it. */
export async function contribute(world: World, { number, head, base }: PullRequest): Promise<Ended[]> {
  const payload = {
    action: 'synchronize',
    number,
    pull_request: { number, head: { sha: head, ref: `change-${number}` }, base: { sha: base, ref: 'main' } },
  };
  const ref = `refs/pull/${number}/merge`;
  const run = await world.start({ workflow: 'pull-request', event: 'pull_request', payload, at: head, ref });
  return [run, await report(world, run.id, { number, head })];
}

/** The report on a run about a pull request, as the API tells of it: the pull request's own, or one of the default branch. */
export async function report(
  world: World,
  id: number,
  { number, head }: Pick<PullRequest, 'number' | 'head'>,
  { workflow, event }: Pick<Start, 'workflow' | 'event'> = pullRequestRun,
): Promise<Ended> {
  const own = workflow === pullRequestRun.workflow;
  const head_sha = own ? head : await world.repository.git(['rev-parse', 'main']);
  const head_branch = own ? `change-${number}` : 'main';
  const run = { id, event, conclusion: 'success', head_sha, head_branch };
  world.github.state.runs.push({
    ...run,
    run_attempt: 1,
    display_title: own ? 'a change' : `lockstep-${workflow} #${number}`,
    path: `.github/workflows/lockstep-${workflow}.yml`,
    head_repository: fork,
    status: 'completed',
  });
  const payload = { action: 'completed', workflow_run: run };
  return world.start({ workflow: 'report', event: 'workflow_run', payload });
}
