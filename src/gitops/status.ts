import { baseCommit, type Observation, trustedKeys } from '../registry/index.ts';
import { git, type Workspace } from '../workspace/index.ts';
import { agentEntry } from './agent/canary/running.ts';
import type { CanaryState } from './agent/canary/state.ts';
import { type Behind, behindMain } from './behind.ts';
import { folderOf, placeOf } from './environment-folder.ts';
import { type Hold, readHolds } from './holds.ts';
import { lookAt, runs } from './observe.ts';
import { type Folder, historyPaths, readFolders, readTip, type Tip } from './tip.ts';
import { verifyFolder } from './verify-folder.ts';

/** What one environment names, whether that is proven, and whether it was seen to run. */
export interface EnvironmentStatus {
  readonly environment: string;
  /** Null when the folder's evidence does not hold. */
  readonly version: string | null;
  readonly image: string | null;
  readonly modelDigest: string | null;
  /** Commit of the version, which its manifests were copied from too. */
  readonly commit: string | null;
  /** How the manifests on the main branch differ from what runs here; null when they don't. */
  readonly behind: Behind | null;
  /** When the folder last changed. */
  readonly since: string | null;
  readonly state: 'observed' | 'other version answers' | 'no answer' | 'not observed' | 'unproven';
  readonly running: Observation | null;
  /** Why the agent keeps something else running. */
  readonly refused: readonly string[];
  /** A version on its way, as the agent tells; null when one answers everything. */
  readonly canary: CanaryState | null;
  /** First of what `verify` would say. */
  readonly problem: string | null;
}

export interface ModelStatus {
  readonly model: string;
  readonly environments: readonly EnvironmentStatus[];
  readonly holds: readonly Hold[];
}

export interface Status {
  readonly tip: string | null;
  readonly source: Tip['source'];
  readonly models: readonly ModelStatus[];
}

/** What is where: every model on the branch and every environment that names something. */
export async function statusOf(workspace: Workspace, only?: string): Promise<Status> {
  const tip = await readTip(workspace);
  const trust = await trustedKeys(workspace, await baseCommit(workspace), { local: true });
  const [folders, since] = [await readFolders(workspace, tip), await changedAt(workspace, tip)];
  const order = workspace.configuration.environments;
  const names = new Set(tip.entries.flatMap(({ path }) => modelOf(path)));
  const models = [...names].sort().filter((model) => only === undefined || model === only);
  const statuses = models.map(async (model): Promise<ModelStatus> => {
    const own = folders
      .filter((folder) => folder.model === model)
      .sort((a, b) => order.indexOf(a.environment) - order.indexOf(b.environment));
    const environments = own.map((folder) =>
      environmentStatus(workspace, folder, trust, since.get(folderOf(model, folder.environment)) ?? null),
    );
    return {
      model,
      environments: await Promise.all(environments),
      holds: (await readHolds(workspace, tip, model)).holds,
    };
  });
  return {
    tip: tip.commit,
    source: tip.source,
    models: await withBehind(workspace, await Promise.all(statuses)),
  };
}

async function withBehind(workspace: Workspace, models: readonly ModelStatus[]): Promise<ModelStatus[]> {
  const copied = models.flatMap(({ model, environments }) =>
    environments.flatMap(({ environment, commit }) => (commit ? [{ model, environment, commit }] : [])),
  );
  const behind = await behindMain(workspace, copied);
  return models.map(({ model, environments, ...rest }) => ({
    model,
    environments: environments.map((entry) => ({
      ...entry,
      behind: behind.get(folderOf(model, entry.environment)) ?? null,
    })),
    ...rest,
  }));
}

const modelOf = (path: string): string[] => {
  const place = placeOf(path);
  return place === null || place.kind === 'keys' ? [] : [place.model];
};

async function environmentStatus(
  workspace: Workspace,
  folder: Folder,
  trust: Parameters<typeof verifyFolder>[0]['trust'],
  since: string | null,
): Promise<EnvironmentStatus> {
  const { model, environment } = folder;
  const verdict = verifyFolder({ ...folder, trust });
  const sight = await lookAt(workspace, model, environment, new Date());
  const running = sight.kind === 'running' ? sight.observation : null;
  const canary = agentEntry(workspace, model, environment)?.canary ?? null;
  const refusal = sight.kind === 'nobody' ? null : sight.refused;
  if (verdict.kind === 'refused') {
    return {
      environment,
      version: null,
      image: null,
      modelDigest: null,
      commit: null,
      behind: null,
      since,
      state: 'unproven',
      running,
      refused: refusal?.reasons ?? [],
      canary,
      problem: verdict.findings[0]!.message,
    };
  }
  const { version, image, record } = verdict.release;
  const seen = {
    nobody: 'not observed',
    silent: 'no answer',
    running: running && runs(running, record) ? 'observed' : 'other version answers',
  } as const;
  return {
    environment,
    version,
    image,
    modelDigest: record.modelDigest,
    commit: record.commit,
    behind: null,
    since,
    state: seen[sight.kind],
    running,
    refused: refusal?.image === image ? refusal.reasons : [],
    canary,
    problem: null,
  };
}

/** When each folder last changed, by one walk over the branch's history. */
async function changedAt(workspace: Workspace, tip: Tip): Promise<Map<string, string>> {
  const times = new Map<string, string>();
  if (tip.commit === null) return times;
  const log = await git(
    [
      'log',
      '--first-parent',
      '-m',
      '--format=%x00%ct',
      '--name-only',
      tip.commit,
      '--',
      ...historyPaths('*'),
    ],
    { cwd: workspace.root },
  );
  for (const entry of log.split('\0').slice(1)) {
    const [seconds, ...paths] = entry.split('\n').filter(Boolean);
    for (const path of paths) {
      const place = placeOf(path);
      const folder = place?.kind === 'folder' ? folderOf(place.model, place.environment) : null;
      if (folder && !times.has(folder)) times.set(folder, new Date(Number(seconds) * 1000).toISOString());
    }
  }
  return times;
}
