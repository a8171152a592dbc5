import { carryOut, jobOfTag, type PromotionJob } from '../../src/commands/promotion-request.ts';
import { outcomeText } from '../../src/commands/release-model.ts';
import { approvalsOf } from '../../src/github/index.ts';
import type { Approval } from '../../src/registry/index.ts';
import { isLockstepError, resolveCommit } from '../../src/workspace/index.ts';
import { showDeployment } from '../kit/deployment.ts';
import { say } from '../kit/foreign-output.ts';
import type { ForgeJob } from '../kit/forge.ts';
import { wanted } from '../kit/inputs.ts';
import { refuse } from '../kit/run.ts';
import type { Asked } from './requests.ts';
import { tellTagged, tellWritten } from './tagged-commit.ts';

/** Seconds that an environment whose address is known has to answer with the new version. */
const patience = 60;

/** Decides one request, writes, and answers where it was asked: on the tagged commit, and in the log. */
export async function answer(job: ForgeJob, asked: Asked): Promise<{ outcome: string; reason: string }> {
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

async function decide(job: ForgeJob, request: PromotionJob): Promise<{ outcome: string; reason: string }> {
  const { workspace } = job;
  const approvals = await approvalsFor(job, request.environment);
  const outcome = await carryOut(workspace, request, {
    observe: patience,
    ...(approvals ? { approvals } : {}),
  });
  const text = outcomeText(outcome, request);
  say(text);
  if ('result' in outcome && outcome.kind !== 'proposed') await showDeployment(job, outcome.result, text);
  const { commit, environment, tag } = request;
  if (commit !== undefined) await tellTagged(job, { commit, environment, tag }, outcome.kind, text);
  if (outcome.kind === 'refused') refuse(outcome.code, text);
  return { outcome: outcome.kind, reason: 'reason' in outcome ? outcome.reason : '' };
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

/** Who let this run into the environment, where it has reviewers. */
async function approvalsFor({ github, context }: ForgeJob, environment: string): Promise<Approval[] | null> {
  const all = await approvalsOf(github, context.runId);
  const time = new Date().toISOString();
  const own = all.filter((approval) => approval.environment === environment);
  return own.length === 0 ? null : own.map(({ by, id }) => ({ by, id, time }));
}
