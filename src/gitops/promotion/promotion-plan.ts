import {
  type Envelope,
  personOf,
  type ReleaseRecord,
  readRelease,
  signStatement,
  type Trust,
} from '../../registry/index.ts';
import { canonicalJson, type Workspace } from '../../workspace/index.ts';
import type { BranchChange } from '../branch/branch-objects.ts';
import { type BranchEvent, printMessage, summary } from '../branch/commit-message.ts';
import { readFolder, type Tip, tagStandsAlone } from '../branch/tip.ts';
import type { Effects } from '../effects.ts';
import { imageReference } from '../folder/environment-folder.ts';
import { planFolder, printRelease, promotionStatement } from '../folder/folder-plan.ts';
import { verifyFolder } from '../folder/verify-folder.ts';
import { nextTag } from '../tags/next-tag.ts';
import { type Decision, decide, type PromotionRequest } from './decision.ts';

/** What a promotion would do on one tip: data, to be shown or applied. */
export type PromotionPlan =
  | {
      readonly kind: 'already';
      readonly record: ReleaseRecord;
      readonly from: string;
      readonly promotion: Envelope;
    }
  | {
      readonly kind: 'write';
      readonly record: ReleaseRecord;
      readonly from: string | null;
      readonly tag: string;
      /** The tag that asked for it; null where none did. */
      readonly asked: string | null;
      readonly change: BranchChange;
      readonly release: string;
      readonly promotion: Envelope;
    };

interface PlanContext {
  readonly trust: Trust;
  readonly ident: string;
  readonly effects: Effects;
}

export async function planPromotion(
  workspace: Workspace,
  tip: Tip,
  request: PromotionRequest,
  context: PlanContext,
): Promise<PromotionPlan> {
  const { model, version, environment } = request;
  const { record, envelope } = await readRelease(workspace, model, version, { trust: context.trust });
  const current = await currentRelease(workspace, tip, model, environment, context.trust);
  if (
    current.verified?.version === version &&
    canonicalJson(current.verified.recordEnvelope) === canonicalJson(envelope)
  ) {
    return { kind: 'already', record, from: version, promotion: current.verified.promotionEnvelope };
  }
  const decision = await decide(
    workspace,
    tip,
    record,
    environment,
    context.trust,
    context.effects,
    request.approvals,
  );
  const folder = await planFolder(workspace, tip, {
    model,
    environment,
    record,
    recordEnvelope: envelope,
    trust: context.trust,
    promotion: (digests) =>
      signStatement(
        workspace,
        promotionStatement({ ...digests, ...factsOf(decision, request, tip, context) }, record, envelope),
        environment,
      ),
  });
  const tag = request.tag ?? (await nextTag(workspace, model, environment));
  const event: BranchEvent = {
    event: 'promotion',
    model,
    version,
    environment,
    from: current.version ?? undefined,
    image: imageReference(record.image),
    evaluation: record.evaluation,
    tag: tagInCommit(workspace, tag, request.tag),
  };
  return {
    kind: 'write',
    record,
    from: current.version,
    tag,
    asked: request.tag ?? null,
    release: printRelease(envelope, folder.promotion),
    promotion: folder.promotion,
    change: {
      files: folder.files,
      message: printMessage(event),
      ...(request.tag === undefined
        ? {
            tag: {
              name: tag,
              commit: record.commit,
              message: `${summary(event)}\n\n${canonicalJson(folder.promotion)}`,
            },
          }
        : {}),
    },
  };
}

/** A tag that is made after the commit may get another number: it names the commit's promotion, and not the other way. */
export const tagInCommit = (workspace: Workspace, tag: string, asked?: string): string | undefined =>
  tagStandsAlone(workspace) ? asked : tag;

const factsOf = (
  { checks, observed }: Decision,
  { environment, approvals }: PromotionRequest,
  tip: Tip,
  { ident, effects }: PlanContext,
) => ({
  environment,
  ...(approvals === undefined ? {} : { approvals }),
  checks,
  observed,
  tip: tip.commit,
  made: { by: personOf(ident), time: effects.now().toISOString() },
});

/** What a folder names now: its proven release, or at least the version it claims. */
export async function currentRelease(
  workspace: Workspace,
  tip: Tip,
  model: string,
  environment: string,
  trust: Trust,
) {
  const files = await readFolder(workspace, tip, model, environment);
  if (files === null) return { files, verified: null, version: null };
  const verdict = verifyFolder({ model, environment, files, trust });
  if (verdict.kind === 'verified')
    return { files, verified: verdict.release, version: verdict.release.version };
  return { files, verified: null, version: 'something unproven' };
}
