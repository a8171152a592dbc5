import { boundAt, confidenceBeyond, type Estimate } from '../evaluation/index.ts';
import { type Answer, type Finding, refused } from './finding.ts';
import type { Check } from './policy.ts';
import type { Outcome } from './verdict.ts';
import { apart, percent, plain } from './wording.ts';

/**
 * `at-least` and `at-most`. Without a confidence the value decides. With one the metric has to lie beyond the
 * limit at that confidence: its one-sided bound does (pass), even the opposite bound doesn't (fail), or the
 * data can't tell (inconclusive). The limit itself is not beyond it: a constant score has a ROC AUC of exactly
 * 0.5, without doubt, and isn't better than chance.
 */
export function answerLimit(check: Check, estimate: Estimate | undefined, missing: string): Answer {
  const limit = check['at-least'] ?? check['at-most']!;
  if (!estimate) return refused(missing, limit);
  return check.confidence === undefined
    ? { finding: byValue(check, estimate.value, limit) }
    : byBound(check, estimate, limit);
}

function byValue(check: Check, value: number, limit: number): Finding {
  const least = check['at-least'] !== undefined;
  const holds = least ? value >= limit : value <= limit;
  const [found, asked] = apart(value, limit);
  const rule = least
    ? holds
      ? `is at least the ${asked} that the policy asks for`
      : `is below the ${asked} that the policy asks for`
    : holds
      ? `is within the ${asked} that the policy allows`
      : `is above the ${asked} that the policy allows`;
  return {
    outcome: holds ? 'pass' : 'fail',
    value,
    bound: null,
    limit,
    reason: `${check.metric} ${found} ${rule}`,
  };
}

function byBound(check: Check, estimate: Estimate, limit: number): Answer {
  const least = check['at-least'] !== undefined;
  const { metric } = check;
  const surely = (side: 'above' | 'below') => confidenceBeyond(metric, estimate, limit, side);
  const good = surely(least ? 'above' : 'below');
  const bad = surely(least ? 'below' : 'above');
  if (good === null || bad === null) return { finding: withoutInterval(check, estimate.value, limit) };
  const onLimit = good === 0 && bad === 0;
  return {
    question: {
      good: 1 - good,
      bad: onLimit ? 0 : 1 - bad,
      answer: (outcome, level) => {
        const lower = least === (outcome !== 'fail');
        const bound = boundAt(metric, estimate, lower ? 'low' : 'high', 1 - level)!;
        const reason = boundReason(check, estimate.value, bound, lower, outcome, level);
        return { outcome, value: estimate.value, bound, limit, reason };
      },
    },
  };
}

function boundReason(
  check: Check,
  value: number,
  bound: number,
  lower: boolean,
  outcome: Outcome,
  level: number,
): string {
  const limit = check['at-least'] ?? check['at-most']!;
  const [reached, asked] = apart(bound, limit);
  const rule = `the policy asks for ${check['at-least'] === undefined ? 'less' : 'more'} than ${asked}`;
  const doubt = outcome === 'inconclusive' ? ': too little data to tell' : '';
  return `${check.metric} ${plain(value)}, at ${percent(1 - level)} confidence at ${lower ? 'least' : 'most'} ${reached}; ${rule}${doubt}`;
}

const withoutInterval = ({ metric, confidence }: Check, value: number, limit: number): Finding => ({
  outcome: 'inconclusive',
  value,
  bound: null,
  limit,
  reason: `${metric} ${plain(value)} has no interval on these rows, so nothing can be said at ${percent(confidence!)} confidence; without confidence the value decides`,
});
