import { checkVersion, committer, fetchRefs, hasOrigin, type Trust } from '../../registry/index.ts';
import {
  canonicalJson,
  checkEnvironment,
  checkName,
  resolveCommit,
  type TreeEntry,
  type Workspace,
} from '../../workspace/index.ts';
import { type Attempt, writeBranch } from '../branch/branch-write.ts';
import { type BranchEvent, printMessage, summary } from '../branch/commit-message.ts';
import { readFolder, type Tip, tagStandsAlone } from '../branch/tip.ts';
import { type Effects, realEffects } from '../effects.ts';
import { folderOf, holdsPath, imageReference } from '../folder/environment-folder.ts';
import type { VerifiedRelease } from '../folder/evidence.ts';
import { addHold, checkNotHeld, checkReason, holdOn, makeHold, readHolds } from '../holds.ts';
import { awaitOutcome } from '../observation/observe.ts';
import { raceLost, standCurrentTag } from '../promotion/promotion.ts';
import { currentRelease, tagInCommit } from '../promotion/promotion-plan.ts';
import { currentTrust } from '../promotion/run-key.ts';
import { runUrl } from '../run-url.ts';
import { nextTag } from '../tags/next-tag.ts';
import { standTag } from '../tags/standing-tag.ts';
import { findEarlier, nothingEarlier } from './earlier-release.ts';
import { rolledBackBefore } from './rerun.ts';
import { type Done, noteOf, type RollbackRequest, type RollbackResult } from './rollback-note.ts';

/**
 * Puts an earlier verified folder back, byte for byte, and holds the version that is left, in one commit with a
 * promotion tag. Nothing but the branch's history is needed, so it works when the version's tag is gone.
 * Errors: E_ROLLBACK_NONE, E_PROMOTE_RACE, E_USAGE (no reason), those of `writeBranch`.
 */
export async function rollback(
  workspace: Workspace,
  request: RollbackRequest,
  effects: Effects = realEffects,
): Promise<RollbackResult> {
  const { model, environment } = request;
  checkName(model, 'model');
  checkEnvironment(workspace.configuration, environment);
  if (request.to !== undefined) checkVersion(request.to);
  const reason = checkReason(request.reason);
  const trust = await currentTrust(workspace);
  const note = noteOf(workspace, { ...request, reason });
  const finished = await note.finished();
  if (finished) {
    const tag = await standCurrentTag(workspace, request, trust, effects);
    return { ...finished, tag: tag ?? finished.tag };
  }
  const run = runUrl(process.env);
  let expected: string | null | undefined = request.from;
  let before: string | null = null;
  const written = await writeBranch<Done>(
    workspace,
    {
      effects,
      tagsOf: model,
      what: `the rollback of ${model} in ${environment}`,
      proposal: `rollback/${model}/${environment}`,
      // A second run must not go back a second time: what is about to be pushed is written down first.
      beforePush: (commit) => note.write(commit),
    },
    async (tip, ident) => {
      const { version, verified } = await currentRelease(workspace, tip, model, environment, trust);
      const done = verified && (await rolledBackBefore(workspace, tip, { ...request, reason }, run));
      if (done) {
        before = done.commit;
        return { kind: 'done', result: await resultOf(workspace, tip, done.event, verified) };
      }
      if (expected !== undefined && version !== expected)
        throw raceLost(model, environment, expected, version, `rollback ${model} --in ${environment}`);
      expected = version;
      const attempt = await planRollback(
        workspace,
        tip,
        { ...request, reason },
        { trust, ident, now: effects.now(), run },
      );
      note.expect(attempt.result);
      return attempt;
    },
  );
  const { release, ...result } = written.result;
  const { proposal } = written;
  if (proposal !== null) {
    note.clear();
    return { ...result, tag: null, commit: proposal.commit, outcome: 'proposed', proposal };
  }
  const tag = tagStandsAlone(workspace)
    ? await standTag(workspace, standingOf(written.result, reason), await committer(workspace.root), effects)
    : result.tag;
  const seconds = request.observe ?? 60;
  const outcome = await awaitOutcome(
    workspace,
    { record: release.record, environment, seconds, since: effects.now() },
    effects,
  );
  note.clear();
  return {
    ...result,
    tag,
    commit: written.commit ?? before!,
    outcome: outcome.kind === 'observed' ? 'observed' : 'written',
    proposal,
  };
}

