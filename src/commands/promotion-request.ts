import {
  answerRequest,
  mergedRequests,
  openRequests,
  type PromotionResult,
  promote,
  readTagState,
  type TagRequest,
  type TagState,
  untagged,
} from '../gitops/index.ts';
import { type Approval, listAllVersions } from '../registry/index.ts';
import { type ErrorCode, isLockstepError, type LockstepError, type Workspace } from '../workspace/index.ts';

/** What somebody wants promoted: by a tag that was pushed, or by name. */
export interface PromotionJob {
  readonly model: string;
  readonly version: string;
  readonly environment: string;
  /** Absent where a person named the three, at a button or a command line. */
  readonly tag?: string;
  /** The tagged commit. */
  readonly commit?: string;
}

export type PromotionOutcome =
  | { readonly kind: 'written' | 'observed' | 'already' | 'proposed'; readonly result: PromotionResult }
  /** Not yet: the same request may be done later, without anybody asking again. */
  | { readonly kind: 'waiting'; readonly code: ErrorCode; readonly reason: string }
  /** No: `answer` is the unassign tag, null where no tag asked. */
  | {
      readonly kind: 'refused';
      readonly code: ErrorCode;
      readonly reason: string;
      readonly answer: string | null;
    };

/** Time or the world will tell; nobody has to do anything. */
const waiting: readonly ErrorCode[] = ['E_PROMOTE_SOAK', 'E_PROMOTE_FROZEN', 'E_PROMOTE_NOT_OBSERVED'];
/** What is wrong is in the request or its evidence, and stays wrong; everything else is a failure of the run. */
const refusal = /^E_(VERDICT|PROMOTE|ENV|TAG|VERSION|NAME|SIGNATURE|RECORD|BASE|DEPLOY)(_|$)/;
/** A lost race is no answer: the sweep tries again. */
const failures: readonly ErrorCode[] = ['E_PROMOTE_RACE'];

/** The job that a tag asks for, or null when it needs nothing any more. Errors: those of `readTagState`. */
export async function jobOfTag(
  workspace: Workspace,
  tag: string,
): Promise<{ readonly job: PromotionJob | null; readonly state: TagState }> {
  const state = await readTagState(workspace, tag);
  return { job: state.kind === 'open' ? jobOf(state.request) : null, state };
}

const jobOf = ({ model, version, environment, tag, commit }: TagRequest): PromotionJob => ({
  model,
  version,
  environment,
  tag,
  commit,
});

/**
 * Every request that nobody has answered yet, of every model with a version; and what environments name without a tag
 * that says so, where tags are made after the commit.
 */
export async function unansweredJobs(workspace: Workspace, now = new Date()): Promise<PromotionJob[]> {
  const models = [...(await listAllVersions(workspace.root)).keys()];
  const asked = (await openRequests(workspace, models, now)).map(jobOf);
  const standing = (await untagged(workspace, models)).map(({ model, version, environment }) => ({
    model,
    version,
    environment,
  }));
  return [...asked, ...standing];
}

/** Tags that asked, and were answered by a merge: nobody ran then who could have said so. */
export async function mergedJobs(workspace: Workspace, now = new Date()): Promise<PromotionJob[]> {
  const models = [...(await listAllVersions(workspace.root)).keys()];
  return (await mergedRequests(workspace, models, now)).map(jobOf);
}

/** A no that came from elsewhere: who asked by a tag is answered by one. */
export async function refuseJob(
  workspace: Workspace,
  { model, version, environment, tag, commit }: PromotionJob,
  code: ErrorCode,
  reason: string,
): Promise<PromotionOutcome> {
  const answer =
    tag === undefined || commit === undefined
      ? null
      : await answerRequest(workspace, { model, version, environment, tag, commit }, reason);
  return { kind: 'refused', code, reason, answer };
}

/**
 * Promotes, and answers the tag that asked when the answer is no. Errors: what is no answer to the request: a remote
 * that can't be reached or refuses the push, a lost race, a defect.
 */
export async function carryOut(
  workspace: Workspace,
  job: PromotionJob,
  { approvals, observe = 0 }: { readonly approvals?: readonly Approval[]; readonly observe?: number } = {},
): Promise<PromotionOutcome> {
  const { model, version, environment, tag } = job;
  try {
    const result = await promote(workspace, {
      model,
      version,
      environment,
      observe,
      ...(tag === undefined ? {} : { tag }),
      ...(approvals === undefined ? {} : { approvals }),
    });
    return { kind: result.outcome === 'planned' ? 'written' : result.outcome, result };
  } catch (error) {
    const outcome = outcomeOf(error);
    if (outcome === null) throw error;
    return outcome.kind === 'waiting' ? outcome : refuseJob(workspace, job, outcome.code, outcome.reason);
  }
}

function outcomeOf(error: unknown): Exclude<PromotionOutcome, { readonly result: PromotionResult }> | null {
  if (!isLockstepError(error) || failures.includes(error.code) || !refusal.test(error.code)) return null;
  const reason = reasonOf(error);
  return waiting.includes(error.code)
    ? { kind: 'waiting', code: error.code, reason }
    : { kind: 'refused', code: error.code, reason, answer: null };
}

const reasonOf = ({ message }: LockstepError): string => message;
