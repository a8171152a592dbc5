import type { Evidence } from './evidence.ts';
import type { CanaryChecks } from './plan.ts';
import { beyondChance, lowerBeyondChance, type Mean, stabilityOf } from './statistics.ts';

export interface OutcomeMeans {
  readonly old: Mean;
  readonly new: Mean;
}

/** A share of all requests may be slower than the 99th percentile. */
const slowShare = 0.01;
/** Fewer scores on a side say nothing about a distribution. */
const leastScores = 30;
const mostKinds = 3;

/**
 * Which checks the new version fails; empty for none. While a step runs, only what is beyond chance fails it, so that
 * it fails at once and not by bad luck; at its end the plain figures must be within the limits as well.
 */
export function failedChecks(
  checks: CanaryChecks,
  evidence: Evidence,
  outcomes: OutcomeMeans | null,
  when: 'during' | 'at the end',
): string[] {
  const { asked, failed, slow, oldScores, newScores } = evidence;
  const tooMany = (count: number, limit: number): boolean =>
    when === 'during' ? beyondChance(count, asked, limit) : count > asked * limit;
  const reasons: string[] = [];
  if (tooMany(failed, checks.errors)) {
    reasons.push(
      `${failed} of ${asked} requests fail on it that the old version answers (at most ${percent(checks.errors)})`,
      ...kindsOf(evidence),
    );
  }
  if (checks.p99Ms !== null && tooMany(slow, slowShare)) {
    reasons.push(
      `p99 latency ${rounded(evidence.newMs.quantile(0.99) ?? 0)} ms (at most ${checks.p99Ms} ms; ${slow} of ${asked} requests were slower)`,
    );
  }
  const enough = Math.min(oldScores.values.length, newScores.values.length) >= leastScores;
  if (checks.psi !== null && enough) {
    const { value, noise } = stabilityOf(oldScores.values, newScores.values);
    if (value > checks.psi + noise) {
      reasons.push(
        `its scores are distributed differently: stability index ${rounded(value)} (at most ${checks.psi}, and ${rounded(noise)} for chance)`,
      );
    }
  }
  if (checks.outcome !== null && outcomes && lowerBeyondChance(outcomes.old, outcomes.new, checks.outcome)) {
    reasons.push(
      `its outcomes are worse: mean ${rounded(outcomes.new.mean)} of ${outcomes.new.count}, the old version's ${rounded(outcomes.old.mean)} of ${outcomes.old.count} (at most ${checks.outcome} lower)`,
    );
  }
  return reasons;
}

/** What a step still waits for after its time; null when it has seen enough. */
export function missingEvidence(
  checks: CanaryChecks,
  evidence: Evidence,
  outcomes: OutcomeMeans | null,
): string | null {
  if (evidence.asked < checks.requests) return `${checks.requests - evidence.asked} more requests`;
  const known = outcomes?.new.count ?? 0;
  if (checks.outcome === null || known >= checks.requests) return null;
  return `${checks.requests - known} more outcomes`;
}

function kindsOf({ failures }: Evidence): string[] {
  const kinds = [...failures].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return kinds.slice(0, mostKinds).map(([words, count]) => `${count} × ${words}`);
}

const percent = (share: number): string => `${Number((share * 100).toPrecision(3))} %`;
export const rounded = (value: number): number => Number(value.toPrecision(3));
