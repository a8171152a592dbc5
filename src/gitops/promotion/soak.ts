import type { Observation, ObservationRecord, ReleaseRecord, Trust } from '../../registry/index.ts';
import { LockstepError, type Workspace } from '../../workspace/index.ts';
import { isProposed, readFolder, type Tip } from '../branch/tip.ts';
import type { Effects } from '../effects.ts';
import type { VerifiedRelease } from '../folder/evidence.ts';
import { verifyFolder } from '../folder/verify-folder.ts';
import { lookAt, runs } from '../observation/observe.ts';
import { placedBy, promotionDigest, readRecorded } from '../observation/observed.ts';

/** What the environment before the one to promote to names, since when, and what was recorded of it. */
export interface Predecessor {
  readonly release: VerifiedRelease;
  readonly placed: Date;
  readonly recorded: ObservationRecord | null;
}

export async function readPredecessor(
  workspace: Workspace,
  tip: Tip,
  release: VerifiedRelease,
  trust: Trust,
): Promise<Predecessor> {
  const { model, environment } = release;
  const { commit, time } = await placedBy(workspace, tip.commit!, model, environment);
  const place = { model, environment, promotion: promotionDigest(release), commit };
  return { release, placed: time, recorded: await readRecorded(workspace, tip, trust, place) };
}

/** What an environment names that a check looks at, and its golden requests as they were recorded; null where it names no such thing. */
export async function releaseThere(
  workspace: Workspace,
  tip: Tip,
  {
    model,
    environment,
    isWanted,
  }: {
    readonly model: string;
    readonly environment: string;
    readonly isWanted: (found: ReleaseRecord) => boolean;
  },
  trust: Trust,
): Promise<{ readonly record: ReleaseRecord; readonly golden: Observation['golden'] } | null> {
  const files = await readFolder(workspace, tip, model, environment);
  const verdict = files && verifyFolder({ model, environment, files, trust });
  if (verdict?.kind !== 'verified' || !isWanted(verdict.release.record)) return null;
  const { recorded } = await readPredecessor(workspace, tip, verdict.release, trust);
  return { record: verdict.release.record, golden: recorded?.verified?.golden ?? null };
}

/**
 * That it runs, where that can be seen: asked of the environment itself, else, where its cluster says so by statuses,
 * as recorded. Null where nobody can know. Errors: E_PROMOTE_NOT_OBSERVED.
 */
export async function checkRuns(
  workspace: Workspace,
  { release: { model, version, environment, record }, recorded }: Predecessor,
  effects: Effects,
): Promise<Observation | null> {
  const sight = await effects.perform('observe', () => lookAt(workspace, model, environment, effects.now()));
  if (sight.kind === 'running' && runs(sight.observation, record)) return sight.observation;
  const isTold = workspace.configuration.statuses.includes(environment) && !isProposed(workspace);
  if (sight.kind === 'nobody' && (recorded !== null || !isTold)) return null;
  const found =
    sight.kind === 'running'
      ? `answers with ${sight.observation.version}`
      : sight.kind === 'silent'
        ? 'does not answer'
        : 'no status has said so yet';
  throw new LockstepError('E_PROMOTE_NOT_OBSERVED', {
    what: `${environment} should run ${model} ${version} but ${found}`,
    allowed: `a version that runs in ${environment}`,
    fix: `see \`lockstep status\`; promote again when ${environment} runs it`,
  });
}

/**
 * The soak begins when the version was first seen to run there. Where lockstep.yaml says how that is seen and nobody has
 * recorded it, it has not begun: a version that never came up must not grow old. Elsewhere it begins with the commit.
 * Errors: E_PROMOTE_SOAK.
 */
export function checkSoak(
  workspace: Workspace,
  { release, placed, recorded }: Predecessor,
  environment: string,
  soak: string,
  now: Date,
): void {
  const { model, version, environment: previous } = release;
  const { urls, statuses } = workspace.configuration;
  const canBeSeen = Object.hasOwn(urls, previous) || statuses.includes(previous);
  if (recorded === null && canBeSeen && !isProposed(workspace)) {
    throw new LockstepError('E_PROMOTE_SOAK', {
      what: `${model} ${version} was not seen in ${previous} yet, where it soaks for ${soak} from then on`,
      allowed: `promotion to ${environment} ${soak} after \`lockstep observe\` first records that it runs`,
      fix: 'lockstep observe, then wait, and promote again',
    });
  }
  const began = Math.max(placed.getTime(), recorded === null ? 0 : Date.parse(recorded.observed.time));
  const ready = new Date(began + durationOf(soak));
  if (now >= ready) return;
  throw new LockstepError('E_PROMOTE_SOAK', {
    what: `${model} ${version} has not been in ${previous} for ${soak}`,
    allowed: `promotion to ${environment} from ${ready.toISOString()} on`,
    fix: 'wait, and promote again',
  });
}

const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** Milliseconds of `90s`, `30m`, `24h`, `7d`, `2w`, or several after each other (`1h30m`). */
function durationOf(text: string): number {
  const parts = [...text.matchAll(/(\d+)([smhdw])/g)];
  if (parts.map(([whole]) => whole).join('') !== text) {
    throw new LockstepError('E_CONFIG_VALUE', {
      what: `the duration "${text}"`,
      allowed: 'a number and s, m, h, d or w, e.g. 24h',
    });
  }
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * units[unit!]! * 1000, 0);
}
