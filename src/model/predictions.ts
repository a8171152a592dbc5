import { type Column, column, type Table } from '../data/index.ts';

/**
 * The predictions table that evaluation works from: `row_id` (the named column, else the row's number from 0),
 * `fold` (0: one model scored every row), `score`. Errors: E_TABLE_COLUMN when the row id column is missing.
 */
export function predictionsTable(table: Table, scores: Float64Array, rowId?: string): Table {
  const ids: Column =
    rowId === undefined
      ? { name: 'row_id', type: 'number', values: Float64Array.from({ length: table.rows }, (_, row) => row) }
      : { ...column(table, rowId), name: 'row_id' };
  return {
    rows: table.rows,
    columns: [
      ids,
      { name: 'fold', type: 'number', values: new Float64Array(table.rows) },
      { name: 'score', type: 'number', values: scores },
    ],
  };
}
