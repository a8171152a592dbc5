import {
  type Approval,
  checkVersion,
  committer,
  type Observation,
  type Trust,
} from '../../registry/index.ts';
import { checkEnvironment, checkName, LockstepError, type Workspace } from '../../workspace/index.ts';
import type { CanaryState } from '../agent/canary/state.ts';
import { writeBranch } from '../branch/branch-write.ts';
import { summary } from '../branch/commit-message.ts';
import { type Proposal, promotionProposal } from '../branch/proposal.ts';
import { isProposed, readTip, tagStandsAlone } from '../branch/tip.ts';
import { type Effects, realEffects } from '../effects.ts';
import { imageReference } from '../folder/environment-folder.ts';
import { awaitOutcome } from '../observation/observe.ts';
import { standTag } from '../tags/standing-tag.ts';
import type { PromotionRequest } from './decision.ts';
import { currentRelease, type PromotionPlan, planPromotion } from './promotion-plan.ts';
import { currentTrust, recordRunKey } from './run-key.ts';

export interface PromotionResult {
  readonly model: string;
  readonly version: string;
  readonly environment: string;
  /** What the environment named before; null when it named nothing. */
  readonly from: string | null;
  readonly image: string;
  readonly modelDigest: string;
  readonly tag: string | null;
  /** The commit on the branch; null when nothing was written. */
  readonly commit: string | null;
  readonly outcome: 'planned' | 'already' | 'proposed' | 'written' | 'observed';
  /** Where people merge it; null where it is on the branch. */
  readonly proposal: Proposal | null;
  readonly observed: Observation | null;
  /** The version's own canary, which goes on by itself. */
  readonly canary: CanaryState | null;
  readonly attempts: number;
}

export interface PromoteOptions extends PromotionRequest {
  /** How long to wait for the environment to answer with this version, in seconds, where somebody can answer. */
  readonly observe?: number;
}

/**
 * Moves an environment to a version: decides on the tip, writes one commit and one tag in one atomic push, reads it
 * back, and waits to see it run. Where it is there already nothing is written. Errors: those of `decide` and
 * `writeBranch`, E_PROMOTE_RACE when the environment changed under our hands, E_PROMOTE_REFUSED_BY_AGENT.
 */
export async function promote(
  workspace: Workspace,
  options: PromoteOptions,
  effects: Effects = realEffects,
): Promise<PromotionResult> {
  const { model, environment } = options;
  checkRequest(workspace, options);
  await recordRunKey(workspace, model, effects);
  const trust = await currentTrust(workspace);
  const started = effects.now();
  let first: string | null | undefined;
  const written = await writeBranch<PromotionPlan>(
    workspace,
    {
      effects,
      tagsOf: model,
      what: `the promotion of ${model} ${options.version} to ${environment}`,
      proposal: promotionProposal(options),
    },
    async (tip, ident) => {
      const plan = await planPromotion(workspace, tip, options, { trust, ident, effects });
      checkUnmoved(plan, first, options);
      first ??= plan.from;
      return plan.kind === 'already'
        ? { kind: 'done', result: plan }
        : { kind: 'write', change: plan.change, result: plan };
    },
  );
  const plan = written.result;
  const since = plan.kind === 'already' ? new Date(0) : started;
  return finish(
    workspace,
    plan,
    {
      environment,
      commit: written.commit,
      proposal: written.proposal,
      attempts: written.attempts,
      since,
      seconds: options.observe ?? 60,
      ...(plan.kind === 'already' && isProposed(workspace) ? { approvals: options.approvals } : {}),
    },
    effects,
  );
}

/** Everything that can be wrong before the branch is looked at. Errors: E_NAME, E_VERSION, E_ENV_UNKNOWN. */
function checkRequest(workspace: Workspace, { model, version, environment }: PromotionRequest): void {
  checkName(model, 'model');
  checkEnvironment(workspace.configuration, environment);
  checkVersion(version);
}

/** Who was overtaken on the same environment is told, rather than silently overwriting the other. */
function checkUnmoved(
  plan: PromotionPlan,
  first: string | null | undefined,
  { model, version, environment }: PromotionRequest,
): void {
  if (first === undefined || plan.kind === 'already' || plan.from === first) return;
  throw raceLost(model, environment, first, plan.from, `promote ${model} ${version} --to ${environment}`);
}

export const raceLost = (
  model: string,
  environment: string,
  expected: string | null,
  found: string | null,
  again: string,
): LockstepError =>
  new LockstepError('E_PROMOTE_RACE', {
    what: `${environment} of ${model} changed meanwhile: expected ${expected ?? 'nothing'}, found ${found ?? 'nothing'}`,
    allowed: 'one promotion of an environment after the other',
    fix: `look at \`lockstep status\`, then \`lockstep ${again}\` if you still want it`,
  });

