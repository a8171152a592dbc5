import { statSync } from 'node:fs';
import { type ObjectRef as FileRef, openStore } from '../data/index.ts';
import type { Subject } from '../evaluation/index.ts';
import { readFolders, readTip, type Tip, verifyFolder } from '../gitops/index.ts';
import { pullEvidence, readEvidence } from '../image/index.ts';
import {
  baseCommit,
  listVersions,
  type ReleaseRecord,
  readRelease,
  retrainedOf,
  type Trust,
  trustedKeys,
} from '../registry/index.ts';
import { type Digest, isLockstepError, LockstepError, type Workspace } from '../workspace/index.ts';
import { workspaceAt } from './base.ts';

/** What a candidate is judged against. */
export type Baseline =
  | { readonly kind: 'version'; readonly record: ReleaseRecord; readonly environment: string | null }
  /** No version of this model exists: the simplest model for the task. */
  | { readonly kind: 'simplest' };

export interface Champions {
  readonly baseline: Baseline;
  /** Tip of the branch `environments` that this was read at. */
  readonly tip: string | null;
}

/**
 * The version in production, else in the environment before it, and so on; else the newest version; with none,
 * the simplest model. Read at the tip of `environments`, never from the change being judged. `ask: 'never'` takes
 * the branch as it was last fetched.
 */
export async function chooseBaseline(
  workspace: Workspace,
  model: string,
  { base, ask }: { readonly base: string | null; readonly ask: 'required' | 'try' | 'never' },
): Promise<Champions> {
  const tip = await readTip(workspace, { tagsOf: model, ask });
  const trust = await trustedKeys(workspace, base, { local: true });
  const running = await runningVersion(workspace, model, tip, trust);
  if (running !== null) return { baseline: running, tip: tip.commit };
  const newest = (await listVersions(workspace.root, model))
    .filter(({ version, deregistered }) => !deregistered && isMains(workspace, version))
    .at(-1);
  if (!newest) return { baseline: { kind: 'simplest' }, tip: tip.commit };
  const { record } = await readRelease(workspace, model, newest.version, { trust, askOrigin: false });
  return { baseline: { kind: 'version', record, environment: null }, tip: tip.commit };
}

/**
 * Brings what a candidate of a model will be judged against, for a judge that has no token to ask with: the branch
 * `environments`, and the evidence of the version that runs. Returns the baseline's name. Errors: E_GIT, E_SIGNATURE,
 * and those of the registry.
 */
export async function fetchBaseline(workspace: Workspace, model: string, base: string): Promise<string> {
  const judging = await workspaceAt(workspace, base);
  const { baseline } = await chooseBaseline(judging, model, { base, ask: 'required' });
  if (baseline.kind === 'version') {
    const { name, digest } = baseline.record.image;
    await pullEvidence(judging, name, digest);
  }
  return baselineName(baseline);
}

/** As of the last fetch; null where that is too long ago to know the keys that signed since. */
export async function knownChampions(
  workspace: Workspace,
  model: string,
  base: string | null,
): Promise<Champions | null> {
  try {
    return await chooseBaseline(workspace, model, { base, ask: 'never' });
  } catch (error) {
    if (isLockstepError(error, 'E_SIGNATURE')) return null;
    throw error;
  }
}

/** What an environment trained on its own data is no measure for what main trains on main's. */
const isMains = ({ configuration }: Workspace, version: string): boolean =>
  retrainedOf(version, configuration.environments) === null;

/** What runs furthest on the way to production. A folder that does not verify runs nothing we would compare with. */
async function runningVersion(
  workspace: Workspace,
  model: string,
  tip: Tip,
  trust: Trust,
): Promise<Baseline | null> {
  const running = await releasesOf(workspace, model, tip, trust);
  for (const environment of workspace.configuration.environments.toReversed()) {
    const record = running.get(environment);
    if (record && isMains(workspace, record.version)) return { kind: 'version', record, environment };
  }
  return null;
}

/** The release that one environment's folder names, verified; null when it names none, or lies. */
export async function runningIn(
  workspace: Workspace,
  model: string,
  environment: string,
  base: string | null,
): Promise<ReleaseRecord | null> {
  const tip = await readTip(workspace, { tagsOf: model, ask: 'try' });
  const trust = await trustedKeys(workspace, base, { local: true });
  return (await releasesOf(workspace, model, tip, trust)).get(environment) ?? null;
}

/** What runs in one environment as of the last fetch, else the version that is trained for it. */
export async function championIn(
  workspace: Workspace,
  environment: string,
  trained: ReleaseRecord,
): Promise<Champions> {
  const { model } = trained;
  const tip = await readTip(workspace, { tagsOf: model, ask: 'never' });
  const trust = await trustedKeys(workspace, await baseCommit(workspace), { local: true });
  const running = (await releasesOf(workspace, model, tip, trust)).get(environment);
  const baseline = running
    ? { kind: 'version' as const, record: running, environment }
    : { kind: 'version' as const, record: trained, environment: null };
  return { baseline, tip: tip.commit };
}

async function releasesOf(
  workspace: Workspace,
  model: string,
  tip: Tip,
  trust: Trust,
): Promise<Map<string, ReleaseRecord>> {
  const folders = (await readFolders(workspace, tip)).filter((folder) => folder.model === model);
  return new Map(
    folders.flatMap(({ environment, files }) => {
      const verdict = verifyFolder({ model, environment, files, trust });
      return verdict.kind === 'verified' ? [[environment, verdict.release.record] as const] : [];
    }),
  );
}

export const baselineName = (baseline: Baseline): string => {
  if (baseline.kind === 'simplest') return 'the simplest model';
  return `${baseline.record.version}${baseline.environment === null ? '' : ` in ${baseline.environment}`}`;
};

export const subjectOf = ({ record, environment }: Extract<Baseline, { kind: 'version' }>): Subject => ({
  kind: 'version',
  version: record.version,
  modelDigest: record.modelDigest,
  ...(environment === null ? {} : { environment }),
});

/** An object of a registered version: from the store, else from the evidence beside its image. Errors: E_BASELINE_MISSING. */
export async function evidenceObject(
  workspace: Workspace,
  record: Pick<ReleaseRecord, 'model' | 'version'> & {
    readonly image: Pick<ReleaseRecord['image'], 'name' | 'digest'>;
  },
  digest: Digest,
): Promise<FileRef & { path: string }> {
  const store = openStore(workspace);
  if (!store.has(digest)) {
    const find = () =>
      Object.values(readEvidence(workspace, record.image.digest)).find((file) => file.digest === digest);
    const found =
      find() ??
      ((await pullEvidence(workspace, record.image.name, record.image.digest)) ? find() : undefined);
    if (found) await store.putFile(found.path);
  }
  if (!store.has(digest)) {
    throw new LockstepError('E_BASELINE_MISSING', {
      what: `${digest} of ${record.model} ${record.version} is neither in the store nor beside its image`,
      allowed: 'a registered version whose evidence can be read',
      fix: `fetch the image ${record.image.name}@${record.image.digest} with its evidence`,
    });
  }
  const path = store.pathOf(digest);
  return { digest, size: statSync(path).size, path };
}
