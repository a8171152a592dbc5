import { type Column, cellText, column, selectRows, type Table } from '../data/index.ts';
import { type Estimate, evaluate, labelsOf, type Metrics, type Task } from '../evaluation/index.ts';
import { digestOf } from '../workspace/index.ts';
import { meanOf, shareOf } from './label-rate.ts';

export interface Truth {
  readonly model: string;
  readonly task: Task;
  readonly target: string;
  readonly positive?: string | undefined;
  readonly threshold?: number | undefined;
  /** Rows whose target is known by now; without an id column the row's number names it. */
  readonly outcomes: Table;
  readonly rowId?: string | undefined;
}

export interface Outcome {
  readonly rows: number;
  readonly labelRate: Estimate | null;
  readonly metrics: Metrics;
}

/**
 * The metrics of each window, from predictions joined by id with what came true. A prediction whose truth isn't
 * known yet is left out; a window without any has no metrics.
 */
export function decayReport(
  truth: Truth,
  predictions: Table,
  windows: ReadonlyMap<string, readonly number[]>,
): Map<string, Outcome> {
  const target = column(truth.outcomes, truth.target);
  const places = placesById(truth.outcomes, truth.rowId);
  const ids = column(predictions, 'row_id');
  const scores = column(predictions, 'score');
  return new Map(
    [...windows].map(([window, rows]) => {
      const joined = rows.flatMap((row) => {
        const place = places.get(cellText(ids, row) ?? '');
        return place === undefined || cellText(target, place) === null ? [] : [{ row, place }];
      });
      return [window, judge(joined)];
    }),
  );

  function judge(joined: readonly { readonly row: number; readonly place: number }[]): Outcome {
    if (joined.length === 0) return { rows: 0, labelRate: null, metrics: {} };
    const rowIds: Column = {
      name: 'row_id',
      type: 'number',
      values: Float64Array.from(joined, (_, index) => index),
    };
    const labels = pick(
      target,
      joined.map(({ place }) => place),
      'target',
    );
    const { metrics } = evaluate({
      ...truth,
      target: 'target',
      rowId: 'row_id',
      positive: truth.positive,
      data: { table: { rows: joined.length, columns: [rowIds, labels] }, digest: unnamed },
      predictions: {
        table: {
          rows: joined.length,
          columns: [
            rowIds,
            { ...rowIds, name: 'fold', values: new Float64Array(joined.length) },
            pick(
              scores,
              joined.map(({ row }) => row),
              'score',
            ),
          ],
        },
        digest: unnamed,
      },
      subject: { kind: 'candidate', modelDigest: null },
    });
    return { rows: joined.length, labelRate: labelRateOf(labels, truth), metrics };
  }
}

/** Only the metrics are taken from these evaluations; nothing is bound to their digests. */
const unnamed = digestOf('');

/** Share of positives with Wilson's interval, or the mean of a regression's target with its normal one. */
export function labelRateOf(
  target: Column,
  { task, positive }: Pick<Truth, 'task' | 'positive'>,
): Estimate | null {
  if (target.values.length === 0) return null;
  const labels = labelsOf(target, task, positive);
  return task === 'regression'
    ? meanOf(labels)
    : shareOf(
        labels.reduce((all, label) => all + label, 0),
        labels.length,
      );
}

function pick(source: Column, rows: readonly number[], name: string): Column {
  const [picked] = selectRows({ rows: source.values.length, columns: [source] }, rows).columns;
  return { ...picked!, name };
}

function placesById(table: Table, rowId: string | undefined): Map<string, number> {
  const source = rowId === undefined ? undefined : column(table, rowId);
  const places = new Map<string, number>();
  for (let row = 0; row < table.rows; row++) {
    const id = source ? cellText(source, row) : String(row);
    if (id !== null) places.set(id, row);
  }
  return places;
}
