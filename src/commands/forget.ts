import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Forgotten, forgetData, type LockEntry, lockedEntries, openStore } from '../data/index.ts';
import { listPipelines, type RunRecord, type StageRecord } from '../pipeline/index.ts';
import { committer, listAllVersions, personOf } from '../registry/index.ts';
import {
  type Digest,
  LockstepError,
  pipelinePath,
  statePath,
  tryGit,
  type Workspace,
} from '../workspace/index.ts';
import { findRoots } from './gc-roots.ts';
import { entriesIn, readPlaces } from './locks-in-git.ts';

export interface ForgetWish {
  readonly dataset: string;
  readonly file?: string | undefined;
  readonly reason: string;
  readonly apply: boolean;
}

export interface ForgetReport extends Forgotten {
  readonly reason: string;
  /** Models that run records of this machine or version tags show to have come after reading it. */
  readonly models: readonly string[];
  /** Pipelines that name it, and so end with E_DATA_MISSING. */
  readonly pipelines: readonly string[];
}

/**
 * Forgets a dataset, or one file of a folder, in every version that Git knows of, whichever lock names it. Errors:
 * E_DATA_MISSING for a dataset that no lock names, E_GIT in a shallow clone, E_GIT_IDENTITY, and those of `forgetData`.
 */
export async function forget(workspace: Workspace, wish: ForgetWish): Promise<ForgetReport> {
  const { dataset, file, reason, apply } = wish;
  await checkWhole(workspace);
  const now = Date.now();
  const roots = await findRoots(workspace, { history: 'all', runs: 0, complete: false, now });
  const entries = lockedEntries(workspace);
  const key = keyOf(dataset, [...entries, ...roots.datasets]);
  const versions = roots.datasets.filter((version) => version.key === key);
  const digests = new Set(versions.map(({ digest }) => digest));
  const { derived, models } = derivedFrom(workspace, digests);
  const versionsUsing = await versionTags(workspace, digests);
  const others = entries.filter((entry) => entry.key !== key);
  const forgotten = await forgetData(workspace, {
    key,
    file,
    versions,
    current: entries.filter((entry) => entry.key === key),
    others,
    reason,
    by: apply ? personOf(await committer(workspace.root)) : '',
    at: new Date(now).toISOString(),
    derived: await notLocked(workspace, derived, others),
    apply,
  });
  return {
    ...forgotten,
    reason,
    models: [...new Set([...versionsUsing, ...models])].sort(),
    pipelines: listPipelines(workspace).filter((model) =>
      pipelineText(workspace, model).includes(`data:${key}`),
    ),
  };
}

function keyOf(dataset: string, known: readonly Pick<LockEntry, 'key'>[]): string {
  const wanted = dataset.replace(/^data\//, '').replace(/\/$/, '');
  const found = known.find(({ key }) => key === wanted || key === `${wanted}/`);
  if (found) return found.key;
  throw new LockstepError('E_DATA_MISSING', {
    what: `no lock in this clone's history names "${dataset}"`,
    allowed: "a dataset that is or was in data.lock, or in an environment's data.<environment>.lock",
    fix: 'take its key from one of them: `lockstep data status` lists those of data.lock',
  });
}

async function checkWhole({ root }: Workspace): Promise<void> {
  const { status, stdout } = await tryGit(['rev-parse', '--is-shallow-repository'], { cwd: root });
  if (status !== 0 || stdout.trim() !== 'true') return;
  throw new LockstepError('E_GIT', {
    what: 'this clone is shallow: it does not know the earlier versions that must go too',
    fix: 'git fetch --unshallow --tags',
  });
}

/** Follows stages from their inputs to their outputs, through all run records of this machine. */
function derivedFrom(
  workspace: Workspace,
  from: ReadonlySet<Digest>,
): { derived: Set<Digest>; models: string[] } {
  const runs = statePath(workspace, 'runs');
  const records = jsonFiles(runs, 'record.json').flatMap((record) => (record as RunRecord).stages ?? []);
  const stages = [...records, ...(jsonFiles(join(runs, 'stages'), null) as StageRecord[])];
  const reached = new Set(from);
  for (let before = 0; before !== reached.size; ) {
    before = reached.size;
    for (const { inputs, outputs } of stages) {
      if (!Object.values(inputs ?? {}).some((digest) => reached.has(digest))) continue;
      for (const { digest } of Object.values(outputs ?? {})) reached.add(digest);
    }
  }
  const models = (jsonFiles(runs, 'record.json') as RunRecord[])
    .filter(({ stages: own = [] }) =>
      own.some(({ inputs }) => Object.values(inputs).some((one) => from.has(one))),
    )
    .map(({ model, fingerprint }) => `${model} (run ${fingerprint.slice(7, 19)})`);
  return { derived: new Set([...reached].filter((digest) => !from.has(digest))), models };
}

/** The JSON files of a folder (`name` null), or those called so in its folders; what is none is passed over. */
function jsonFiles(folder: string, name: string | null): unknown[] {
  let found: string[];
  try {
    found = readdirSync(folder);
  } catch {
    return []; // No run yet.
  }
  return found.flatMap((entry) => {
    try {
      const path = name === null ? join(folder, entry) : join(folder, entry, name);
      return [JSON.parse(readFileSync(path, 'utf8')) as unknown];
    } catch {
      return [];
    }
  });
}

/** Registered versions whose commits lock one of the digests. */
async function versionTags(workspace: Workspace, digests: ReadonlySet<Digest>): Promise<string[]> {
  const { root } = workspace;
  const tags = [...(await listAllVersions(root)).values()].flat();
  const places = tags.map(({ tag, commit }) => ({ spec: `${commit}:./data.lock`, why: tag }));
  const locks = await readPlaces(root, places);
  return locks.flatMap(({ whys, bytes }) =>
    entriesIn(bytes).some(({ digest }) => digests.has(digest)) ? whys : [],
  );
}

/** An output that somebody locked as a dataset of its own stays. */
async function notLocked(
  workspace: Workspace,
  derived: ReadonlySet<Digest>,
  others: readonly LockEntry[],
): Promise<Set<Digest>> {
  const store = openStore(workspace);
  const locked = new Set(others.map(({ digest }) => digest));
  for (const { digest, files } of others) {
    const manifest = files !== undefined && store.has(digest) ? (await store.read(digest)).toString() : '';
    for (const [hex] of manifest.matchAll(/^[0-9a-f]{64}/gm)) locked.add(`sha256:${hex}`);
  }
  return new Set([...derived].filter((digest) => !locked.has(digest)));
}

function pipelineText(workspace: Workspace, model: string): string {
  try {
    return readFileSync(pipelinePath(workspace, model, 'pipeline.yaml'), 'utf8');
  } catch {
    return ''; // None here.
  }
}
