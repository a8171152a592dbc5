import type { CheckResult } from '../gate/verdict.ts';
import type { Limits } from './comment.ts';
import { signOf, subjectLabel } from './headline.ts';
import { inert } from './inert-text.ts';
import { type Detail, more, table } from './markdown-parts.ts';
import { type Judgement, type MetricRow, metricRows } from './metric-change.ts';
import { deltaInterval, deltaText, intervalText, metricText, plural } from './numbers.ts';
import type { ReportInput } from './report-input.ts';

const words: Readonly<Record<Judgement, string>> = {
  better: '**better**',
  worse: '**worse**',
  same: 'no clear change',
  unknown: 'changed',
};

/** As many as fit a screen beside the rest; what the policy asks for is always among them. */
const atFirst = { least: 4, most: 8 } as const;

/** The metrics that decide, in sight: this change, the baseline, the difference with its interval, the check. */
export function metricSection(input: ReportInput, limit: Limits): string {
  const { shown } = splitMetrics(input, limit);
  return shown.length === 0 ? '' : metricTable(shown, input);
}

/** The others. */
export function otherMetrics(input: ReportInput, limit: Limits): Detail | null {
  const { all, shown, others } = splitMetrics(input, limit);
  const left = all - shown.length;
  if (left === 0) return null;
  return {
    name: plural(left, 'more metric'),
    body: (others.length > 0 ? metricTable(others, input) : '') + more(left, others.length, 'metric'),
  };
}

interface Split {
  readonly all: number;
  readonly shown: readonly MetricRow[];
  readonly others: readonly MetricRow[];
}

function splitMetrics(input: ReportInput, limit: Limits): Split {
  const rows = metricRows(input);
  const asked = new Set(input.verdicts.flatMap(({ checks }) => checks.map(({ check }) => check.metric)));
  const decides = rows.map(({ metric }) => asked.has(metric));
  const inSight = new Set(rows.filter((_, index) => decides[index]).slice(0, atFirst.most));
  for (const row of rows.slice(0, atFirst.least)) if (inSight.size < atFirst.least) inSight.add(row);
  const shown = rows.filter((row) => inSight.has(row));
  const others = rows.filter((row) => !inSight.has(row)).slice(0, Math.max(0, limit.metrics - shown.length));
  return { all: rows.length, shown, others };
}

function metricTable(rows: readonly MetricRow[], input: ReportInput): string {
  const checked = rows.map(({ metric }) => checkSign(metric, input));
  const compared = rows.some(({ baseline }) => baseline !== null);
  const withChecks = checked.some((sign) => sign !== '');
  const cells = rows.map((row, index) => [
    ...(compared ? comparedCells(row) : plainCells(row)),
    ...(withChecks ? [checked[index]!] : []),
  ]);
  const subject = input.comparison?.baseline ?? input.baseline?.subject;
  const base = subject ? inert(subjectLabel(subject), 40) : 'Baseline';
  const head = compared
    ? ['Metric', unbroken('This change'), base, 'Difference', unbroken('95 % interval'), '']
    : ['Metric', unbroken('This change'), unbroken('95 % interval')];
  const align = compared ? (['l', 'r', 'r', 'r', 'c', 'l'] as const) : (['l', 'r', 'c'] as const);
  return table([...head, ...(withChecks ? ['Check'] : [])], cells, [
    ...align,
    ...(withChecks ? (['c'] as const) : []),
  ]);
}

/** Numbers stay on one line, whatever the width of the table. */
const unbroken = (text: string): string => text.replaceAll(' ', '\u00a0');

const plainCells = ({ metric, title, candidate }: MetricRow): string[] => [
  inert(title, 60),
  unbroken(metricText(metric, candidate.value)),
  unbroken(intervalText(metric, candidate)),
];

const comparedCells = ({ metric, title, candidate, baseline, difference }: MetricRow): string[] => [
  inert(title, 60),
  unbroken(metricText(metric, candidate.value)),
  baseline ? unbroken(metricText(metric, baseline.value)) : '',
  difference ? unbroken(`${difference.arrow} ${deltaText(metric, difference.delta)}`) : '',
  difference ? unbroken(deltaInterval(metric, difference.low, difference.high)) : '',
  difference ? unbroken(words[difference.judgement]) : '',
];

const worstFirst: readonly CheckResult['outcome'][] = ['fail', 'inconclusive', 'waived', 'pass', 'pending'];

/** The worst that the policy's checks of a metric came to, in any environment; nothing where it asks nothing. */
function checkSign(metric: string, { verdicts }: ReportInput): string {
  const outcomes = new Set(
    verdicts.flatMap(({ checks }) =>
      checks.filter(({ check }) => check.metric === metric).map(({ outcome }) => outcome),
    ),
  );
  const worst = worstFirst.find((outcome) => outcomes.has(outcome));
  return worst === undefined ? '' : signOf[worst];
}
