import schema from '../../docs/schemas/train-request.json' with { type: 'json' };
import { checkSchema, isLockstepError, LockstepError, parseJson } from '../workspace/index.ts';
import type { GitHub } from './api.ts';
import { findArtifact, readArtifact } from './artifacts.ts';
import type { WorkflowRun } from './runs.ts';

/** A change that a run handed something over for. Only what the API says; a run's own words are believed nowhere. */
export type KnownSubject = {
  readonly head: string;
  /** Branch it is for. */
  readonly baseRef: string;
  readonly defaultBranch: string;
} & (
  | { readonly kind: 'pull-request'; readonly number: number; readonly headRepository: string }
  | { readonly kind: 'merge-group'; readonly base: string }
);

export type RunSubject =
  | KnownSubject
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
  readonly base: { readonly ref: string; readonly repo: { readonly default_branch: string } };
}

/**
 * Whom a finished run is about. Errors: E_HANDOVER_REPO for a run of another workflow, repository, branch or event;
 * E_HANDOVER_PR for a bad request to train.
 */
export async function subjectOfRun(github: GitHub, run: WorkflowRun): Promise<RunSubject> {
  if (run.path === workflowFiles.trainPr) return trained(github, run);
  if (run.path !== workflowFiles.pullRequest) throw otherRun(`the run is of ${run.path}`);
  if (run.event === 'merge_group') return mergeGroup(github, run);
  if (run.event === 'pull_request') return pullRequest(github, run);
  throw otherRun(`the run was started by ${run.event}`);
}

/**
 * A fork's run names no pull request, so it is looked up by the head's owner and branch, and must have this very commit of
 * this very repository. Where one head is offered to several branches, the run doesn't say which: the default one's first.
 */
async function pullRequest(github: GitHub, { headRepository, headBranch, headSha }: WorkflowRun) {
  if (headRepository === null || headBranch === null) return stale('the fork is gone');
  const pulls = await github.ask<Pull[]>('GET /repos/{owner}/{repo}/pulls', {
    head: `${headRepository.fullName.split('/')[0]}:${headBranch}`,
    state: 'open',
    per_page: 100,
  });
  const own = pulls.filter(({ head }) => head.repo?.id === headRepository.id);
  const [pull] = own
    .filter(({ head }) => head.sha === headSha)
    .sort((a, b) => Number(isForDefault(b)) - Number(isForDefault(a)) || a.number - b.number);
  if (pull) return subjectOf(pull);
  return stale(own.length > 0 ? 'the pull request has a newer commit' : 'no open pull request has this head');
}

/**
 * A run of the default branch says nothing of the pull request it trained; the request that it began with does. What was
 * trained may put another in its place, so the number must be the one in the run's title, which only the workflow sets.
 */
async function trained(github: GitHub, run: WorkflowRun): Promise<RunSubject> {
  checkOurs(github, run);
  if (run.event !== 'workflow_dispatch' && run.event !== 'issue_comment')
    throw otherRun(`the run was started by ${run.event}`);
  const artifact = await findArtifact(github, run, trainRequestArtifact);
  if (artifact === null) throw badRequest('the run holds no request');
  const files = await readArtifact(github, artifact, { 'request.json': 64 * 1024 });
  const { number, head } = readRequest(files['request.json']!);
  if (run.title !== `lockstep-train-pr #${number}`)
    throw badRequest(`a request for pull request ${number} in the run "${run.title}"`);
  const pull = await github.ask<Pull>('GET /repos/{owner}/{repo}/pulls/{pull_number}', {
    pull_number: number,
  });
  if (run.headBranch !== pull.base.repo.default_branch)
    throw otherRun(`the run is of the branch ${run.headBranch}`);
  if (pull.state !== 'open') return stale('the pull request is closed');
  return pull.head.sha === head ? subjectOf(pull) : stale('the pull request has a newer commit');
}

function readRequest(bytes: Uint8Array): { number: number; head: string } {
  try {
    return checkSchema<{ number: number; head: string }>(parseJson(bytes, 'request.json'), schema);
  } catch (error) {
    throw isLockstepError(error) ? badRequest(error.what) : error;
  }
}

const isForDefault = ({ base }: Pull): boolean => base.ref === base.repo.default_branch;

const subjectOf = ({ number, head, base }: Pull): RunSubject => ({
  kind: 'pull-request',
  number,
  head: head.sha,
  baseRef: base.ref,
  defaultBranch: base.repo.default_branch,
  headRepository: head.repo?.full_name ?? '',
});

/** `gh-readonly-queue/main/pr-12-<sha of the base>`: GitHub makes these branches, nobody else may. */
async function mergeGroup(github: GitHub, run: WorkflowRun): Promise<RunSubject> {
  checkOurs(github, run);
  const { headBranch, headSha } = run;
  const [, baseRef, base] = /^gh-readonly-queue\/(.+)\/pr-\d+-([0-9a-f]{40})$/.exec(headBranch ?? '') ?? [];
  if (!baseRef || !base) throw otherRun(`the merge group's branch is called ${headBranch}`);
  const { default_branch: defaultBranch } = await github.ask<{ default_branch: string }>(
    'GET /repos/{owner}/{repo}',
  );
  return { kind: 'merge-group', head: headSha, base, baseRef, defaultBranch };
}

function checkOurs({ repository: { owner, name } }: GitHub, { headRepository }: WorkflowRun): void {
  const fullName = headRepository?.fullName ?? 'a repository that is gone';
  if (fullName.toLowerCase() !== `${owner}/${name}`.toLowerCase())
    throw otherRun(`the run is of ${fullName}`);
}

const stale = (why: string): RunSubject => ({ kind: 'stale', why });

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
