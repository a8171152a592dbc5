import { metricTitle } from '../evaluation/index.ts';
import type { Limits } from './comment.ts';
import { primaryMetric, subjectLabel } from './headline.ts';
import { inert, inertCode } from './inert-text.ts';
import { intervalChart } from './interval-chart.ts';
import { folded, more, table } from './markdown-parts.ts';
import { directionOf, type Judgement, metricRows, type SliceRow, sliceRows } from './metric-change.ts';
import {
  bytesText,
  countText,
  deltaInterval,
  deltaText,
  intervalText,
  metricText,
  plural,
  secondsText,
} from './numbers.ts';
import type { DataChange, ReportInput } from './report-input.ts';

const words: Readonly<Record<Judgement, string>> = {
  better: '**better**',
  worse: '**worse**',
  same: 'no clear change',
  unknown: 'changed',
};

/** Candidate, baseline, and the difference with its interval. */
export function metricSection(input: ReportInput, limit: Limits): string {
  const all = metricRows(input);
  if (all.length === 0) return '';
  const shown = all.slice(0, limit.metrics);
  const rest = more(all.length, shown.length, 'metric');
  if (!shown.some(({ baseline }) => baseline)) {
    const rows = shown.map(({ metric, title, candidate }) => [
      inert(title, 60),
      metricText(metric, candidate.value),
      intervalText(metric, candidate),
    ]);
    return table(['Metric', 'Candidate', '95 % interval'], rows, ['l', 'r', 'c']) + rest;
  }
  const rows = shown.map(({ metric, title, candidate, baseline, difference }) => [
    inert(title, 60),
    metricText(metric, candidate.value),
    baseline ? metricText(metric, baseline.value) : '',
    difference ? `${difference.arrow} ${deltaText(metric, difference.delta)}` : '',
    difference ? deltaInterval(metric, difference.low, difference.high) : '',
    difference ? words[difference.judgement] : '',
  ]);
  const subject = input.comparison?.baseline ?? input.baseline?.subject;
  const head = ['Metric', 'Candidate', subject ? inert(subjectLabel(subject), 40) : 'Baseline'];
  return table([...head, 'Difference', '95 % interval', ''], rows, ['l', 'r', 'r', 'r', 'c', 'l']) + rest;
}

/** Differences by slice where there was a comparison, else the slices' values. */
export function chartSection(input: ReportInput, limit: Limits): string {
  const metric = primaryMetric(input);
  const title = metricTitle(metric);
  const slices = sliceRows(input, metric);
  const overall =
    input.comparison && Object.hasOwn(input.comparison.metrics, metric)
      ? input.comparison.metrics[metric]
      : undefined;
  if (overall && input.comparison) {
    const rows = [
      {
        label: 'all rows',
        rows: input.evaluation.rows,
        value: overall.delta,
        low: overall.low,
        high: overall.high,
      },
      ...largest(slices, limit.chart - 1).map(({ column, value, rows, difference }) => ({
        label: `${column} = ${value}`,
        rows,
        value: difference!.delta,
        low: difference!.low,
        high: difference!.high,
      })),
    ];
    const good = directionOf(metric) === 'lower';
    return fenced(
      intervalChart(rows, {
        metric,
        kind: 'difference',
        title: `Difference in ${title} from ${subjectLabel(input.comparison.baseline)}, with its 95 % interval`,
        ...(directionOf(metric)
          ? { sides: good ? (['better', 'worse'] as const) : (['worse', 'better'] as const) }
          : {}),
      }),
    );
  }
  const estimate = Object.hasOwn(input.evaluation.metrics, metric)
    ? input.evaluation.metrics[metric]
    : undefined;
  if (!estimate || estimate.low === null || estimate.high === null) return '';
  const known = slices.flatMap(({ column, value, rows, candidate }) =>
    candidate && candidate.low !== null && candidate.high !== null
      ? [
          {
            label: `${column} = ${value}`,
            rows,
            value: candidate.value,
            low: candidate.low,
            high: candidate.high,
          },
        ]
      : [],
  );
  const all = {
    label: 'all rows',
    rows: input.evaluation.rows,
    value: estimate.value,
    low: estimate.low,
    high: estimate.high,
  };
  return fenced(
    intervalChart([all, ...known.slice(0, limit.chart - 1)], {
      metric,
      kind: 'value',
      title: `${title}, with its 95 % interval`,
    }),
  );
}

