import {
  carryOut,
  jobOfTag,
  type PromotionJob,
  type PromotionOutcome,
} from '../../src/commands/promotion-request.ts';
import { compareAddress } from '../../src/commands/proposal-address.ts';
import { outcomeText } from '../../src/commands/release-model.ts';
import type { PullRequest } from '../../src/github/index.ts';
import { isLockstepError, resolveCommit } from '../../src/workspace/index.ts';
import { showDeployment } from '../kit/deployment.ts';
import { say } from '../kit/foreign-output.ts';
import type { ForgeJob } from '../kit/forge.ts';
import { wanted } from '../kit/inputs.ts';
import { askForMerge, closedAnswer, readPull } from '../kit/pull-request.ts';
import { refuse } from '../kit/run.ts';
import { approvalsFor } from './approvals.ts';
import type { Asked } from './requests.ts';
import { tellTagged, tellWritten } from './tagged-commit.ts';

/** Seconds that an environment whose address is known has to answer with the new version. */
const patience = 60;

export interface Answered extends Readonly<Record<string, unknown>> {
  readonly outcome: string;
  readonly reason: string;
  /** Address of the pull request, empty where there is none. */
  readonly 'pull-request'?: string;
}

/** Decides one request, writes, and answers where it was asked: on the tagged commit, and in the log. */
export async function answer(job: ForgeJob, asked: Asked): Promise<Answered> {
  if (asked.tag === null) return decide(job, named(asked));
  const { job: request, state } = await tagged(job, asked.tag);
  if (request !== null) return decide(job, request);
  say(`${asked.tag}: ${state.kind} already`);
  if (state.kind === 'written') await tellWritten(job, state.request);
  if (state.kind !== 'refused') return { outcome: 'already', reason: '' };
  // Whoever was cut off after the tag that answers says it now, and ends as red.
  const { request: refused, reason } = state;
  const text = `${refused.model} ${refused.version} in ${refused.environment}: refused. ${reason}`;
  await tellTagged(job, refused, 'refused', text);
  refuse('E_TAG_REQUEST', text);
  return { outcome: 'refused', reason };
}

async function decide(job: ForgeJob, request: PromotionJob): Promise<Answered> {
  const { workspace } = job;
  const before = await readPull(job, request);
  const approvals = [...(await approvalsFor(job, request)), ...before.approvals];
  const closed = await closedAnswer(job, request, before);
  const outcome =
    closed ??
    (await carryOut(workspace, request, {
      observe: patience,
      ...(approvals.length > 0 ? { approvals } : {}),
    }));
  const proposal = outcome.kind === 'proposed' ? outcome.result.proposal : null;
  const pull = proposal === null ? before.pull : await askForMerge(job, request, proposal, before);
  const text = await textOf(job, request, outcome, pull);
  say(text);
  if ('result' in outcome && outcome.kind !== 'proposed') await showDeployment(job, outcome.result, text);
  const { commit, environment, tag } = request;
  if (commit !== undefined) await tellTagged(job, { commit, environment, tag }, outcome.kind, text);
  if (outcome.kind === 'refused') refuse(outcome.code, text);
  return {
    outcome: outcome.kind,
    reason: 'reason' in outcome ? outcome.reason : '',
    'pull-request': pull?.url ?? '',
  };
}

async function textOf(
  { workspace }: ForgeJob,
  request: PromotionJob,
  outcome: PromotionOutcome,
  pull: PullRequest | null,
): Promise<string> {
  const text = outcomeText(outcome, request);
  if (outcome.kind !== 'proposed') return text;
  const where = pull?.url ?? (await compareAddress(workspace, outcome.result.proposal!));
  return where === null ? text : `${text}: ${where}`;
}

const named = ({ model, version, environment }: Asked): PromotionJob => ({
  model: wanted('model', model),
  version: wanted('version', version),
  environment: wanted('environment', environment),
});

/** A tag that names no version is answered before it is refused. */
async function tagged(job: ForgeJob, tag: string): ReturnType<typeof jobOfTag> {
  try {
    return await jobOfTag(job.workspace, tag);
  } catch (error) {
    const commit = await resolveCommit(job.workspace.root, `refs/tags/${tag}`);
    const environment = /#([a-z0-9-]+)/.exec(tag)?.[1];
    if (isLockstepError(error) && commit !== null && environment !== undefined)
      await tellTagged(job, { commit, environment, tag }, 'refused', error.message);
    throw error;
  }
}