const standingOf = ({ model, environment, from, to, release }: Done, reason: string) => ({
  model,
  version: to,
  environment,
  commit: release.record.commit,
  summary: summary({ event: 'rollback', model, version: to, environment, from, reason }),
  promotion: release.promotionEnvelope,
});

interface Context {
  readonly trust: Trust;
  readonly ident: string;
  readonly now: Date;
  readonly run: string | null;
}

/** What an earlier attempt did, read from its commit. */
async function resultOf(
  workspace: Workspace,
  tip: Tip,
  { model, version: to, from = unknown, environment = '', image = '', tag }: BranchEvent,
  release: VerifiedRelease,
): Promise<Done> {
  const { holds } = await readHolds(workspace, tip, model);
  const held = holds.some(({ version }) => version === from);
  return { model, environment, from, to, image, tag: tag ?? null, held, release };
}

async function planRollback(
  workspace: Workspace,
  tip: Tip,
  request: RollbackRequest,
  { trust, ident, now, run }: Context,
): Promise<Attempt<Done> & { kind: 'write' }> {
  const { model, environment, reason } = request;
  const left = await versionLeft(workspace, tip, model, environment);
  const holds = await readHolds(workspace, tip, model);
  if (request.to !== undefined) checkNotHeld(workspace, holds, model, request.to);
  const { environments } = workspace.configuration;
  const isHeld = (version: string) => holdOn(holds, version, environments) !== undefined;
  const { release, entries } = await findEarlier(workspace, tip, request, { left, isHeld }, trust);
  await haveCommit(workspace, release.record.commit);
  const files = restore(tip, folderOf(model, environment), entries);
  const held = request.hold && left !== unknown;
  const holdsNow = held && !holds.holds.some(({ version }) => version === left);
  if (holdsNow) files.set(holdsPath(model), Buffer.from(addHold(holds, makeHold(left, ident, now, reason))));
  const tag = await nextTag(workspace, model, environment);
  const image = imageReference(release.record.image);
  const event: BranchEvent = {
    event: 'rollback',
    model,
    version: release.version,
    environment,
    from: left,
    image,
    evaluation: release.record.evaluation,
    tag: tagInCommit(workspace, tag),
    reason,
    run: run ?? undefined,
  };
  return {
    kind: 'write',
    change: {
      files,
      message: printMessage(event),
      tag: {
        name: tag,
        commit: release.record.commit,
        message: `${summary(event)}\n\n${canonicalJson(release.promotionEnvelope)}`,
      },
    },
    result: { model, environment, from: left, to: release.version, image, tag, held, release },
  };
}

const unknown = 'something unproven';

/** The version that the folder claims, proven or not: it is the one to get away from. */
async function versionLeft(
  workspace: Workspace,
  tip: Tip,
  model: string,
  environment: string,
): Promise<string> {
  const files = await readFolder(workspace, tip, model, environment);
  const release = files?.find(({ path }) => path === 'release.json');
  try {
    const { record } = JSON.parse(release!.bytes.toString()) as { record: { payload: string } };
    const { predicate } = JSON.parse(Buffer.from(record.payload, 'base64').toString()) as {
      predicate: { version: string };
    };
    return checkVersion(predicate.version);
  } catch {
    if (files !== null) return unknown;
    throw nothingEarlier(model, environment, `${environment} of ${model} names nothing yet`, []);
  }
}

/** The old entries as they were, and nothing else below the folder. */
function restore(
  tip: Tip,
  folder: string,
  entries: readonly TreeEntry[],
): Map<string, Buffer | { oid: string } | null> {
  const files = new Map<string, Buffer | { oid: string } | null>();
  for (const { path } of tip.entries) if (path.startsWith(`${folder}/`)) files.set(path, null);
  for (const { path, oid } of entries) files.set(path, { oid });
  return files;
}

/** The tag needs the version's commit; promotion tags keep it alive at origin when its own tag is gone. */
async function haveCommit(workspace: Workspace, commit: string): Promise<void> {
  const { root } = workspace;
  if ((await resolveCommit(root, commit)) !== null || !(await hasOrigin(root))) return;
  await fetchRefs(root, [commit]);
}
