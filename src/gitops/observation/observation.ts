import {
  checkEnvironment,
  checkName,
  git,
  isLockstepError,
  type LockstepError,
  type Workspace,
} from '../../workspace/index.ts';
import { parseMessage } from '../branch/commit-message.ts';
import type { TipOptions } from '../branch/tip.ts';
import { type Effects, realEffects } from '../effects.ts';
import { rollback } from '../rollback/rollback.ts';
import type { RollbackResult } from '../rollback/rollback-note.ts';
import { type EnvironmentStatus, statusOf } from '../status/status.ts';
import { type Recording, recordSeen, type SeenRunning } from './recording.ts';
import { type LookOptions, look, type Sighting } from './sighting.ts';

export interface EnvironmentObservation {
  readonly model: string;
  readonly environment: string;
  readonly version: string | null;
  readonly sighting: Sighting;
  /** What was done about it, where the environment's `rollback` is `automatic`. */
  readonly rollback: RollbackResult | null;
}

export interface Observed {
  readonly environments: readonly EnvironmentObservation[];
  /** What the branch says of it now. */
  readonly recording: Recording;
}

export interface ObserveRequest extends LookOptions {
  readonly model?: string;
  readonly environment?: string;
  /** Whether origin must be asked what is where; what was fetched last does unless stated. */
  readonly ask?: TipOptions['ask'];
  /** Looks, and does nothing about it. */
  readonly dryRun?: boolean;
}

/**
 * Looks at every environment once, without waiting. A version that fails where `rollback: automatic` stands is put back and
 * held, in one commit; not when somebody has promoted another meanwhile, nor when it was put back itself: what makes two
 * versions fail is not the second one's fault. What was seen to run for the first time is recorded on the branch, in one
 * commit for all. Errors: E_NAME, E_ENV_UNKNOWN, E_ROLLBACK_NONE, E_PROMOTE_RACE, those of
 * `statusOf`, of reading statuses, and of `writeBranch` for a rollback.
 */
export async function observe(
  workspace: Workspace,
  { model: only, environment: wanted, ask, dryRun = false, ...options }: ObserveRequest,
  effects: Effects = realEffects,
): Promise<Observed> {
  if (only !== undefined) checkName(only, 'model');
  if (wanted !== undefined) checkEnvironment(workspace.configuration, wanted);
  // Told of one model, where others may be the cause: all are read.
  const found = await statusOf(workspace, options.statuses === undefined ? only : undefined, ask);
  const looks = found.models.flatMap(({ model, environments }) =>
    environments
      .filter(({ environment }) => (only ?? model) === model && (wanted ?? environment) === environment)
      .map((status) => ({ model, status })),
  );
  const environments: Looked[] = [];
  const seen: SeenRunning[] = [];
  for (const { model, status } of looks) {
    const { environment, version, placed } = status;
    const sighting = await look(workspace, found, model, status, options);
    environments.push({ model, environment, version, sighting, placed });
    const news = newsOf(model, status, sighting);
    if (news !== null) seen.push(news);
  }
  const recording: Recording = dryRun ? { kind: 'dry run' } : await recordSeen(workspace, seen, effects);
  return { environments: await goBackWhere(workspace, environments, { dryRun, effects }), recording };
}

type Looked = Omit<EnvironmentObservation, 'rollback'> & {
  /** Commit of the branch that put the version there. */
  readonly placed: string | null;
};

/** What can't be rolled back keeps no other from it. Errors: the first one's. */
async function goBackWhere(
  workspace: Workspace,
  environments: readonly Looked[],
  { dryRun, effects }: { readonly dryRun: boolean; readonly effects: Effects },
): Promise<EnvironmentObservation[]> {
  const done: EnvironmentObservation[] = [];
  const errors: LockstepError[] = [];
  for (const { placed, ...one } of environments) {
    const { model, environment, version, sighting } = one;
    const automatic = !dryRun && workspace.configuration.rules[environment]?.rollback === 'automatic';
    const failed = sighting.kind === 'failing' && automatic && version !== null;
    if (!failed || (await wasPutBack(workspace, placed))) {
      done.push({ ...one, rollback: null });
      continue;
    }
    const reason = `observed: ${sighting.reasons.join('; ')}`.slice(0, 500);
    const request = { model, environment, from: version, reason, hold: true, observe: 0 };
    try {
      done.push({ ...one, rollback: await rollback(workspace, request, effects) });
    } catch (error) {
      if (!isLockstepError(error)) throw error;
      errors.push(error);
    }
  }
  if (errors[0] !== undefined) throw errors[0];
  return done;
}

/** Whether a version stands there by a rollback. */
async function wasPutBack({ root }: Workspace, placed: string | null): Promise<boolean> {
  if (placed === null) return false;
  return parseMessage(await git(['log', '-1', '--format=%B', placed], { cwd: root }))?.event === 'rollback';
}

/** What the branch does not say yet. */
function newsOf(
  model: string,
  { environment, version, promotion, recorded }: EnvironmentStatus,
  sighting: Sighting,
): SeenRunning | null {
  if (version === null || promotion === null) return null;
  if (sighting.kind !== 'observed' && sighting.kind !== 'verified') return null;
  const golden = sighting.kind === 'verified' ? sighting.golden : null;
  if (recorded !== null && (recorded.verified !== null || golden === null)) return null;
  return { model, environment, version, promotion, by: sighting.by, golden };
}
