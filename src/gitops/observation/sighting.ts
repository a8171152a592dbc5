import type { SeenBy } from '../../registry/index.ts';
import { type Digest, printable, type Workspace } from '../../workspace/index.ts';
import type { EnvironmentStatus, Status } from '../status/status.ts';
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

/** What can be asked beyond this machine. */
export interface LookOptions {
  /** Reads what clusters say, for environments with `observe: status`; a text says why nobody here can. */
  readonly statuses?: ReadStatuses | string;
  /** Asks the golden requests where only an address says what runs. */
  readonly golden?: AskRelease;
}

/** A release whose golden requests are to be asked, and where. */
export interface AskedRelease {
  readonly model: string;
  readonly version: string;
  /** `name@sha256:…` */
  readonly image: string;
  readonly golden: Digest;
  readonly url: string;
}

export type AskRelease = (release: AskedRelease) => Promise<
  | {
      readonly kind: 'asked';
      readonly asked: number;
      readonly equal: number;
      /** Answered by this version with another score; the rest was not answered, or by another version. */
      readonly otherwise: number;
      readonly firstDifference: string | null;
    }
  /** The requests are not at hand here. */
  | { readonly kind: 'unavailable'; readonly why: string }
>;

/** What can be asked from here, and else what the environment's cluster has said. */
export async function look(
  workspace: Workspace,
  { tip, models }: Status,
  model: string,
  status: EnvironmentStatus,
  { statuses, golden }: LookOptions,
): Promise<Sighting> {
  const asked = sightingOf(status);
  if (asked.kind === 'observed' && golden) return askedFurther(model, status, asked, golden);
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

/** The version answers at an address: whether it answers as the model did offline. */
async function askedFurther(
  model: string,
  { version, image, golden }: EnvironmentStatus,
  sighting: Extract<Sighting, { kind: 'observed' }>,
  ask: AskRelease,
): Promise<Sighting> {
  if (sighting.by.kind !== 'url' || version === null || image === null || golden === null) return sighting;
  const seen = await ask({ model, version, image, golden, url: sighting.by.url });
  if (seen.kind === 'unavailable') return { ...sighting, why: printable(seen.why, 400) };
  const { asked, equal, otherwise } = seen;
  const first = seen.firstDifference === null ? '' : `: ${printable(seen.firstDifference)}`;
  if (otherwise > 0)
    return {
      kind: 'failing',
      reasons: [`${otherwise} of ${asked} golden requests are answered otherwise${first}`],
    };
  return asked > 0 && equal === asked
    ? { kind: 'verified', golden: { asked, equal }, by: sighting.by }
    : { ...sighting, why: `${equal} of ${asked} golden requests were answered by it${first}` };
}

/** A pure reading of what `status` found. */
function sightingOf(status: EnvironmentStatus): Sighting {
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
