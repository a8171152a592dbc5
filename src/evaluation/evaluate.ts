import { column, type Table } from '../data/index.ts';
import type { Digest } from '../workspace/index.ts';
import { curvesOf } from './curves.ts';
import type { Estimate, Evaluation, Metrics, Subject, Task } from './evaluation.ts';
import { judgedRows, splitRows, sum } from './judged-rows.ts';
import { defaultPositive, labelsOf } from './labels.ts';
import { estimatesOf, measure } from './metrics.ts';
import { checkProbabilities, joinScores } from './row-join.ts';
import { cutSlices, type Slicing } from './slices.ts';

/** A table with the digest of the file it came from. */
export interface DigestedTable {
  readonly table: Table;
  readonly digest: Digest;
}

/** The rows to judge on, and how: the `evaluate` section of a pipeline with its data at hand. */
export interface JudgedData {
  readonly task: Task;
  readonly data: DigestedTable;
  readonly target: string;
  readonly positive?: string | undefined;
  readonly threshold?: number | undefined;
  readonly rowId?: string | undefined;
  readonly slices?: readonly string[] | undefined;
}

export interface EvaluateInput extends JudgedData {
  readonly model: string;
  /** Columns row_id, fold, score; one row for each judged row. */
  readonly predictions: DigestedTable;
  readonly subject: Subject;
  readonly folds?: number | undefined;
  /** Measured once, without an interval: latency_p50_ms, latency_p99_ms, size_mb. */
  readonly measured?: Readonly<Record<string, number>> | undefined;
}

const defaultThreshold = 0.5;

/**
 * All metrics of one model on the judged rows, whole and by slice, each with its 95 % interval where one can be
 * given. A pure function of its input. Errors: E_EVALUATE_ROWS, E_EVALUATE_TARGET, E_TABLE_COLUMN.
 */
export function evaluate(input: EvaluateInput): Evaluation {
  const { model, task, data, target, subject, folds, predictions } = input;
  const prepared = prepare(input);
  const scores = joinScores(data.table, input.rowId, predictions.table);
  const binary = task === 'binary-classification';
  if (binary) checkProbabilities(scores);
  const judged = judgedRows(prepared.labels, scores);
  return {
    v: 1,
    model,
    task,
    data: data.digest,
    rows: judged.rows,
    ...(binary ? { positives: sum(judged.labels) } : {}),
    target,
    ...(binary ? { positive: prepared.positive, threshold: prepared.threshold } : {}),
    ...(folds === undefined ? {} : { folds }),
    subject,
    predictions: predictions.digest,
    metrics: {
      ...estimatesOf(measure(judged, task, prepared.threshold)),
      ...withoutInterval(input.measured ?? {}),
    },
    slices: prepared.slicings.flatMap((slicing) =>
      splitRows(judged, slicing.groups, slicing.values.length).map((part, index) => ({
        column: slicing.column,
        value: slicing.values[index]!,
        rows: part.rows,
        ...(binary ? { positives: sum(part.labels) } : {}),
        metrics: estimatesOf(measure(part, task, prepared.threshold)),
      })),
    ),
    curves: judged.rows === 0 ? {} : curvesOf(judged, task, prepared.threshold),
  };
}

interface Prepared {
  readonly labels: Float64Array;
  readonly positive: string;
  readonly threshold: number;
  readonly slicings: readonly Slicing[];
}

/** What candidate and baseline share: labels and slices come from the judged rows alone. */
export function prepare({ task, data, target, positive, threshold, slices }: JudgedData): Prepared {
  const source = column(data.table, target, 'the judged rows');
  const chosen =
    positive ?? (task === 'regression' ? '' : defaultPositive(Array.from(source.values, textOrNull)));
  return {
    labels: labelsOf(source, task, positive ?? (chosen === '' ? undefined : chosen)),
    positive: chosen,
    threshold: threshold ?? defaultThreshold,
    slicings: cutSlices(data.table, slices ?? []),
  };
}

const textOrNull = (value: string | number | null): string | null =>
  value === null || Number.isNaN(value) ? null : String(value);

const withoutInterval = (values: Readonly<Record<string, number>>): Metrics =>
  Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => Number.isFinite(value))
      .map(([name, value]): [string, Estimate] => [name, { value, low: null, high: null }]),
  );
