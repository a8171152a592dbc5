import {
  type Difference,
  metricEntry,
  normalProbability,
  normalQuantile,
  type Subject,
} from '../evaluation/index.ts';
import { type Answer, type Finding, refused } from './finding.ts';
import type { Check } from './policy.ts';
import type { Outcome } from './verdict.ts';
import { aboveOrBelow, percent, plain } from './wording.ts';

/** One-sided, where a check of `not-worse-than` states none. */
export const usualConfidence = 0.95;

/**
 * `not-worse-than: baseline`, from the paired difference and its standard error (normal approximation). With
 * the difference turned so that more is better, three ways: its lower bound is within the margin (pass), even
 * its upper bound is beyond it (fail), or the margin lies between them (inconclusive).
 */
export function answerBaseline(
  check: Check,
  value: number | undefined,
  difference: Difference | undefined,
  baseline: Subject | null,
  missing: string,
): Answer {
  if (value === undefined) return refused(missing);
  if (baseline === null) return refused(`${check.metric} ${plain(value)}: no baseline to compare with`);
  if (!difference) {
    return refused(`${check.metric}: not measured for ${baselineName(baseline)} on these rows`);
  }
  const turned = metricEntry(check.metric)?.direction === 'lower' ? -1 : 1;
  const margin = check.margin ?? 0;
  const { delta, standardError } = difference;
  const within = turned * delta + margin;
  const good = 1 - probabilityAbove(within, standardError);
  return {
    question: {
      good,
      bad: standardError === 0 ? 1 - good : 1 - probabilityAbove(-within, standardError),
      answer: (outcome, level) => {
        const reach = standardError === 0 ? 0 : normalQuantile(1 - level) * standardError;
        const bound = delta + (outcome === 'fail' ? turned : -turned) * reach;
        return {
          outcome,
          value,
          bound,
          limit: margin === 0 ? 0 : -turned * margin,
          reason: reasonOf(check, value, delta, bound, turned, baseline, outcome, level),
        } satisfies Finding;
      },
    },
  };
}

/** How sure it is that a true difference is at least zero. Without uncertainty zero itself is. */
function probabilityAbove(difference: number, standardError: number): number {
  if (standardError === 0) return difference >= 0 ? 1 : 0;
  return normalProbability(difference / standardError);
}

function reasonOf(
  check: Check,
  value: number,
  delta: number,
  bound: number,
  turned: number,
  baseline: Subject,
  outcome: Outcome,
  level: number,
): string {
  const at = `at ${percent(1 - level)} confidence`;
  const allowed = check.margin ? `the policy allows ${plain(check.margin)}` : 'the policy allows no loss';
  const where =
    delta === 0
      ? `equals ${baselineName(baseline)}'s`
      : `is ${plain(Math.abs(delta))} ${aboveOrBelow(delta)} ${baselineName(baseline)}'s ${plain(value - delta)}`;
  const worse = turned * bound < 0;
  const most = outcome === 'fail' || !worse ? 'at least' : outcome === 'pass' ? 'at most' : 'possibly';
  const reached = bound === 0 ? 'no worse' : `${most} ${plain(Math.abs(bound))} ${aboveOrBelow(bound)}`;
  const doubt = outcome === 'inconclusive' ? ': too little data to tell' : '';
  return `${check.metric} ${plain(value)} ${where}; ${at} ${reached}, ${allowed}${doubt}`;
}

export const baselineName = (baseline: Subject): string =>
  baseline.kind === 'simplest' ? `the ${baseline.name}` : 'the baseline';
