import type { Column, Table } from '../data/index.ts';
import { LockstepError } from '../workspace/errors.ts';
import { nearest } from '../workspace/suggestion.ts';

export type ElementType = 'float32' | 'float64' | 'int64' | 'string';

/** What one graph input is fed with. Cells of the rows from `from` up to `to`. */
export type Feed =
  | { readonly type: 'float32'; readonly data: Float32Array }
  | { readonly type: 'float64'; readonly data: Float64Array }
  | { readonly type: 'int64'; readonly data: BigInt64Array }
  | { readonly type: 'string'; readonly data: string[] };

/** Errors: E_MODEL_INPUT, for a column the data lacks, with the nearest name. */
export function inputColumn(table: Table, name: string): Column {
  const found = table.columns.find((column) => column.name === name);
  if (found) return found;
  const near = nearest(
    name,
    table.columns.map((column) => column.name),
  );
  throw new LockstepError('E_MODEL_INPUT', {
    what: `the model takes a column "${name}" that the data does not have`,
    fix: near ? `the data has "${near}": is that it?` : 'add the column to the data',
  });
}

/**
 * A column's cells as the graph wants them: missing is NaN for floats and "" for strings; a number travels as
 * text in its shortest form, text as a number only when it is one. Errors: E_MODEL_INPUT with column and row.
 */
export function feedOf(column: Column, type: ElementType, from: number, to: number): Feed {
  switch (type) {
    case 'float32':
      return { type, data: floats(column, from, new Float32Array(to - from)) };
    case 'float64':
      return { type, data: floats(column, from, new Float64Array(to - from)) };
    case 'string':
      return { type, data: Array.from({ length: to - from }, (_, index) => textAt(column, from + index)) };
    case 'int64':
      return {
        type,
        data: BigInt64Array.from({ length: to - from }, (_, index) => integerAt(column, from + index)),
      };
  }
}

function floats<T extends Float32Array | Float64Array>(column: Column, from: number, target: T): T {
  if (column.type === 'number') {
    target.set(column.values.subarray(from, from + target.length));
    return target;
  }
  for (let index = 0; index < target.length; index++) {
    const text = column.values[from + index] ?? null;
    const value = text === null ? Number.NaN : Number(text);
    if (text !== null && (Number.isNaN(value) || text.trim() === ''))
      throw refuse(column, from + index, 'a number');
    target[index] = value;
  }
  return target;
}

function textAt(column: Column, row: number): string {
  if (column.type === 'text') return column.values[row] ?? '';
  const value = column.values[row]!;
  return Number.isNaN(value) ? '' : String(value);
}

function integerAt(column: Column, row: number): bigint {
  const value = column.values[row] ?? null;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value);
  if (typeof value === 'string' && /^-?\d{1,18}$/.test(value)) return BigInt(value);
  throw refuse(column, row, 'an integer (this column has no way to say missing)');
}

const refuse = (column: Column, row: number, allowed: string): LockstepError =>
  new LockstepError('E_MODEL_INPUT', {
    what: `${JSON.stringify(column.values[row] ?? null)} in column "${column.name}", row ${row}`,
    allowed,
  });
