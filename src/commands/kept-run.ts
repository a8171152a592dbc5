import runSchema from '../../docs/schemas/run.json' with { type: 'json' };
import { openStore } from '../data/index.ts';
import { currentTrust, recordRunKey } from '../gitops/index.ts';
import { checkRegistryName, findRun, imageName, isRegistryName, keepRun } from '../image/index.ts';
import { keepStage, type RunOptions, type RunRecord } from '../pipeline/index.ts';
import { loadKey } from '../registry/index.ts';
import {
  checkSchema,
  type Digest,
  isLockstepError,
  LockstepError,
  parseJson,
  type Workspace,
} from '../workspace/index.ts';
import { adoptable } from './adopt.ts';
import { handedNames } from './candidate-file.ts';
import { type Expected, readHandover } from './handover.ts';
import { isMerged, type TrainedChange } from './kept-change.ts';
import { sourceOf } from './model-image.ts';

/**
 * Leaves a trained candidate in the registry of images, signed by this machine's key, for a later run of the same
 * fingerprint that trusts it. Whether the candidate's run may be trusted is the caller's to know: one that ran a
 * change's own code may be once all of that `change` is merged. Returns the fingerprints that find it. Errors: those
 * of `readHandover` and of the registry; E_HANDOVER_RECORD for a quick run.
 */
export async function keepTrained(
  workspace: Workspace,
  folder: string,
  { expected, change }: { readonly expected?: Expected; readonly change?: TrainedChange } = {},
): Promise<readonly Digest[]> {
  const { file, record, model, predictions } = await readHandover(workspace, folder, expected);
  if (file.quick || record.dirty) {
    throw new LockstepError('E_HANDOVER_RECORD', {
      what: file.quick ? 'a quick run' : 'a run with changes that no commit has',
      where: { file: 'candidate.json' },
      allowed: 'a whole run of a commit',
      fix: 'commit, and train again without --quick',
    });
  }
  await recordRunKey(workspace, record.model);
  const there = new Set([model, predictions].flatMap((ref) => ref?.digest ?? []));
  const fingerprints = [record.fingerprint, ...adoptable(record, there).map((stage) => stage.fingerprint)];
  const store = openStore(workspace);
  const files = handedNames.flatMap((name) => {
    const ref = file.files[name];
    return ref ? [[name, store.pathOf(ref.digest)] as const] : [];
  });
  const { commit, model: name } = record;
  const workflow = process.env.GITHUB_WORKFLOW_REF ?? null;
  const about = {
    model: name,
    fingerprints,
    files: Object.fromEntries(files),
    commit,
    workflow,
    ...(change === undefined ? {} : { change }),
  };
  await keepRun(workspace, about, { key: loadKey(workspace), source: sourceOf(process.env) });
  return fingerprints;
}

/** Asked before the work, so that none is in vain. Errors: E_IMAGE_REF where images are in no registry. */
export const checkKeepable = (workspace: Workspace, model: string): string =>
  checkRegistryName(imageName(workspace, model));

/**
 * Looks in the registry for stages that a trusted run trained. What can't be had, or is signed by nobody we trust, is
 * told to `report` and trained here. Null where images are in no registry.
 */
export function keptRuns(
  workspace: Workspace,
  model: string,
  report: (text: string) => void = () => {},
): NonNullable<RunOptions['find']> | null {
  if (!isRegistryName(imageName(workspace, model))) return null;
  return async (fingerprint) => {
    try {
      if (await bring(workspace, model, fingerprint)) report(`${model}: trained by an earlier run`);
    } catch (error) {
      if (!isLockstepError(error)) throw error;
      report(`${model}: what an earlier run kept is not used. ${error.message}`);
    }
  };
}

async function bring(workspace: Workspace, model: string, fingerprint: Digest): Promise<boolean> {
  const found = await findRun(workspace, { model, fingerprint }, () => currentTrust(workspace));
  if (found === null) return false;
  const { run, pathOf } = found;
  if (run.change !== undefined && !(await isMerged(workspace, run.change))) throw notMerged(run.commit);
  const store = openStore(workspace);
  for (const digest of Object.values(run.files)) await store.putFile(pathOf(digest));
  const bytes = await store.read(run.files['record.json']!);
  const record = checkSchema<RunRecord>(parseJson(bytes, 'record.json'), runSchema);
  const stages = adoptable(record, new Set(Object.values(run.files)));
  for (const stage of stages) keepStage(workspace, stage);
  return stages.some((stage) => stage.fingerprint === fingerprint);
}

const notMerged = (commit: string | null): LockstepError =>
  new LockstepError('E_HANDOVER_RECORD', {
    what: `trained by ${commit?.slice(0, 12) ?? 'no commit'}, a change of which not every file is here as it was`,
    allowed: 'a run whose code is all of this branch',
    fix: 'nothing: the stage runs here',
  });
