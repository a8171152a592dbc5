// Inputs for tests of the gate: each states only what matters to it.
import type { Comparison, Difference, Estimate, Evaluation, SliceResult } from '../evaluation/index.ts';
import { digestOf } from '../workspace/index.ts';
import { type JudgeInput, judge } from './judge.ts';
import type { Check, Policy } from './policy.ts';
import type { Binding } from './verdict.ts';

export const digest = digestOf('x');
export const binding: Binding = {
  model: 'churn',
  modelDigest: digest,
  run: digest,
  lock: null,
  evaluation: digest,
  comparison: digest,
  baseline: 'v1.0.0',
  policy: { digest, commit: 'a'.repeat(40) },
  tip: null,
};

export const evaluationWith = (
  metrics: Record<string, Estimate>,
  slices: SliceResult[] = [],
): Evaluation => ({
  v: 1,
  model: 'churn',
  task: 'binary-classification',
  data: digest,
  rows: 1000,
  target: 'churned',
  subject: { kind: 'candidate', modelDigest: digest },
  predictions: digest,
  metrics,
  slices,
  curves: {},
});

export const difference = (delta: number, standardError: number): Difference => ({
  delta,
  standardError,
  low: delta - 1.96 * standardError,
  high: delta + 1.96 * standardError,
});

export const comparisonWith = (
  metrics: Record<string, Difference>,
  slices: Comparison['slices'] = [],
  baseline: Comparison['baseline'] = { kind: 'version', version: 'v1.0.0', modelDigest: digest },
): Comparison => ({
  v: 1,
  baseline,
  candidateEvaluation: digest,
  baselineEvaluation: digest,
  rows: 1000,
  metrics,
  slices,
});

export const auc = (value: number, reach = 0.02): Estimate => ({
  value,
  low: value - reach,
  high: value + reach,
});

export function judged(check: Check | Policy, over: Partial<JudgeInput> = {}) {
  return judge({
    policy: 'checks' in check ? check : { checks: [check] },
    environment: 'production',
    evaluation: evaluationWith({ roc_auc: auc(0.612), rmse: { value: 12.3, low: 12, high: 12.6 } }),
    comparison: null,
    holds: [],
    now: new Date('2026-11-21T12:00:00Z'),
    binding,
    ...over,
  });
}

export const said = (check: Check | Policy, over: Partial<JudgeInput> = {}) => {
  const { verdict, checks } = judged(check, over);
  return [verdict, ...checks.map(({ outcome, reason }) => `${outcome}: ${reason}`)];
};
