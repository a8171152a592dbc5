import type { Column, Table } from '../data/index.ts';
import type { InputColumn } from '../model/index.ts';

const isoDate = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;
/** float32, which graphs compute in, holds every integer up to here. */
const exactFloat32 = 2 ** 24;

/** What model.yaml says of a table's columns, all but the named ones: types, and ranges with room to spare. */
export const inferInputs = (table: Table, except: readonly string[]): InputColumn[] =>
  table.columns.filter(({ name }) => !except.includes(name)).map(inferInput);

function inferInput(column: Column): InputColumn {
  if (column.type === 'text')
    return { name: column.name, type: isDateColumn(column.values) ? 'date' : 'category' };
  const seen = Float64Array.from(column.values.filter((value) => !Number.isNaN(value)));
  if (seen.length === 0) return { name: column.name, type: 'number' };
  if (seen.every((value) => value === 0 || value === 1)) return { name: column.name, type: 'boolean' };
  const [low, high] = extent(seen);
  const large = Math.max(Math.abs(low), Math.abs(high)) > exactFloat32;
  if (large && seen.length === column.values.length && seen.every(Number.isSafeInteger)) {
    return { name: column.name, type: 'integer', missing: false };
  }
  const spare = high - low;
  return {
    name: column.name,
    type: 'number',
    minimum: low >= 0 ? 0 : tidy(low - spare),
    maximum: high <= 0 ? 0 : tidy(high + spare),
  };
}

/** A column of dates may hold a stray bad cell; the graph reads those as missing. */
function isDateColumn(values: readonly (string | null)[]): boolean {
  const seen = values.filter((value) => value !== null);
  return seen.length > 0 && seen.filter((value) => isoDate.test(value)).length >= 0.95 * seen.length;
}

function extent(values: Float64Array): [low: number, high: number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

/** Two digits are enough for a limit with room to spare; rounded outwards. */
function tidy(value: number): number {
  const size = 10 ** (Math.floor(Math.log10(Math.abs(value) || 1)) - 1);
  const rounded = value > 0 ? Math.ceil(value / size) * size : Math.floor(value / size) * size;
  return Number(rounded.toPrecision(6));
}
