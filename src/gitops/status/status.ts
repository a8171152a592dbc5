import { baseCommit, type Observation, type ObservationRecord, trustedKeys } from '../../registry/index.ts';
import type { Digest, Workspace } from '../../workspace/index.ts';
import type { CanaryState } from '../agent/canary/state.ts';
import { agentEntry, livingAgent } from '../agent/running.ts';
import type { AgentState } from '../agent/state.ts';
import { foldersOf, readTip, type Tip, type TipOptions } from '../branch/tip.ts';
import { folderOf } from '../folder/environment-folder.ts';
import { type Hold, readAllHolds } from '../holds.ts';
import { lookAt, runs } from '../observation/observe.ts';
import { isOf } from '../observation/observed.ts';
import { type Behind, behindMain, type MainBranch, mainBranch } from './behind.ts';
import { changedAt } from './changed-at.ts';
import { type Proof, proveFolders } from './proof.ts';
import { readRecords } from './recorded.ts';
import { openStatusMemo, type Recorded, type StatusMemo } from './status-memo.ts';

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
  /** When the folder last changed, and by which commit of the branch. */
  readonly since: string | null;
  readonly placed: string | null;
  /** Digest of the promotion's envelope. */
  readonly promotion: Digest | null;
  /** Digest of the golden requests. */
  readonly golden: Digest | null;
  /** What was recorded of it since; null where nobody has seen it run and said so. */
  readonly recorded: Pick<ObservationRecord, 'observed' | 'verified'> | null;
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

/**
 * What is where: every model on the branch, or one, and every environment that names something. Errors: those of reading
 * trust and holds, and of `readTip` where origin must be asked.
 */
export async function statusOf(
  workspace: Workspace,
  only?: string,
  ask: TipOptions['ask'] = 'try',
): Promise<Status> {
  const [tip, base, main] = await Promise.all([
    readTip(workspace, { ask }),
    baseCommit(workspace),
    mainBranch(workspace),
  ]);
  const trust = await trustedKeys(workspace, base, { local: true });
  const isWanted = (model: string) => only === undefined || model === only;
  const memo = openStatusMemo(workspace, trust);
  const all = foldersOf(tip);
  const folders = all.filter(({ model }) => isWanted(model));
  const [proofs, changes, holds, records] = await Promise.all([
    proveFolders(workspace, folders, trust, memo),
    changedAt(workspace, tip, all, memo),
    readAllHolds(workspace, tip),
    readRecords(workspace, tip, trust, memo),
  ]);
  const byModel = Map.groupBy(proofs, ({ model }) => model);
  const order = workspace.configuration.environments;
  const agent = livingAgent(workspace);
  const names = [...new Set([...byModel.keys(), ...holds.keys()])].filter(isWanted).sort();
  const statuses = names.map(async (model): Promise<ModelStatus> => {
    const own = (byModel.get(model) ?? []).sort(
      (a, b) => order.indexOf(a.environment) - order.indexOf(b.environment),
    );
    const environments = own.map((proof) => {
      const folder = folderOf(model, proof.environment);
      const [since = null, placed = null] = changes[folder] ?? [];
      return environmentStatus(workspace, agent, proof, {
        since,
        placed,
        recorded: recordedIn(proof, placed, records.get(folder)),
      });
    });
    return {
      model,
      environments: await Promise.all(environments),
      holds: holds.get(model)?.().holds ?? [],
    };
  });
  const models = await withBehind(workspace, main, await Promise.all(statuses), memo);
  memo.save();
  return { tip: tip.commit, source: tip.source, models };
}

function recordedIn(
  { proven }: Proof,
  commit: string | null,
  record: Recorded | undefined,
): EnvironmentStatus['recorded'] {
  if (proven === null || commit === null || record === undefined) return null;
  const { promotion } = proven;
  return isOf(record, { promotion, commit })
    ? { observed: record.observed, verified: record.verified }
    : null;
}

async function withBehind(
  workspace: Workspace,
  main: MainBranch | null,
  models: readonly ModelStatus[],
  memo: StatusMemo,
): Promise<ModelStatus[]> {
  const copied = models.flatMap(({ model, environments }) =>
    environments.flatMap(({ environment, commit }) => (commit ? [{ model, environment, commit }] : [])),
  );
  const behind = await behindMain(workspace, main, copied, memo);
  return models.map(({ model, environments, ...rest }) => ({
    model,
    environments: environments.map((entry) => ({
      ...entry,
      behind: behind.get(folderOf(model, entry.environment)) ?? null,
    })),
    ...rest,
  }));
}

async function environmentStatus(
  workspace: Workspace,
  agent: AgentState | null,
  { model, environment, proven, problem }: Proof,
  placed: Pick<EnvironmentStatus, 'since' | 'placed' | 'recorded'>,
): Promise<EnvironmentStatus> {
  const sight = await lookAt(workspace, model, environment, new Date(), agent);
  const running = sight.kind === 'running' ? sight.observation : null;
  const canary = agentEntry(agent, model, environment)?.canary ?? null;
  const refusal = sight.kind === 'nobody' ? null : sight.refused;
  if (proven === null) {
    return {
      environment,
      version: null,
      image: null,
      modelDigest: null,
      commit: null,
      promotion: null,
      golden: null,
      behind: null,
      ...placed,
      state: 'unproven',
      running,
      refused: refusal?.reasons ?? [],
      canary,
      problem,
    };
  }
  const seen = {
    nobody: 'not observed',
    silent: 'no answer',
    running: running && runs(running, proven) ? 'observed' : 'other version answers',
  } as const;
  return {
    environment,
    ...proven,
    behind: null,
    ...placed,
    state: seen[sight.kind],
    running,
    refused: refusal?.image === proven.image ? refusal.reasons : [],
    canary,
    problem: null,
  };
}
