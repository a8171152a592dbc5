import { checkEnvironment, checkName, type Workspace } from '../workspace/index.ts';
import { type Effects, realEffects } from './effects.ts';
import { rollback } from './rollback.ts';
import type { RollbackResult } from './rollback-note.ts';
import { type EnvironmentStatus, statusOf } from './status.ts';

/** What was seen of one environment, against what its folder names. */
export type Sighting =
  /** The version answers as the model did offline. */
  | { readonly kind: 'verified'; readonly golden: { readonly asked: number; readonly equal: number } }
  /** The version answers; nobody here could ask it the golden requests. */
  | { readonly kind: 'observed' }
  /** It should answer, and does not, or another version still does: rolled out a moment ago, or in trouble. */
  | { readonly kind: 'waiting'; readonly what: string }
  /** Neither an agent here nor a url says what runs. */
  | { readonly kind: 'not observed' }
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

export interface ObserveRequest {
  readonly model?: string;
  readonly environment?: string;
}

/**
 * Looks at every environment once, without waiting. A version that fails where `rollback: automatic` stands is put back and
 * held, in one commit; not when somebody has promoted another meanwhile. Errors: E_NAME, E_ENV_UNKNOWN, E_ROLLBACK_NONE, E_PROMOTE_RACE, those of
 * `statusOf` and `writeBranch`.
 */
export async function observe(
  workspace: Workspace,
  { model: only, environment }: ObserveRequest,
  effects: Effects = realEffects,
): Promise<EnvironmentObservation[]> {
  if (only !== undefined) checkName(only, 'model');
  if (environment !== undefined) checkEnvironment(workspace.configuration, environment);
  const { models } = await statusOf(workspace, only);
  const observations: EnvironmentObservation[] = [];
  for (const { model, environments } of models) {
    for (const status of environments) {
      if (environment !== undefined && status.environment !== environment) continue;
      const sighting = sightingOf(status);
      const automatic = workspace.configuration.rules[status.environment]?.rollback === 'automatic';
      const back = sighting.kind === 'failing' && automatic && status.version !== null;
      observations.push({
        model,
        environment: status.environment,
        version: status.version,
        sighting,
        rollback: back
          ? await rollback(
              workspace,
              {
                model,
                environment: status.environment,
                from: status.version,
                reason: `observed: ${sighting.reasons.join('; ')}`.slice(0, 500),
                hold: true,
                observe: 0,
              },
              effects,
            )
          : null,
      });
    }
  }
  return observations;
}

/** A pure reading of what `status` found. */
export function sightingOf(status: EnvironmentStatus): Sighting {
  const { state, version, running, refused, problem } = status;
  if (state === 'unproven') return { kind: 'unproven', problem: problem ?? 'its evidence does not hold' };
  if (refused.length > 0) return { kind: 'failing', reasons: refused };
  if (state === 'not observed') return { kind: 'not observed' };
  if (state === 'no answer') return { kind: 'waiting', what: 'no answer' };
  if (state === 'other version answers')
    return { kind: 'waiting', what: `${running?.version} answers, not yet ${version}` };
  const golden = running?.golden ?? null;
  if (golden === null || golden.asked === 0) return { kind: 'observed' };
  return golden.equal === golden.asked
    ? { kind: 'verified', golden }
    : {
        kind: 'failing',
        reasons: [`${golden.asked - golden.equal} of ${golden.asked} golden requests are answered otherwise`],
      };
}
