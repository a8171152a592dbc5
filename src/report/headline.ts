import type { Comparison, Subject } from '../evaluation/index.ts';
import { metricTitle } from '../evaluation/index.ts';
import type { CheckResult, Outcome, Verdict } from '../gate/verdict.ts';
import { changeOf } from './metric-change.ts';
import { plural } from './numbers.ts';
import type { ReportInput } from './report-input.ts';

export const signOf: Readonly<Record<CheckResult['outcome'], string>> = {
  pass: '✅',
  fail: '❌',
  inconclusive: '⚠️',
  waived: '🟡',
  pending: '⏳',
  'not-judged': '➖',
};

/** The verdict in one line, in parts, so that each rendering can escape and set them in its own way. */
export interface Headline {
  readonly outcome: Outcome;
  /** Follows the model's name. */
  readonly claim: string;
  /** Why, in words of the gate; may hold text from outside. */
  readonly reason: string;
}

/** The worst of the environments' verdicts: what production refuses is refused, whatever dev says. */
export function headlineOf(input: ReportInput): Headline {
  const outcome = worst(input.verdicts);
  const deciding = input.verdicts.find(({ verdict }) => verdict === outcome);
  if (outcome === 'pass') return { outcome, claim: 'may be merged', reason: passReason(input) };
  const reason = deciding?.reasons[0] ?? 'no environment gave a verdict';
  return outcome === 'fail'
    ? { outcome, claim: 'must not be merged, the gate refuses', reason }
    : { outcome, claim: 'is inconclusive, too little to tell', reason };
}

function worst(verdicts: readonly Verdict[]): Outcome {
  const found = new Set(verdicts.map(({ verdict }) => verdict));
  if (found.has('fail')) return 'fail';
  return found.has('inconclusive') || found.size === 0 ? 'inconclusive' : 'pass';
}

function passReason(input: ReportInput): string {
  const { comparison } = input;
  const metric = primaryMetric(input);
  const difference = comparison?.metrics[metric];
  if (!comparison || !difference) {
    const held = input.verdicts.flatMap(({ checks }) => checks).filter(({ outcome }) => outcome === 'pass');
    return `${plural(held.length, 'check')} hold${held.length === 1 ? 's' : ''}`;
  }
  const who = baselineName(comparison);
  const { judgement } = changeOf(metric, difference);
  if (judgement === 'better') return `better than ${who}`;
  if (judgement === 'worse') return `within the margin of ${who}`;
  return `as good as ${who} in ${metricTitle(metric)}`;
}

/** The metric a policy compares with the baseline by, else the task's usual one. */
export function primaryMetric({ verdicts, evaluation }: ReportInput): string {
  const usual = evaluation.task === 'regression' ? 'rmse' : 'roc_auc';
  const checked = verdicts
    .flatMap(({ checks }) => checks)
    .find(({ check }) => check['not-worse-than'] !== undefined && check.slice === undefined);
  return checked?.check.metric ?? usual;
}

export const baselineName = (comparison: Comparison): string => subjectName(comparison.baseline);

export function subjectName(subject: Subject): string {
  if (subject.kind === 'simplest') return `the simplest model (${subject.name})`;
  if (subject.kind === 'candidate') return 'the candidate';
  return subject.environment === undefined ? subject.version : `${subject.version} in ${subject.environment}`;
}

/** The same, short enough for a column's head. */
export const subjectLabel = (subject: Subject): string =>
  subject.kind === 'version'
    ? subject.version
    : subject.kind === 'simplest'
      ? `simplest (${subject.name})`
      : 'candidate';
