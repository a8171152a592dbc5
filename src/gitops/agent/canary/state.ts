import type { ShadowReport } from './evidence.ts';
import type { Difference } from './statistics.ts';

/** What `state.json` tells of a new version that answers a share of the requests. */
export interface CanaryState {
  readonly version: string;
  /** `name@sha256:…` */
  readonly image: string;
  /** Content of the folder that asks for it, so that the next agent goes on with the same step only for the same folder. */
  readonly tree: string;
  /** Percent of the predictions. */
  readonly weight: number;
  /** From 1. */
  readonly step: number;
  readonly steps: number;
  /** When the step began, and how long it lasts at least. */
  readonly since: string;
  readonly seconds: number;
  readonly paused: boolean;
  /** What the step still has to see after its time; null while it is not over. */
  readonly waitsFor: string | null;
  /** Of this step: requests it was asked, copies too, and those only the old version could answer. */
  readonly requests: number;
  readonly failed: number;
  readonly p99Ms: number | null;
  readonly oldP99Ms: number | null;
  /** Population stability index between both versions' scores. */
  readonly psi: number | null;
  readonly shadow: ShadowReport | null;
  /** What became known of both versions' predictions since the canary began; null where no outcome is asked for. */
  readonly outcomes: {
    readonly old: { readonly count: number; readonly mean: number };
    readonly new: { readonly count: number; readonly mean: number };
    /** New less old, with its 95 % interval: zero outside it is a difference beyond chance. */
    readonly difference: Difference | null;
  } | null;
  readonly serverPid: number;
}

/** Of all steps, told when the version takes over or goes back. */
export interface CanaryReport {
  readonly requests: number;
  readonly failed: number;
  readonly shadow: ShadowReport | null;
  /** Who finished it before its time; null when it went its way. */
  readonly by: string | null;
}

/** One line on a canary for people. */
export function canaryText(canary: CanaryState): string {
  const { version, weight, step, steps, paused, waitsFor, requests, failed, psi, shadow } = canary;
  const parts = [
    `canary ${version}: ${weight} %, step ${step} of ${steps}${paused ? ', paused' : ''}`,
    ...(waitsFor === null ? [] : [`waits for ${waitsFor}`]),
    `${requests} asked, ${failed} failed${psi === null ? '' : `, psi ${psi}`}`,
    ...(shadow === null ? [] : [`${shadow.differ} of ${shadow.asked} copies differ`]),
  ];
  return parts.join('; ');
}

export function reportText({ requests, failed, shadow, by }: CanaryReport): string {
  const copies =
    shadow === null
      ? ''
      : `; of ${shadow.asked} copies ${shadow.failed} failed and ${shadow.differ} differ (at most ${shadow.largestDifference})`;
  return `as a canary asked ${requests} times, ${failed} failed${copies}${by === null ? '' : `; finished by ${by}`}`;
}
