import type { Comparison, Evaluation, Metrics } from '../evaluation/index.ts';
import { metricEntry } from '../evaluation/index.ts';
import type { CheckResult, Verdict } from '../gate/verdict.ts';
import { type Digest, digestOfJson } from '../workspace/index.ts';
import type { ChangedPart, ChangeInput } from './change-input.ts';
import type { ReportInput } from './report-input.ts';

/**
 * Names what a comment on a change says, but for what a clock measures: latencies, and how long stages took. Judged again
 * from the same commits, candidate, policy and baseline by the same code, with the same verdicts, it is the same digest.
 */
export const changeKey = (change: ChangeInput): Digest =>
  digestOfJson({ v: 1, ...change, models: change.models.map(timeless) });

function timeless(part: ChangedPart): object {
  if (!('input' in part)) return part;
  const input = part.input && inputOf(part.input);
  return part.kind === 'judged' ? { ...part, trained: null, input } : { ...part, input };
}

/** The candidate's run is named by its fingerprint; when and how long it ran is left out, as is what the judge's rows took. */
const inputOf = ({ evaluation, baseline, comparison, verdicts, run, ...rest }: ReportInput): object => ({
  ...rest,
  stages: null,
  run: run.fingerprint,
  evaluation: withoutTimes(evaluation),
  baseline: baseline && withoutTimes(baseline),
  comparison: comparison && comparisonOf(comparison),
  verdicts: verdicts.map(verdictOf),
});

const withoutTimes = (evaluation: Evaluation): Evaluation => ({
  ...evaluation,
  metrics: timelessOf(evaluation.metrics),
});

const timelessOf = <T>(metrics: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(metrics).filter(([name]) => !isTime(name)));

const isTime = (metric: keyof Metrics): boolean => metricEntry(metric)?.unit === 'ms';

/** The evaluations are in the key themselves; their digests hold the times. */
const comparisonOf = ({ candidateEvaluation, baselineEvaluation, ...rest }: Comparison): object => ({
  ...rest,
  metrics: timelessOf(rest.metrics),
});

/** Reasons repeat what the checks found. */
function verdictOf({ environment, verdict, checks, binding }: Verdict): object {
  const { evaluation, comparison, ...bound } = binding;
  return { environment, verdict, checks: checks.map(checkOf), binding: bound };
}

const checkOf = ({ id, check, outcome, value, bound, limit }: CheckResult): object =>
  isTime(check.metric) ? { id, check, outcome, limit } : { id, check, outcome, value, bound, limit };
