import schema from '../../docs/schemas/train-request.json' with { type: 'json' };
import { checkSchema, isLockstepError, LockstepError, parseJson } from '../workspace/index.ts';
import type { GitHub } from './api.ts';
import { findArtifact, readArtifact } from './artifacts.ts';
import type { WorkflowRun } from './runs.ts';

/** What a run was about. Only what the API says; a run's own words are believed nowhere. */
export type RunSubject =
  | {
      readonly kind: 'pull-request';
      readonly number: number;
      readonly head: string;
      /** Branch it is for. */
      readonly baseRef: string;
      readonly headRepository: string;
    }
  | { readonly kind: 'merge-group'; readonly head: string; readonly base: string; readonly baseRef: string }
  /** The pull request has moved on or is closed: nothing is to be said any more. */
  | { readonly kind: 'stale'; readonly why: string };

export const workflowFiles = {
  pullRequest: '.github/workflows/lockstep-pull-request.yml',
  trainPr: '.github/workflows/lockstep-train-pr.yml',
} as const;

/** Uploaded by the job of `lockstep-train-pr` that runs nothing of the pull request. */
export const trainRequestArtifact = 'lockstep-train-request';

interface Pull {
  readonly number: number;
  readonly state: string;
  readonly head: {
    readonly sha: string;
    readonly repo: { readonly id: number; readonly full_name: string } | null;
  };
  readonly base: { readonly ref: string };
}

/**
 * The change that a finished run handed something over for. `pull_requests` of a run is empty for forks, so the pull
 * request is looked up by its head's owner and branch, and must have this very commit of this very repository.
 * Errors: E_HANDOVER_REPO for a run of another workflow, repository or event; E_HANDOVER_PR for a bad request.
 */
export async function subjectOfRun(github: GitHub, run: WorkflowRun): Promise<RunSubject> {
  if (run.path === workflowFiles.trainPr) return trained(github, run);
  if (run.path !== workflowFiles.pullRequest) throw otherRun(`the run is of ${run.path}`);
  if (run.event === 'merge_group') return mergeGroup(run);
  if (run.event !== 'pull_request') throw otherRun(`the run was started by ${run.event}`);
  const { headRepository, headBranch } = run;
  if (headRepository === null || headBranch === null) return { kind: 'stale', why: 'the fork is gone' };
  const pulls = await github.ask<Pull[]>('GET /repos/{owner}/{repo}/pulls', {
    head: `${headRepository.fullName.split('/')[0]}:${headBranch}`,
    state: 'open',
    per_page: 100,
  });
  const own = pulls.filter(({ head }) => head.repo?.id === headRepository.id);
  const pull = own.find(({ head }) => head.sha === run.headSha);
  if (pull) return subjectOf(pull);
  return {
    kind: 'stale',
    why: own.length > 0 ? 'the pull request has a newer commit' : 'no open pull request has this head',
  };
}

/** A run of the default branch says nothing of the pull request it trained; the request that it began with does. */
async function trained(github: GitHub, run: WorkflowRun): Promise<RunSubject> {
  if (run.headRepository?.fullName.toLowerCase() !== fullName(github).toLowerCase())
    throw otherRun(`the run is of ${run.headRepository?.fullName ?? 'a repository that is gone'}`);
  const artifact = await findArtifact(github, run, trainRequestArtifact);
  if (artifact === null) throw badRequest('the run holds no request');
  const files = await readArtifact(github, artifact, { 'request.json': 64 * 1024 });
  const { number, head } = readRequest(files['request.json']!);
  const pull = await github.ask<Pull>('GET /repos/{owner}/{repo}/pulls/{pull_number}', {
    pull_number: number,
  });
  if (pull.state !== 'open') return { kind: 'stale', why: 'the pull request is closed' };
  return pull.head.sha === head
    ? subjectOf(pull)
    : { kind: 'stale', why: 'the pull request has a newer commit' };
}

function readRequest(bytes: Uint8Array): { number: number; head: string } {
  try {
    return checkSchema<{ number: number; head: string }>(parseJson(bytes, 'request.json'), schema);
  } catch (error) {
    throw isLockstepError(error) ? badRequest(error.what) : error;
  }
}

const subjectOf = ({ number, head, base }: Pull): RunSubject => ({
  kind: 'pull-request',
  number,
  head: head.sha,
  baseRef: base.ref,
  headRepository: head.repo?.full_name ?? '',
});

/** `gh-readonly-queue/main/pr-12-<sha of the base>`: GitHub makes these branches, nobody else may. */
function mergeGroup({ headBranch, headSha }: WorkflowRun): RunSubject {
  const [, baseRef, base] = /^gh-readonly-queue\/(.+)\/pr-\d+-([0-9a-f]{40})$/.exec(headBranch ?? '') ?? [];
  if (!baseRef || !base) throw otherRun(`the merge group's branch is called ${headBranch}`);
  return { kind: 'merge-group', head: headSha, base, baseRef };
}

const fullName = ({ repository }: GitHub): string => `${repository.owner}/${repository.name}`;

const otherRun = (what: string): LockstepError =>
  new LockstepError('E_HANDOVER_REPO', {
    what,
    allowed: `a run of ${Object.values(workflowFiles).join(' or ')} for this repository`,
    fix: 'nothing is judged of it; see who started that run',
  });

const badRequest = (what: string): LockstepError =>
  new LockstepError('E_HANDOVER_PR', {
    what,
    allowed: '{"v": 1, "number": a pull request, "head": its commit} as lockstep-train-pr wrote it',
    fix: 'start the training again with /train',
  });
