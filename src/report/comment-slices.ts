import { metricTitle } from '../evaluation/index.ts';
import type { Limits } from './comment.ts';
import { primaryMetric, subjectLabel } from './headline.ts';
import { inert, inertCode } from './inert-text.ts';
import { type ChartRow, intervalChart } from './interval-chart.ts';
import { type Detail, more, table } from './markdown-parts.ts';
import { directionOf, type SliceRow, sliceRows } from './metric-change.ts';
import { countText, deltaInterval, deltaText, metricText, plural } from './numbers.ts';
import type { ReportInput } from './report-input.ts';

/** `🔻 **Worse in 1 of 9 slices**: origin = ORD −0.0093` */
export function worseSlices(input: ReportInput, limit: Limits): string {
  const metric = primaryMetric(input);
  const compared = comparedSlices(input, metric);
  if (compared.length === 0) return '';
  const worse = compared.filter(({ difference }) => difference!.judgement === 'worse');
  const where = `of ${plural(compared.length, 'slice')} in ${inert(metricTitle(metric), 60)}`;
  if (worse.length === 0) return `**Worse in none** ${where}.`;
  const shown = bySize(worse).slice(0, 3);
  const names = shown.map(
    ({ column, value, difference }) =>
      `${inert(column, limit.text)} = ${inert(value, limit.text)} (${deltaText(metric, difference!.delta)})`,
  );
  const rest = worse.length > shown.length ? ` and ${worse.length - shown.length} more` : '';
  return `🔻 **Worse in ${countText(worse.length)}** ${where}: ${names.join(', ')}${rest}.${byChance(compared.length)}`;
}

function byChance(compared: number): string {
  const chance = Math.round(compared * 0.025);
  return chance > 0 ? ` Each interval stands alone: about ${chance} would look worse by chance.` : '';
}

/** Every slice that was compared, the worst first. */
export function sliceSection(input: ReportInput, limit: Limits): Detail | null {
  const metric = primaryMetric(input);
  const compared = comparedSlices(input, metric);
  if (compared.length === 0) return null;
  const lower = directionOf(metric) === 'lower';
  const found = [...compared].sort(
    (a, b) => (a.difference!.delta - b.difference!.delta) * (lower ? -1 : 1) || b.rows - a.rows,
  );
  const shown = found.slice(0, limit.slices);
  const rows = shown.map(({ column, value, rows, candidate, difference }) => [
    `${inertCode(column, 60)} = ${inertCode(value, 60)}`,
    countText(rows),
    candidate ? metricText(metric, candidate.value) : '',
    `${difference!.arrow} ${deltaText(metric, difference!.delta)}`,
    deltaInterval(metric, difference!.low, difference!.high),
    sign[difference!.judgement],
  ]);
  const head = ['Slice', 'Rows', 'This change', 'Difference', '95 % interval', ''];
  return {
    name: plural(found.length, 'slice'),
    title: `${plural(found.length, 'slice')} in ${inert(metricTitle(metric), 60)}, the worst first`,
    body: table(head, rows, ['l', 'r', 'r', 'r', 'c', 'l']) + more(found.length, shown.length, 'slice'),
  };
}

const sign = { better: '**better**', worse: '🔻 **worse**', same: '', unknown: 'changed' } as const;

/** Differences by slice where there was a comparison, else the slices' values. */
export function chartSection(input: ReportInput, limit: Limits): string {
  const metric = primaryMetric(input);
  const title = metricTitle(metric);
  const most = limit.chart - 1;
  const overall = ownOf(input.comparison?.metrics, metric);
  if (overall && input.comparison) {
    const slices = largest(comparedSlices(input, metric), most).map((slice) =>
      chartRow(slice, { ...slice.difference!, value: slice.difference!.delta }),
    );
    const all = { label: 'all rows', rows: input.evaluation.rows, ...overall, value: overall.delta };
    const direction = directionOf(metric);
    const sides = direction === 'lower' ? (['better', 'worse'] as const) : (['worse', 'better'] as const);
    return fenced([all, ...slices], {
      metric,
      kind: 'difference',
      title: `Difference in ${title} from ${subjectLabel(input.comparison.baseline)}, with its 95 % interval`,
      ...(direction ? { sides } : {}),
    });
  }
  const estimate = ownOf(input.evaluation.metrics, metric);
  if (!estimate || estimate.low === null || estimate.high === null) return '';
  const slices = largest(sliceRows(input, metric), most).flatMap((slice) => {
    const { candidate } = slice;
    if (!candidate || candidate.low === null || candidate.high === null) return [];
    return [chartRow(slice, { value: candidate.value, low: candidate.low, high: candidate.high })];
  });
  const { value, low, high } = estimate;
  return fenced([{ label: 'all rows', rows: input.evaluation.rows, value, low, high }, ...slices], {
    metric,
    kind: 'value',
    title: `${title}, with its 95 % interval`,
  });
}

const chartRow = (
  { column, value, rows }: SliceRow,
  at: { readonly value: number; readonly low: number; readonly high: number },
): ChartRow => ({
  label: `${column} = ${value}`,
  rows,
  value: at.value,
  low: at.low,
  high: at.high,
});

const fenced = (rows: readonly ChartRow[], options: Parameters<typeof intervalChart>[1]): string =>
  `\`\`\`text\n${intervalChart(rows, options)}\n\`\`\``;

const comparedSlices = (input: ReportInput, metric: string): SliceRow[] =>
  sliceRows(input, metric).filter(({ difference }) => difference !== null);

const bySize = (slices: readonly SliceRow[]): SliceRow[] =>
  [...slices].sort((a, b) => Math.abs(b.difference!.delta) - Math.abs(a.difference!.delta));

/** The slices with most rows, in the evaluation's order: they say most. */
const largest = (slices: readonly SliceRow[], most: number): SliceRow[] => {
  const chosen = new Set([...slices].sort((a, b) => b.rows - a.rows).slice(0, Math.max(0, most)));
  return slices.filter((slice) => chosen.has(slice));
};

/** A metric's name comes from outside and may be `constructor`. */
const ownOf = <T>(record: Readonly<Record<string, T>> | undefined, key: string): T | undefined =>
  record && Object.hasOwn(record, key) ? record[key] : undefined;
