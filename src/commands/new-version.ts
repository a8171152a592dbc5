import { openStore } from '../data/index.ts';
import { readTip } from '../gitops/index.ts';
import { attachEvidence, isRegistryName, pushImage } from '../image/index.ts';
import type { ModelFile } from '../model/index.ts';
import {
  committer,
  createVersionTag,
  listVersions,
  personOf,
  type ReleaseRecord,
  type VersionTag,
  versionTag,
} from '../registry/index.ts';
import { type Digest, isLockstepError, LockstepError, type Workspace } from '../workspace/index.ts';
import { evidenceOf } from './evidence.ts';
import { buildModelImage } from './model-image.ts';
import type { ModelRun } from './run.ts';

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

/** What is known of a version that is there already. */
const unchanged = ({ model, version, commit, image, modelDigest }: ReleaseRecord): RegisterResult => ({
  model,
  version,
  tag: versionTag(model, version),
  commit,
  image: `${image.name}@${image.digest}`,
  modelDigest,
  outcome: 'unchanged',
  pushed: false,
  public: null,
  base: null,
});

/**
 * A version must be able to reach an environment, the first unless it is trained for another; what later ones think
 * stands in the record. Errors: E_GATE_REFUSED.
 */
export function refuseUnlessPassing({ judgement, run }: ModelRun, wanted: string): void {
  const verdict = judgement.verdicts.find(({ environment }) => environment === wanted);
  if (verdict?.verdict === 'pass') return;
  throw new LockstepError('E_GATE_REFUSED', {
    what: `${run.pipeline.model}: the verdict for ${wanted} is ${verdict?.verdict ?? 'missing'}: ${verdict?.reasons.slice(0, 2).join('; ') ?? ''}`,
    allowed: 'only what passes the gate gets a version',
    fix: 'improve the model; a check is waived in policy.yaml on the default branch',
  });
}

export interface NewVersion {
  readonly model: string;
  readonly version: string;
  readonly commit: string;
  readonly done: ModelRun;
  readonly modelFile: ModelFile;
  readonly platform?: string;
  /** Done before the tag, which ends it: whoever is cut off here begins again. */
  readonly beforeTag?: (image: Pick<RegisterResult, 'image' | 'public' | 'base'>) => Promise<void>;
}

const mostTries = 10;

/**
 * Registers what `choose` makes of the versions that this clone knows, unless that has one already: whoever calls has asked
 * origin. Who loses the race for a version asks, chooses and builds the image again, never the model. Errors: those of
 * `choose`, the image room and the registry.
 */
export async function registerNext(
  workspace: Workspace,
  model: string,
  choose: (versions: readonly VersionTag[]) => Promise<NewVersion | ReleaseRecord>,
): Promise<RegisterResult> {
  for (let tries = 1; ; tries++) {
    if (tries > 1) await readTip(workspace, { tagsOf: model, ask: 'required' });
    const chosen = await choose(await listVersions(workspace.root, model));
    if (!('done' in chosen)) return unchanged(chosen);
    try {
      return await register(workspace, chosen);
    } catch (error) {
      if (tries === mostTries || !isLockstepError(error, 'E_TAG_EXISTS')) throw error;
    }
  }
}

/** Image, evidence and, last, the signed tag. */
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
