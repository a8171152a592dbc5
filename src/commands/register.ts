import { openStore } from '../data/index.ts';
import { readTip, recordRunKey } from '../gitops/index.ts';
import { attachEvidence, isRegistryName, pushImage } from '../image/index.ts';
import { type ModelFile, readModelFile } from '../model/index.ts';
import {
  type Bump,
  committer,
  createVersionTag,
  listVersions,
  personOf,
  type ReleaseRecord,
  readRelease,
  type VersionTag,
  versionTag,
} from '../registry/index.ts';
import { type Digest, isLockstepError, LockstepError, type Workspace } from '../workspace/index.ts';
import { cleanCommit } from './clean-commit.ts';
import { evidenceOf } from './evidence.ts';
import { keptRuns } from './kept-run.ts';
import { buildModelImage } from './model-image.ts';
import { versionAfter } from './next-version.ts';
import { type ModelRun, runModel } from './run.ts';

export interface RegisterOptions {
  /** How the version moves; by default as model.yaml says, and `major` where the contract breaks. */
  readonly bump?: Bump;
  readonly platform?: string;
  /** Told, for people, whether an earlier run's training was used. */
  readonly note?: (text: string) => void;
  /** Done before the tag, which ends it: whoever is cut off here begins again. */
  readonly beforeTag?: (image: Pick<RegisterResult, 'image' | 'public' | 'base'>) => Promise<void>;
}

export interface RegisterResult {
  readonly model: string;
  readonly version: string;
  readonly tag: string;
  readonly commit: string;
  /** `name@sha256:…` */
  readonly image: string;
  readonly modelDigest: Digest;
  /** `unchanged`: this very model, or this commit, has a version already. */
  readonly outcome: 'registered' | 'unchanged';
  readonly pushed: boolean;
  /** Whether anybody can pull the image; null where nobody else could, or nothing was pushed. */
  readonly public: boolean | null;
  /** What lies under it, and whether lockstep.yaml names its digest; null without one. */
  readonly base: { readonly reference: string; readonly pinned: boolean } | null;
}

const mostTries = 10;

/**
 * Gives what HEAD holds a version: judged again (from the cache), its image built and read back, and last the signed
 * tag. Who loses the race for a version builds the image again, never the model.
 * Errors: E_GIT_DIRTY, E_GATE_REFUSED, E_RUN_MISSING, and those of run, image and registry.
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
  for (let tries = 1; ; tries++) {
    const versions = await listVersions(workspace.root, model);
    const same = await alreadyRegistered(workspace, versions, commit, done);
    if (same !== null) return same;
    refuseUnlessPassing(workspace, done);
    await recordRunKey(workspace, model);
    const version = await versionAfter(workspace, modelFile, versions, bump);
    try {
      return await register(workspace, {
        model,
        version,
        commit,
        done,
        modelFile,
        ...(platform === undefined ? {} : { platform }),
        ...(beforeTag === undefined ? {} : { beforeTag }),
      });
    } catch (error) {
      if (tries === mostTries || !isLockstepError(error, 'E_TAG_EXISTS')) throw error;
      await readTip(workspace, { tagsOf: model, ask: 'required' });
    }
  }
}

/** One version of a model per commit, and one per model digest. */
async function alreadyRegistered(
  workspace: Workspace,
  versions: readonly VersionTag[],
  commit: string,
  { judgement }: ModelRun,
): Promise<RegisterResult | null> {
  const digest = judgement.objects.model?.digest;
  for (const tag of versions.toReversed()) {
    if (tag.deregistered) continue;
    const { record } = await readRelease(workspace, tag.model, tag.version, { askOrigin: false });
    if (record.commit !== commit && record.modelDigest !== digest) continue;
    const { model, version, image, modelDigest } = record;
    return {
      model,
      version,
      tag: versionTag(model, version),
      commit: record.commit,
      image: `${image.name}@${image.digest}`,
      modelDigest,
      outcome: 'unchanged',
      pushed: false,
      public: null,
      base: null,
    };
  }
  return null;
}

/** A version must be able to reach the first environment; what the later ones think stands in the record. */
function refuseUnlessPassing(workspace: Workspace, { judgement, run }: ModelRun): void {
  const [first] = workspace.configuration.environments;
  const verdict = judgement.verdicts.find(({ environment }) => environment === first);
  if (verdict?.verdict === 'pass') return;
  throw new LockstepError('E_GATE_REFUSED', {
    what: `${run.pipeline.model}: the verdict for ${first} is ${verdict?.verdict ?? 'missing'}: ${verdict?.reasons.slice(0, 2).join('; ') ?? ''}`,
    allowed: 'only what passes the gate gets a version',
    fix: 'improve the model; a check is waived in policy.yaml on the default branch',
  });
}

interface NewVersion {
  readonly model: string;
  readonly version: string;
  readonly commit: string;
  readonly done: ModelRun;
  readonly modelFile: ModelFile;
  readonly platform?: string;
  readonly beforeTag?: RegisterOptions['beforeTag'];
}

async function register(workspace: Workspace, release: NewVersion): Promise<RegisterResult> {
  const { model, version, commit, done, modelFile, platform } = release;
  const { objects, verdicts } = done.judgement;
  const built = await buildModelImage(workspace, {
    done,
    modelFile,
    version,
    revision: commit,
    ...(platform === undefined ? {} : { platform }),
  });
  await attachEvidence(workspace, built.digest, evidenceOf(openStore(workspace), done));
  const record: ReleaseRecord = {
    v: 1,
    model,
    version,
    commit,
    lock: done.run.record.lock,
    run: done.run.record.fingerprint,
    modelDigest: built.modelDigest,
    golden: built.golden,
    evaluation: objects.evaluation,
    predictions: objects.predictions.digest,
    policy: verdicts[0]!.binding.policy,
    verdicts: Object.fromEntries(
      verdicts.map(({ environment, verdict, reasons, checks }) => [
        environment,
        { verdict, digest: objects.verdicts[environment]!, reasons, checks },
      ]),
    ),
    image: { name: built.name, digest: built.digest, platform: built.platform },
    made: {
      by: personOf(await committer(workspace.root)),
      workflow: process.env.GITHUB_WORKFLOW_REF ?? null,
      time: new Date().toISOString(),
    },
  };
  const { name, digest } = built;
  const remote = isRegistryName(name);
  const push = () => pushImage(workspace, { name, digest, tag: version });
  const image = remote ? await push() : null;
  const seen = {
    image: `${built.name}@${built.digest}`,
    public: image?.public ?? null,
    base: built.base,
  };
  await release.beforeTag?.(seen);
  const { tag, pushed } = await createVersionTag(workspace, { record, commit, push: true });
  // Who lost the race for this version may have tagged its own image with it.
  if (remote) await push();
  return {
    model,
    version,
    tag,
    commit,
    modelDigest: record.modelDigest,
    outcome: 'registered',
    pushed,
    ...seen,
  };
}