/** The slices with most rows among those that were compared: they say most. */
const largest = (slices: readonly SliceRow[], most: number): SliceRow[] =>
  slices
    .map((slice, index) => ({ slice, index }))
    .filter(({ slice }) => slice.difference)
    .sort((a, b) => b.slice.rows - a.slice.rows || a.index - b.index)
    .slice(0, Math.max(0, most))
    .sort((a, b) => a.index - b.index)
    .map(({ slice }) => slice);

const fenced = (text: string): string => `\`\`\`text\n${text}\n\`\`\``;

export function sliceSection(input: ReportInput, limit: Limits, judgement: 'better' | 'worse'): string {
  const metric = primaryMetric(input);
  const slices = sliceRows(input, metric);
  const compared = slices.filter(({ difference }) => difference);
  const found = compared
    .filter(({ difference }) => difference?.judgement === judgement)
    .sort((a, b) => Math.abs(b.difference!.delta) - Math.abs(a.difference!.delta));
  if (found.length === 0) return '';
  const shown = found.slice(0, limit.slices);
  const rows = shown.map(({ column, value, rows, candidate, difference }) => [
    `${inertCode(column, 60)} = ${inertCode(value, 60)}`,
    countText(rows),
    candidate ? metricText(metric, candidate.value) : '',
    `${difference!.arrow} ${deltaText(metric, difference!.delta)}`,
    deltaInterval(metric, difference!.low, difference!.high),
  ]);
  const chance = Math.round(compared.length * 0.025);
  return folded(
    `${judgement === 'worse' ? '🔻' : '🔺'} ${plural(found.length, 'slice')} got ${judgement} in ${inert(metricTitle(metric), 60)}, of ${compared.length} compared`,
    `${table(['Slice', 'Rows', 'Candidate', 'Difference', '95 % interval'], rows, ['l', 'r', 'r', 'r', 'c'])}${more(found.length, shown.length, 'slice')}${
      chance > 0
        ? `\n\n_Each interval stands alone: of ${compared.length} slices about ${chance} would look ${judgement} by chance._`
        : ''
    }`,
  );
}

export function dataSection({ data }: Pick<ReportInput, 'data'>, limit: Limits): string {
  if (data === null) return '';
  if (data.length === 0) return '**Data**: nothing changed.';
  const shown = data.slice(0, limit.data);
  const rows = shown.map((change) => [
    inertCode(change.key, limit.text),
    changeWord(change),
    change.before ? sizeAndDigest(change.before) : '',
    change.after ? sizeAndDigest(change.after) : '',
  ]);
  return `**Data**: ${plural(data.length, 'dataset')} changed.\n\n${table(['Dataset', '', 'Before', 'After'], rows, ['l', 'l', 'l', 'l'])}${more(data.length, shown.length, 'dataset')}`;
}

export const changeWord = ({ before, after }: DataChange): string =>
  before && after ? 'changed' : after ? 'new' : 'gone';

const sizeAndDigest = ({ digest, size }: { digest: string; size: number }): string =>
  `${bytesText(size)} ${inertCode(digest.slice('sha256:'.length, 'sha256:'.length + 12))}`;

export function stageSection({ stages }: ReportInput, limit: Limits): string {
  if (stages.length === 0) return '';
  const ran = stages.filter(({ kind }) => kind === 'ran');
  const seconds = ran.reduce((sum, stage) => sum + stage.seconds, 0);
  const summary =
    ran.length === 0
      ? `**Run**: nothing ran, ${plural(stages.length, 'stage')} came from the cache.`
      : `**Run**: ${plural(ran.length, 'stage')} ran in ${secondsText(seconds)}${ran.length < stages.length ? `, ${stages.length - ran.length} came from the cache` : ''}.`;
  const shown = stages.slice(0, limit.stages);
  const rows = shown.map(({ name, kind, seconds, why }) => [
    inertCode(name, 60),
    kind,
    secondsText(seconds),
    why === undefined ? '' : inert(why, limit.text),
  ]);
  const withWhy = shown.some(({ why }) => why !== undefined);
  const columns = withWhy ? 4 : 3;
  return `${summary}\n\n${table(
    ['Stage', '', 'Time', 'Why'].slice(0, columns),
    rows.map((row) => row.slice(0, columns)),
    ['l', 'l', 'r', 'l'],
  )}${more(stages.length, shown.length, 'stage')}`;
}
