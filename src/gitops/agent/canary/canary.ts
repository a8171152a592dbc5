import { createHash } from 'node:crypto';
import type { Front } from '../front.ts';
import { isRunning } from '../process-identity.ts';
import type { RunningServer } from '../server-process.ts';
import type { Release } from '../wanted.ts';
import { failedChecks, missingEvidence, type OutcomeMeans, rounded } from './checks.ts';
import { addTrial, newEvidence, openShadowReport, type Trial } from './evidence.ts';
import type { Outcomes } from './outcomes.ts';
import type { CanaryPlan } from './plan.ts';
import type { CanaryReport, CanaryState } from './state.ts';
import { differenceOf, type Mean, stabilityOf } from './statistics.ts';

/** A new version on its way from its first share of the requests to all of them. */
export interface Canary {
  readonly release: Release;
  readonly server: RunningServer;
  state(): CanaryState;
  report(): Omit<CanaryReport, 'by'>;
  /** Looks at the checks and the clock, and goes on to the next step when it is time. To be called often. */
  look(now: number): CanaryLook;
  pause(paused: boolean, now: number): void;
  /** Takes its requests away at once. Resolves when it has answered what it began. */
  leave(): Promise<void>;
}

export type CanaryLook =
  | { readonly kind: 'going' }
  | { readonly kind: 'next step' }
  | { readonly kind: 'passed' }
  | { readonly kind: 'refused'; readonly reasons: readonly string[] };

export interface CanaryInput {
  readonly release: Release;
  readonly plan: CanaryPlan;
  readonly server: RunningServer;
  readonly front: Front;
  readonly outcomes: Outcomes | null;
  /** Git's name for the folder that asks for it. */
  readonly tree: string;
  /** Step to begin with, from 0: where an agent that was killed had got to. */
  readonly step: number;
  readonly paused: boolean;
  readonly now: number;
}

export function openCanary(input: CanaryInput): Canary {
  const { plan, release, server, outcomes, tree } = input;
  const { checks } = plan;
  const shadow = plan.shadow > 0 ? openShadowReport() : null;
  let step = Math.min(input.step, plan.steps.length - 1);
  let since = input.now;
  let { paused } = input;
  let evidence = newEvidence();
  let all = { requests: 0, failed: 0 };
  let waitsFor: string | null = null;
  let means: OutcomeMeans | null = null;

  const saw = (trial: Trial): void => {
    addTrial(evidence, trial, checks.p99Ms);
    shadow?.add(trial);
  };
  const leave = input.front.introduce(server.port, {
    by: plan.by,
    takes: (caller) => placeOf(caller, release.imageDigest) < plan.steps[step]!.weight,
    copies: () => shadow !== null && Math.random() * 100 < plan.shadow,
    saw,
  });
  const stability = (): number | null => {
    const [before, now] = [evidence.oldScores.values, evidence.newScores.values];
    return before.length === 0 || now.length === 0 ? null : rounded(stabilityOf(before, now).value);
  };

  function look(now: number): CanaryLook {
    means = outcomes?.means() ?? null;
    const failing = failedChecks(checks, evidence, means, 'during');
    if (!isRunning(server)) failing.push('its server ended');
    if (failing.length > 0) return { kind: 'refused', reasons: failing };
    waitsFor = null;
    if (paused || now < since + plan.steps[step]!.ms) return { kind: 'going' };
    waitsFor = missingEvidence(checks, evidence, means);
    if (waitsFor !== null) return { kind: 'going' };
    const failed = failedChecks(checks, evidence, means, 'at the end');
    if (failed.length > 0) return { kind: 'refused', reasons: failed };
    if (step === plan.steps.length - 1) return { kind: 'passed' };
    step++;
    since = now;
    all = { requests: all.requests + evidence.asked, failed: all.failed + evidence.failed };
    // The old version's scores stay: at a weight of 100 it answers nothing more to compare with.
    evidence = { ...newEvidence(), oldScores: evidence.oldScores };
    return { kind: 'next step' };
  }

  return {
    release,
    server,
    look,
    leave,
    pause(wish, now) {
      if (paused && !wish) since = now;
      paused = wish;
    },
    report: () => ({
      requests: all.requests + evidence.asked,
      failed: all.failed + evidence.failed,
      shadow: shadow?.report() ?? null,
    }),
    state: () => ({
      version: release.version,
      image: release.image,
      tree,
      weight: plan.steps[step]!.weight,
      step: step + 1,
      steps: plan.steps.length,
      since: new Date(since).toISOString(),
      seconds: plan.steps[step]!.ms / 1000,
      paused,
      waitsFor,
      requests: evidence.asked,
      failed: evidence.failed,
      p99Ms: roundedOrNull(evidence.newMs.quantile(0.99)),
      oldP99Ms: roundedOrNull(evidence.oldMs.quantile(0.99)),
      psi: stability(),
      shadow: shadow?.report() ?? null,
      outcomes: means && outcomesOf(means),
      serverPid: server.pid,
    }),
  };
}

const outcomesOf = ({ old, new: now }: OutcomeMeans): CanaryState['outcomes'] => {
  const told = ({ count, mean }: Mean) => ({ count, mean });
  return { old: told(old), new: told(now), difference: differenceOf(old, now) };
};

const roundedOrNull = (value: number | null): number | null => (value === null ? null : rounded(value));

/** A caller's place from 0 to 100, the same each time; another for each release, so that not always the same go first. */
function placeOf(caller: string | undefined, salt: string): number {
  if (caller === undefined || caller === '') return Math.random() * 100;
  const hash = createHash('sha256').update(`${salt} ${caller}`).digest();
  return (hash.readUInt32BE(0) / 2 ** 32) * 100;
}
