import type { SeenBy } from '../registry/index.ts';
import {
  checkEnvironment,
  checkName,
  isLockstepError,
  type LockstepError,
  printable,
  type Workspace,
} from '../workspace/index.ts';
import { type Effects, realEffects } from './effects.ts';
import { type Recording, recordSeen, type SeenRunning } from './recording.ts';
import { rollback } from './rollback.ts';
import type { RollbackResult } from './rollback-note.ts';
import { type EnvironmentStatus, type Status, statusOf } from './status.ts';
import { type ReadStatuses, toldOf } from './told.ts';

/** What was seen of one environment, against what its folder names. */
export type Sighting =
  /** The version answers as the model did offline. */
  | {
      readonly kind: 'verified';
      readonly golden: { readonly asked: number; readonly equal: number };
      readonly by: SeenBy;
    }
  /** The version runs; its golden requests were not asked from here, or not answered. */
  | { readonly kind: 'observed'; readonly by: SeenBy; readonly why?: string }
  /** It should answer, and does not, or another version still does: rolled out a moment ago, or in trouble. */
  | { readonly kind: 'waiting'; readonly what: string }
  /** Nobody here can say what runs. */
  | { readonly kind: 'not observed'; readonly why: string }
  /** The version was tried, and is bad. */
  | { readonly kind: 'failing'; readonly reasons: readonly string[] }
  /** The folder itself proves nothing. */
  | { readonly kind: 'unproven'; readonly problem: string };

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

export interface ObserveRequest {
  readonly model?: string;
  readonly environment?: string;
  /** Looks, and does nothing about it. */
  readonly dryRun?: boolean;
  /** Reads what clusters say, for environments with `observe: status`; a text says why nobody here can. */
  readonly statuses?: ReadStatuses | string;
}

/**
 * Looks at every environment once, without waiting. A version that fails where `rollback: automatic` stands is put back and
 * held, in one commit; not when somebody has promoted another meanwhile. What was seen to run for the first time is
 * recorded on the branch, in one commit for all. Errors: E_NAME, E_ENV_UNKNOWN, E_ROLLBACK_NONE, E_PROMOTE_RACE, those of
 * `statusOf`, of reading statuses, and of `writeBranch` for a rollback.
 */
export async function observe(
  workspace: Workspace,
  { model: only, environment: wanted, dryRun = false, statuses }: ObserveRequest,
  effects: Effects = realEffects,
): Promise<Observed> {
  if (only !== undefined) checkName(only, 'model');
  if (wanted !== undefined) checkEnvironment(workspace.configuration, wanted);
  // Told of one model, where others may be the cause: all are read.
  const found = await statusOf(workspace, statuses === undefined ? only : undefined);
  const looks = found.models.flatMap(({ model, environments }) =>
    environments
      .filter(({ environment }) => (only ?? model) === model && (wanted ?? environment) === environment)
      .map((status) => ({ model, status })),
  );
  const environments: EnvironmentObservation[] = [];
  const seen: SeenRunning[] = [];
  for (const { model, status } of looks) {
    const { environment, version } = status;
    const sighting = await look(workspace, found, model, status, statuses);
    environments.push({ model, environment, version, sighting, rollback: null });
    const news = newsOf(model, status, sighting);
    if (news !== null) seen.push(news);
  }
  if (dryRun) return { environments, recording: { kind: 'dry run' } };
  const recording = await recordSeen(workspace, seen, effects);
  return { environments: await goBackWhere(workspace, environments, effects), recording };
}

/** What can't be rolled back keeps no other from it. Errors: the first one's. */
async function goBackWhere(
  workspace: Workspace,
  environments: readonly EnvironmentObservation[],
  effects: Effects,
): Promise<EnvironmentObservation[]> {
  const done: EnvironmentObservation[] = [];
  const errors: LockstepError[] = [];
  for (const one of environments) {
    const { model, environment, version, sighting } = one;
    const automatic = workspace.configuration.rules[environment]?.rollback === 'automatic';
    if (sighting.kind !== 'failing' || !automatic || version === null) {
      done.push(one);
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

/** What can be asked from here, and else what the environment's cluster has said. */
async function look(
  workspace: Workspace,
  { tip, models }: Status,
  model: string,
  status: EnvironmentStatus,
  statuses: ObserveRequest['statuses'],
): Promise<Sighting> {
  const asked = sightingOf(status);
  const { environment, placed, recorded } = status;
  const silent = asked.kind === 'not observed' || status.state === 'no answer';
  if (!silent || placed === null || !workspace.configuration.statuses.includes(environment)) return asked;
  if (typeof statuses !== 'function') {
    const why = `nobody here can read what its cluster says${statuses ? `: ${statuses}` : ''}`;
    return asked.kind === 'not observed' ? { kind: 'not observed', why } : asked;
  }
  const alone = models.every(
    (other) => other.model === model || other.environments.every((each) => each.environment !== environment),
  );
  const told = await toldOf(workspace, { model, environment, placed, tip: tip!, alone }, statuses);
  if (told.kind === 'failure') return { kind: 'failing', reasons: [told.reason] };
  if (told.kind === 'success') return { kind: 'observed', by: told.by };
  // It was seen before, on a commit that is too far back to be looked at again.
  return recorded === null
    ? { kind: 'waiting', what: told.what }
    : { kind: 'observed', by: recorded.observed.by };
}

/** A pure reading of what `status` found. */
export function sightingOf(status: EnvironmentStatus): Sighting {
  const { state, version, running, refused, problem } = status;
  if (state === 'unproven') return { kind: 'unproven', problem: problem ?? 'its evidence does not hold' };
  if (refused.length > 0) return { kind: 'failing', reasons: refused };
  if (state === 'not observed' || (state === 'observed' && !running?.url))
    return { kind: 'not observed', why: 'no agent runs here and lockstep.yaml names no url' };
  if (state === 'no answer') return { kind: 'waiting', what: 'no answer' };
  if (state === 'other version answers')
    return { kind: 'waiting', what: `${printable(running?.version ?? '')} answers, not yet ${version}` };
  const golden = running?.golden ?? null;
  // An image cannot name its own digest: where one is known, the agent said it.
  const by = { kind: running!.image === null ? 'url' : 'agent', url: running!.url! } as const;
  if (golden === null || golden.asked === 0) return { kind: 'observed', by };
  return golden.equal === golden.asked
    ? { kind: 'verified', golden, by }
    : {
        kind: 'failing',
        reasons: [`${golden.asked - golden.equal} of ${golden.asked} golden requests are answered otherwise`],
      };
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