interface Ending {
  readonly environment: string;
  readonly commit: string | null;
  readonly proposal: Proposal | null;
  readonly attempts: number;
  readonly since: Date;
  readonly seconds: number;
  /** Of the pull request that was merged, for the tag. */
  readonly approvals?: readonly Approval[] | undefined;
}

/** Makes the tag where it stands alone, waits for the environment and words the end. Errors: E_PROMOTE_REFUSED_BY_AGENT. */
export async function finish(
  workspace: Workspace,
  plan: PromotionPlan,
  ending: Ending,
  effects: Effects,
): Promise<PromotionResult> {
  const { record } = plan;
  const { environment, commit, attempts, proposal } = ending;
  if (proposal !== null) {
    const tag = plan.kind === 'write' ? plan.asked : null;
    return {
      ...describe(plan, environment),
      tag,
      commit,
      attempts,
      proposal,
      outcome: 'proposed',
      observed: null,
      canary: null,
    };
  }
  const tag = await standingTag(workspace, plan, environment, effects, ending.approvals);
  const outcome = await awaitOutcome(workspace, { ...ending, record }, effects);
  if (outcome.kind === 'refused') {
    throw new LockstepError('E_PROMOTE_REFUSED_BY_AGENT', {
      what: `the agent keeps ${environment} as it was and refuses ${record.model} ${record.version}: ${outcome.reasons.join('; ')}`,
      allowed: 'a release that starts and answers its golden and replayed requests',
      fix: `lockstep rollback ${record.model} --in ${environment} --reason "…"`,
    });
  }
  return {
    ...describe(plan, environment),
    tag,
    commit,
    attempts,
    proposal,
    outcome: outcome.kind === 'observed' ? 'observed' : plan.kind === 'already' ? 'already' : 'written',
    observed: outcome.kind === 'observed' ? outcome.observation : null,
    canary: outcome.kind === 'written' ? outcome.canary : null,
  };
}

/** The tag that names the promotion: in a commit's own push it is there already. */
async function standingTag(
  workspace: Workspace,
  plan: PromotionPlan,
  environment: string,
  effects: Effects,
  approvals?: readonly Approval[],
): Promise<string | null> {
  const { record, promotion } = plan;
  const { model, version, commit } = record;
  const from = plan.kind === 'write' ? (plan.from ?? undefined) : undefined;
  if (!tagStandsAlone(workspace)) return plan.kind === 'write' ? plan.tag : null;
  const words = summary({ event: 'promotion', model, version, environment, from });
  const ident = await committer(workspace.root);
  const standing = { model, version, environment, commit, summary: words, promotion, approvals };
  return standTag(workspace, standing, ident, effects);
}

/** The same for whatever an environment names now: for who was cut off between the commit and its tag. */
export async function standCurrentTag(
  workspace: Workspace,
  { model, environment }: Pick<PromotionRequest, 'model' | 'environment'>,
  trust: Trust,
  effects: Effects,
): Promise<string | null> {
  if (!tagStandsAlone(workspace)) return null;
  const tip = await readTip(workspace, { tagsOf: model, ask: 'required' });
  const { verified } = await currentRelease(workspace, tip, model, environment, trust);
  if (verified === null) return null;
  const { record, version, promotionEnvelope: promotion } = verified;
  return standingTag(workspace, { kind: 'already', record, from: version, promotion }, environment, effects);
}

const describe = (plan: PromotionPlan, environment: string) => ({
  model: plan.record.model,
  version: plan.record.version,
  environment,
  from: plan.from,
  image: imageReference(plan.record.image),
  modelDigest: plan.record.modelDigest,
  tag: plan.kind === 'write' ? plan.tag : null,
});

/** The plan on the tip as it is now, written nowhere. */
export async function previewPromotion(
  workspace: Workspace,
  request: PromotionRequest,
  effects: Effects = realEffects,
): Promise<{ result: PromotionResult; plan: PromotionPlan }> {
  checkRequest(workspace, request);
  const trust = await currentTrust(workspace);
  const ident = await committer(workspace.root);
  const tip = await readTip(workspace, { tagsOf: request.model, ask: 'required' });
  const plan = await planPromotion(workspace, tip, request, { trust, ident, effects });
  const result = {
    ...describe(plan, request.environment),
    commit: null,
    attempts: 0,
    proposal: null,
    outcome: plan.kind === 'already' ? 'already' : 'planned',
    observed: null,
    canary: null,
  } as const;
  return { result, plan };
}
