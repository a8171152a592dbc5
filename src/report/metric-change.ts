import type { Difference, Estimate } from '../evaluation/index.ts';
import { metricDirections, metricTitle } from '../evaluation/index.ts';
import type { ReportInput } from './report-input.ts';

/** What a difference means. `same`: its 95 % interval holds zero, so the data can't tell. */
export type Judgement = 'better' | 'worse' | 'same' | 'unknown';

export interface Change {
  readonly judgement: Judgement;
  /** Where the number went: up, down or nowhere. Whether that is good is the judgement's to say. */
  readonly arrow: '↑' | '↓' | '≈';
}

export function changeOf(metric: string, { delta, low, high }: Difference): Change {
  const direction = directionOf(metric);
  if (low <= 0 && high >= 0) return { judgement: 'same', arrow: '≈' };
  const arrow = delta > 0 ? '↑' : '↓';
  if (direction === undefined) return { judgement: 'unknown', arrow };
  return { judgement: delta > 0 === (direction === 'higher') ? 'better' : 'worse', arrow };
}

/** Undefined for a metric that Lockstep does not know. */
export const directionOf = (metric: string): 'higher' | 'lower' | undefined =>
  own<'higher' | 'lower'>(metricDirections, metric);

export interface MetricRow {
  readonly metric: string;
  readonly title: string;
  readonly candidate: Estimate;
  readonly baseline: Estimate | null;
  readonly difference: (Difference & Change) | null;
}

/** First what was compared, of that first what the policy asks for; each by the usual order of metrics. */
export function metricRows(input: ReportInput): MetricRow[] {
  const { evaluation, baseline, comparison } = input;
  const asked = new Set(input.verdicts.flatMap(({ checks }) => checks.map(({ check }) => check.metric)));
  const usual = new Map(Object.keys(metricDirections).map((name, index) => [name, index]));
  const rank = (name: string) =>
    (comparison && Object.hasOwn(comparison.metrics, name) ? 0 : 2) +
    (asked.has(name) ? 0 : 1) +
    (usual.get(name) ?? usual.size) / (usual.size + 1);
  const ranked = Object.keys(evaluation.metrics).map((name) => ({ name, rank: rank(name) }));
  ranked.sort((a, b) => a.rank - b.rank || (a.name < b.name ? -1 : 1));
  return ranked.map(({ name }) => rowOf(name));

  function rowOf(metric: string): MetricRow {
    const candidate = evaluation.metrics[metric]!;
    const found = own(comparison?.metrics, metric);
    const measured = own(baseline?.metrics, metric);
    return {
      metric,
      title: metricTitle(metric),
      candidate,
      baseline: measured ?? (found ? { value: candidate.value - found.delta, low: null, high: null } : null),
      difference: found ? { ...found, ...changeOf(metric, found) } : null,
    };
  }
}

/** A metric's name comes from outside and may be `constructor`. */
const own = <T>(record: Readonly<Record<string, T>> | undefined, key: string): T | undefined =>
  record && Object.hasOwn(record, key) ? record[key] : undefined;

export interface SliceRow {
  readonly column: string;
  readonly value: string;
  readonly rows: number;
  readonly candidate: Estimate | null;
  readonly difference: (Difference & Change) | null;
}

/** Every slice's value of one metric, with its difference where it was compared, in the evaluation's order. */
export function sliceRows({ evaluation, comparison }: ReportInput, metric: string): SliceRow[] {
  const key = (column: string, value: string) => JSON.stringify([column, value]);
  const compared = new Map(
    comparison?.slices.map((slice) => [key(slice.column, slice.value), own(slice.metrics, metric)]),
  );
  return evaluation.slices.map((slice) => {
    const difference = compared.get(key(slice.column, slice.value));
    return {
      column: slice.column,
      value: slice.value,
      rows: slice.rows,
      candidate: own(slice.metrics, metric) ?? null,
      difference: difference ? { ...difference, ...changeOf(metric, difference) } : null,
    };
  });
}
