import type { Table } from '../data/index.ts';
import type { Digest } from '../workspace/index.ts';
import { type JudgedData, prepare } from './evaluate.ts';
import type { Comparison, Difference, Subject, Task } from './evaluation.ts';
import { type JudgedRows, judgedRows, splitRows } from './judged-rows.ts';
import { type Measured, standardErrorOf } from './measured.ts';
import { measure } from './metrics.ts';
import { z95 } from './normal.ts';
import { joinScores } from './row-join.ts';

export interface CompareInput extends JudgedData {
  /** Predictions of both models for the very same judged rows. */
  readonly candidate: { readonly table: Table };
  readonly baseline: { readonly table: Table };
  readonly candidateEvaluation: Digest;
  readonly baselineEvaluation: Digest;
  readonly baselineSubject: Subject;
}

/**
 * The candidate's metrics minus the baseline's on the same rows, whole and by slice. Both models meet the same
 * easy and hard rows, so the standard error is that of the paired difference: for the ROC AUC DeLong's
 * covariance, for the others the difference of influence functions. A metric that either model lacks is left
 * out. Errors: E_EVALUATE_ROWS, E_EVALUATE_TARGET, E_TABLE_COLUMN.
 */
export function compare(input: CompareInput): Comparison {
  const { task, data, rowId } = input;
  const { labels, threshold, slicings } = prepare(input);
  const candidate = judgedRows(labels, joinScores(data.table, rowId, input.candidate.table));
  const baseline = judgedRows(labels, joinScores(data.table, rowId, input.baseline.table));
  return {
    v: 1,
    baseline: input.baselineSubject,
    candidateEvaluation: input.candidateEvaluation,
    baselineEvaluation: input.baselineEvaluation,
    rows: candidate.rows,
    metrics: differences(candidate, baseline, task, threshold),
    slices: slicings.flatMap(({ column, values, groups }) => {
      const others = splitRows(baseline, groups, values.length);
      return splitRows(candidate, groups, values.length).map((part, index) => ({
        column,
        value: values[index]!,
        rows: part.rows,
        metrics: differences(part, others[index]!, task, threshold),
      }));
    }),
  };
}

function differences(
  candidate: JudgedRows,
  baseline: JudgedRows,
  task: Task,
  threshold: number,
): Record<string, Difference> {
  const others = new Map(measure(baseline, task, threshold).map((metric) => [metric.name, metric]));
  const found: Record<string, Difference> = {};
  for (const metric of measure(candidate, task, threshold)) {
    const difference = others.has(metric.name) ? differenceOf(metric, others.get(metric.name)!) : null;
    if (difference) found[metric.name] = difference;
  }
  return found;
}

function differenceOf(candidate: Measured, baseline: Measured): Difference | null {
  const delta = candidate.value - baseline.value;
  const standardError = candidate.biased ? fromIntervals(candidate, baseline) : paired(candidate, baseline);
  if (!Number.isFinite(standardError)) return null;
  return { delta, standardError, low: delta - z95 * standardError, high: delta + z95 * standardError };
}

function paired(candidate: Measured, baseline: Measured): number {
  const other = baseline.influence();
  return standardErrorOf(candidate.influence().map((part, row) => part - other[row]!));
}

/**
 * The error of a difference from the two intervals and the correlation of the two errors, for each side, and
 * the larger of both. Source: the method of variance estimates recovery, Zou and Donner 2008.
 */
function fromIntervals(candidate: Measured, baseline: Measured): number {
  const [one, other] = [candidate, baseline].map(({ value, interval }) => ({
    low: interval.low === null ? Number.NaN : value - interval.low,
    high: interval.high === null ? Number.NaN : interval.high - value,
  }));
  const mine = standardErrorOf(candidate.influence());
  const theirs = standardErrorOf(baseline.influence());
  const both = paired(candidate, baseline);
  if (both === 0) return 0;
  const correlation =
    mine === 0 || theirs === 0 ? 0 : (mine ** 2 + theirs ** 2 - both ** 2) / (2 * mine * theirs);
  const reach = (a: number, b: number) => Math.sqrt(Math.max(0, a * a + b * b - 2 * correlation * a * b));
  return Math.max(both, reach(one!.low, other!.low) / z95, reach(one!.high, other!.high) / z95);
}
