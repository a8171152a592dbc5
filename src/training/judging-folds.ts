import type { Table } from '../data/index.ts';
import type { EvaluateSection } from '../pipeline/index.ts';
import { foldsOf, rowHashes } from './row-hash.ts';

/** The column that names rows: the one stated, or `row_id` where the table has it; else rows count from 0. */
export const rowIdColumn = (table: Table, stated: string | undefined): string | undefined =>
  stated ?? (table.columns.some(({ name }) => name === 'row_id') ? 'row_id' : undefined);

/** Columns that are no content of a row. */
export const rowIdOf = (table: Table, stated: string | undefined): string[] => {
  const name = rowIdColumn(table, stated);
  return name === undefined ? ['fold'] : [name, 'fold'];
};

/** The fold that judges each row: the table's `fold`, else by content, so that equal rows share one. */
export function judgingFolds(
  table: Table,
  { folds, 'row-id': rowId }: EvaluateSection,
  seed: number,
): { judges: Int32Array; foldCount: number } {
  if (folds === undefined) return { judges: new Int32Array(table.rows), foldCount: 0 };
  const given = table.columns.find(({ name }) => name === 'fold');
  if (given?.type === 'number' && isFolds(given.values, folds))
    return { judges: Int32Array.from(given.values), foldCount: folds };
  return { judges: contentFolds(table, folds, seed, rowId), foldCount: folds };
}

export const contentFolds = (
  table: Table,
  folds: number,
  seed: number,
  rowId: string | undefined,
): Int32Array => foldsOf(rowHashes(table, { purpose: 'fold', seed, without: rowIdOf(table, rowId) }), folds);

const isFolds = (values: Float64Array, folds: number): boolean =>
  values.every((value) => Number.isInteger(value) && value >= 0 && value < folds);
