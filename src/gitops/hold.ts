import { checkVersion, listVersions } from '../registry/index.ts';
import { checkName, LockstepError, type Workspace } from '../workspace/index.ts';
import { writeBranch } from './branch/branch-write.ts';
import { printMessage } from './branch/commit-message.ts';
import type { Proposal } from './branch/proposal.ts';
import { type Effects, realEffects } from './effects.ts';
import { holdsPath } from './folder/environment-folder.ts';
import { addHold, checkReason, makeHold, readHolds, removeHold } from './holds.ts';

export interface HoldRequest {
  readonly model: string;
  readonly version: string;
  readonly reason: string;
  /** True takes the hold away again. */
  readonly release: boolean;
}

export interface HoldResult {
  readonly model: string;
  readonly version: string;
  readonly held: boolean;
  /** Null when it was so already, or is proposed. */
  readonly commit: string | null;
  /** Where people merge it; null where it is on the branch. */
  readonly proposal: Proposal | null;
}

/** Holds a version, or releases it, in one commit. Errors: E_USAGE (no reason), E_VERSION, E_VERSION_UNKNOWN, those of `writeBranch`. */
export async function hold(
  workspace: Workspace,
  request: HoldRequest,
  effects: Effects = realEffects,
): Promise<HoldResult> {
  const { model, version, release } = request;
  checkName(model, 'model');
  checkVersion(version);
  const reason = checkReason(request.reason);
  const result: HoldResult = { model, version, held: !release, commit: null, proposal: null };
  const what = `the ${release ? 'release' : 'hold'} of ${model} ${version}`;
  const proposal = `${release ? 'release' : 'hold'}/${model}/${version}`;
  const options = { effects, tagsOf: model, what, proposal };
  const written = await writeBranch(workspace, options, async (tip, ident) => {
    const file = await readHolds(workspace, tip, model);
    const held = file.holds.some((entry) => entry.version === version);
    if (held !== release) return { kind: 'done', result };
    if (!release) await checkKnown(workspace, model, version);
    const text = release
      ? removeHold(file, version)
      : addHold(file, makeHold(version, ident, effects.now(), reason));
    const message = printMessage({ event: release ? 'release' : 'hold', model, version, reason });
    return {
      kind: 'write',
      result,
      change: { files: new Map([[holdsPath(model), Buffer.from(text)]]), message },
    };
  });
  return { ...result, commit: written.commit, proposal: written.proposal };
}

/** A typing error would hold nothing. */
async function checkKnown(workspace: Workspace, model: string, version: string): Promise<void> {
  const known = (await listVersions(workspace.root, model)).map((entry) => entry.version);
  if (known.includes(version)) return;
  throw new LockstepError('E_VERSION_UNKNOWN', {
    what: `${model} has no version ${version}`,
    allowed: known.slice(-10).reverse().join(', ') || 'no version is registered yet',
    fix: `see \`lockstep history ${model}\``,
  });
}
