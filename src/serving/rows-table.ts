import type { Column, Table } from '../data/index.ts';
import type { InputColumn } from '../model/model-file.ts';

/** Raw rows that `checkRow` has taken, as the table that the model scores; what is left out is missing. */
export function rowsTable(
  inputs: readonly InputColumn[],
  rows: readonly Readonly<Record<string, unknown>>[],
): Table {
  return { rows: rows.length, columns: inputs.map((input) => columnOf(input, rows)) };
}

function columnOf({ name, type }: InputColumn, rows: readonly Readonly<Record<string, unknown>>[]): Column {
  const cells = rows.map((row) => row[name]);
  // Integers beyond 2^53 come as text, and then the whole column travels as text.
  if (type === 'category' || type === 'date' || cells.some((cell) => typeof cell === 'string')) {
    return { name, type: 'text', values: cells.map(textOf) };
  }
  return { name, type: 'number', values: Float64Array.from(cells, numberOf) };
}

const textOf = (cell: unknown): string | null =>
  cell === undefined || cell === null || cell === '' ? null : String(cell);

const numberOf = (cell: unknown): number => (cell === undefined || cell === null ? Number.NaN : Number(cell));
