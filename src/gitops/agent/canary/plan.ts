/** How a new version takes over, as people wrote it in the deploy files. Weights and shares in percent. */
export interface CanaryPlan {
  /** In order, weights growing. */
  readonly steps: readonly CanaryStep[];
  /** Share of the requests the old version answers that is copied to the new one. */
  readonly shadow: number;
  readonly checks: CanaryChecks;
  /** Header that tells callers apart: one value stays on one version through a step. */
  readonly by: string;
}

interface CanaryStep {
  /** Share of the predictions that the new version answers. */
  readonly weight: number;
  readonly ms: number;
}

/** Limits of the new version, each "at most". */
export interface CanaryChecks {
  /** Share of requests it can't answer and the old version can, 0 to 1. */
  readonly errors: number;
  readonly p99Ms: number | null;
  /** Population stability index between the old version's scores and its own. */
  readonly psi: number | null;
  /** How much lower the mean of its outcomes may be. */
  readonly outcome: number | null;
  /** A step is not over before the new version was asked this often. */
  readonly requests: number;
}

export const canaryAnnotations = {
  steps: 'lockstep/canary',
  checks: 'lockstep/canary-checks',
  by: 'lockstep/canary-by',
  shadow: 'lockstep/shadow',
} as const;

/** What a canary is held against when the deploy files say no more than its steps. */
const usual: CanaryChecks = { errors: 0.01, p99Ms: null, psi: 1, outcome: null, requests: 100 };

type Parsed = { readonly plan: CanaryPlan | null } | { readonly problem: string };

/** Null when neither a canary nor a shadow is asked for. Anything that can't be read is a problem, never a default. */
export function canaryPlan(annotations: Readonly<Record<string, string>>): Parsed {
  const texts = {
    steps: annotations[canaryAnnotations.steps],
    checks: annotations[canaryAnnotations.checks],
    by: annotations[canaryAnnotations.by],
    shadow: annotations[canaryAnnotations.shadow],
  };
  try {
    const shadow = texts.shadow === undefined ? 0 : shadowOf(texts.shadow);
    if (texts.steps === undefined && shadow === 0) return { plan: null };
    // A shadow alone is a step that answers nobody and lasts for the requests its checks need.
    const steps = texts.steps === undefined ? [{ weight: 0, ms: 0 }] : stepsOf(texts.steps);
    if (steps[0]!.weight === 0 && shadow === 0) {
      throw refused('steps', texts.steps!, 'a step of weight 0 sees requests only with lockstep/shadow');
    }
    const checks = texts.checks === undefined ? usual : checksOf(texts.checks);
    return { plan: { steps, shadow, checks, by: byOf(texts.by) } };
  } catch (error) {
    return { problem: (error as Error).message };
  }
}

const refused = (which: keyof typeof canaryAnnotations, text: string, allowed: string): Error =>
  new Error(`the annotation ${canaryAnnotations[which]}: "${text}" — ${allowed}`);

const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function durationMs(text: string): number | null {
  const [, count, unit] = /^(\d{1,6}(?:\.\d{1,3})?)(ms|s|m|h|d)$/.exec(text) ?? [];
  return count === undefined ? null : Number(count) * units[unit!]!;
}

function stepsOf(text: string): CanaryStep[] {
  const steps = text.split(',').map((part): CanaryStep => {
    const [, weight, duration] = /^\s*(\d{1,3})\s*%?\s*:\s*(\S+)\s*$/.exec(part) ?? [];
    const ms = duration === undefined ? null : durationMs(duration);
    if (ms === null || Number(weight) > 100) {
      throw refused(
        'steps',
        text,
        'steps like "10:5m, 50:5m" are allowed: percent of requests, and how long',
      );
    }
    return { weight: Number(weight), ms };
  });
  const grows = steps.every(({ weight }, at) => at === 0 || weight > steps[at - 1]!.weight);
  if (!grows) throw refused('steps', text, 'the weights have to grow from step to step');
  return steps;
}

function shadowOf(text: string): number {
  if (text === 'true') return 100;
  if (text === 'false') return 0;
  const share = /^(\d{1,3})\s*%?$/.exec(text)?.[1];
  if (share === undefined || Number(share) > 100)
    throw refused('shadow', text, '"true" or a share like "20%" is allowed');
  return Number(share);
}

function byOf(text = 'x-request-id'): string {
  if (/^[A-Za-z0-9-]{1,64}$/.test(text)) return text.toLowerCase();
  throw refused('by', text, 'the name of a request header is allowed');
}

/** `errors 1%, p99 50ms, psi 0.2, outcome 0.05, requests 100`; what is not named keeps its usual limit. */
function checksOf(text: string): CanaryChecks {
  const checks: { -readonly [key in keyof CanaryChecks]: CanaryChecks[key] } = { ...usual };
  for (const part of text.split(',')) {
    const [name, value = '', ...rest] = part.trim().split(/\s+/);
    const number = /^\d{1,7}(\.\d{1,6})?$/.test(value) ? Number(value) : null;
    const percent = /^\d{1,3}(\.\d{1,4})?%$/.test(value) ? Number(value.slice(0, -1)) / 100 : null;
    if (rest.length === 0 && name === 'errors' && percent !== null && percent < 1) checks.errors = percent;
    else if (rest.length === 0 && name === 'p99' && durationMs(value) !== null)
      checks.p99Ms = durationMs(value);
    else if (rest.length === 0 && name === 'psi' && number !== null) checks.psi = number;
    else if (rest.length === 0 && name === 'outcome' && number !== null) checks.outcome = number;
    else if (rest.length === 0 && name === 'requests' && Number.isInteger(number)) checks.requests = number!;
    else
      throw refused(
        'checks',
        text,
        'limits like "errors 1%, p99 50ms, psi 0.2, outcome 0.05, requests 100" are allowed',
      );
  }
  return checks;
}
