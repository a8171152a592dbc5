import { checkVersion } from '../../registry/index.ts';
import { canonicalJson, checkEnvironment, checkName, type Workspace } from '../../workspace/index.ts';
import { writeBranch } from '../branch/branch-write.ts';
import { printMessage, summary } from '../branch/commit-message.ts';
import { promotionProposal } from '../branch/proposal.ts';
import { tipAt } from '../branch/tip.ts';
import { type Effects, realEffects } from '../effects.ts';
import { folderOf, imageReference, releaseFile } from '../folder/environment-folder.ts';
import { openReleaseFile } from '../folder/evidence.ts';
import { planFolder } from '../folder/folder-plan.ts';
import { checkNotHeld, readHolds } from '../holds.ts';
import { nextTag } from '../tags/next-tag.ts';
import { checkNotFrozen } from './environment-rules.ts';
import { finish, type PromotionResult, raceLost } from './promotion.ts';
import { currentRelease, type PromotionPlan, tagInCommit } from './promotion-plan.ts';
import { currentTrust } from './run-key.ts';

export interface DeployRequest {
  readonly model: string;
  readonly environment: string;
  /** A release.json that `promote --decide` wrote: the record and the signed decision. */
  readonly release: Buffer;
  /** Its name, for messages. */
  readonly file: string;
  readonly observe?: number;
}

/**
 * Makes one environment name one release that was decided before (`promote --decide`), in one commit, and reads it
 * back. It decides nothing: both signatures must hold, the version must not be held since, and the environment must
 * still be as it was when the decision was made. Errors: E_PROMOTE_FROZEN, E_SIGNATURE, E_RECORD_FORMAT, E_VERDICT_*,
 * E_PROMOTE_HELD, E_PROMOTE_RACE, those of `writeBranch`.
 */
export async function deploy(
  workspace: Workspace,
  request: DeployRequest,
  effects: Effects = realEffects,
): Promise<PromotionResult> {
  const { model, environment, file } = request;
  checkName(model, 'model');
  checkEnvironment(workspace.configuration, environment);
  const trust = await currentTrust(workspace);
  const evidence = openReleaseFile(request.release, { model, environment, trust, file });
  const { record, recordEnvelope, promotion, promotionEnvelope } = evidence;
  checkVersion(record.version);
  const started = effects.now();
  const written = await writeBranch<PromotionPlan>(
    workspace,
    {
      effects,
      tagsOf: model,
      what: `the deployment of ${model} ${record.version} to ${environment}`,
      proposal: promotionProposal({ model, version: record.version, environment }),
    },
    async (tip) => {
      const current = await currentRelease(workspace, tip, model, environment, trust);
      if (
        current.verified &&
        canonicalJson(current.verified.promotionEnvelope) === canonicalJson(promotionEnvelope)
      ) {
        const promotion = current.verified.promotionEnvelope;
        return { kind: 'done', result: { kind: 'already', record, from: record.version, promotion } };
      }
      checkNotHeld(workspace, await readHolds(workspace, tip, model), model, record.version);
      checkNotFrozen(workspace, environment, effects.now());
      const decidedOn = await tipAt(workspace, promotion.tip, 'local');
      if (evidenceOf(decidedOn, model, environment) !== evidenceOf(tip, model, environment)) {
        const then = await currentRelease(workspace, decidedOn, model, environment, trust);
        throw raceLost(
          model,
          environment,
          then.version,
          current.version,
          `promote ${model} ${record.version} --to ${environment}`,
        );
      }
      const folder = await planFolder(workspace, tip, {
        model,
        environment,
        record,
        recordEnvelope,
        trust,
        promotion: promotionEnvelope,
      });
      const tag = await nextTag(workspace, model, environment);
      const event = {
        event: 'promotion',
        model,
        version: record.version,
        environment,
        from: current.version ?? undefined,
        image: imageReference(record.image),
        evaluation: record.evaluation,
        tag: tagInCommit(workspace, tag),
      } as const;
      const change = {
        files: folder.files,
        message: printMessage(event),
        tag: {
          name: tag,
          commit: record.commit,
          message: `${summary(event)}\n\n${canonicalJson(promotionEnvelope)}`,
        },
      };
      return {
        kind: 'write',
        change,
        result: {
          kind: 'write',
          record,
          from: current.version,
          tag,
          asked: null,
          change,
          release: request.release.toString(),
          promotion: promotionEnvelope,
        },
      };
    },
  );
  const since = written.result.kind === 'already' ? new Date(0) : started;
  return finish(
    workspace,
    written.result,
    {
      environment,
      commit: written.commit,
      proposal: written.proposal,
      attempts: written.attempts,
      since,
      seconds: request.observe ?? 60,
    },
    effects,
  );
}

const evidenceOf = (
  tip: { entries: readonly { path: string; oid: string }[] },
  model: string,
  environment: string,
): string | undefined =>
  tip.entries.find(({ path }) => path === `${folderOf(model, environment)}/${releaseFile}`)?.oid;
