import { readTip, recordRunKey } from '../gitops/index.ts';
import { readModelFile } from '../model/index.ts';
import {
  type Bump,
  type ReleaseRecord,
  readRelease,
  retrainedOf,
  type VersionTag,
} from '../registry/index.ts';
import type { Workspace } from '../workspace/index.ts';
import { cleanCommit } from './clean-commit.ts';
import { keptRuns } from './kept-run.ts';
import { type NewVersion, type RegisterResult, refuseUnlessPassing, registerNext } from './new-version.ts';
import { versionAfter } from './next-version.ts';
import { type ModelRun, runModel } from './run.ts';

export interface RegisterOptions {
  /** How the version moves; by default as model.yaml says, and `major` where the contract breaks. */
  readonly bump?: Bump;
  readonly platform?: string;
  /** Told, for people, whether an earlier run's training was used. */
  readonly note?: (text: string) => void;
  readonly beforeTag?: NewVersion['beforeTag'];
}

/**
 * Gives what HEAD holds a version: judged again (from the cache), its image built and read back, and last the signed
 * tag. Errors: E_GIT_DIRTY, E_GATE_REFUSED, E_RUN_MISSING, and those of run, image and registry.
 */
export async function registerModel(
  workspace: Workspace,
  model: string,
  { bump, platform, note, beforeTag }: RegisterOptions = {},
): Promise<RegisterResult> {
  const commit = await cleanCommit(workspace, model);
  const find = keptRuns(workspace, model, note);
  const done = await runModel(workspace, model, find ? { find } : {});
  const modelFile = await readModelFile(workspace, model);
  await readTip(workspace, { tagsOf: model, ask: 'required' });
  return registerNext(workspace, model, async (versions) => {
    const same = await alreadyRegistered(workspace, versions, commit, done);
    if (same !== null) return same;
    refuseUnlessPassing(done, workspace.configuration.environments[0]!);
    await recordRunKey(workspace, model);
    return {
      model,
      version: await versionAfter(workspace, modelFile, versions, bump),
      commit,
      done,
      modelFile,
      ...(platform === undefined ? {} : { platform }),
      ...(beforeTag === undefined ? {} : { beforeTag }),
    };
  });
}

/** One version of a model per commit, and one per model digest; what environments trained for themselves is theirs. */
async function alreadyRegistered(
  workspace: Workspace,
  versions: readonly VersionTag[],
  commit: string,
  { judgement }: ModelRun,
): Promise<ReleaseRecord | null> {
  const digest = judgement.objects.model?.digest;
  for (const tag of versions.toReversed()) {
    if (tag.deregistered || retrainedOf(tag.version, workspace.configuration.environments)) continue;
    const { record } = await readRelease(workspace, tag.model, tag.version, { askOrigin: false });
    if (record.commit === commit || record.modelDigest === digest) return record;
  }
  return null;
}
