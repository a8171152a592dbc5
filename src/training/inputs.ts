import { type Column, cellText, column, type Table } from '../data/index.ts';
import type { InputColumn } from '../model/index.ts';
import { LockstepError } from '../workspace/index.ts';

/** How a raw column enters the graph. A number is read as float32(value − offset). */
export type RawInput =
  | { readonly kind: 'number'; readonly name: string; readonly int64: boolean; readonly offset: number }
  | { readonly kind: 'category'; readonly name: string }
  | { readonly kind: 'date'; readonly name: string };

/** A raw column as the graph sees it: NaN or "" is missing. */
export type RawValues =
  | { readonly kind: 'number'; readonly values: Float32Array }
  | { readonly kind: 'text'; readonly values: readonly string[] };

/** float32 holds every integer up to here. */
const exactFloat32 = 2 ** 24;
/** From this many columns on a graph has two inputs, `numbers` and `texts`. */
const wideFrom = 201;

/** So it has where a column is called as the output is, since a graph's tensors have different names. */
export const isWide = (inputs: readonly { readonly name: string }[]): boolean =>
  inputs.length >= wideFrom || inputs.some(({ name }) => name === 'score');

/** Decides each input's form from the training rows. Errors: E_TABLE_COLUMN, E_TRAIN_DATA. */
export function planInputs(table: Table, inputs: readonly InputColumn[]): RawInput[] {
  return inputs.map((input) => {
    if (input.type === 'category' || input.type === 'date') return { kind: input.type, name: input.name };
    const numbers = numbersOf(column(table, input.name));
    const int64 = !isWide(inputs) && needsInt64(numbers, input);
    return { kind: 'number', name: input.name, int64, offset: int64 ? least(numbers) : 0 };
  });
}

/** Reads the inputs' columns out of a table. Errors: E_TABLE_COLUMN, E_TRAIN_DATA. */
export const readInputs = (table: Table, inputs: readonly RawInput[]): RawValues[] =>
  inputs.map((input) => {
    const source = column(table, input.name);
    if (input.kind !== 'number') return { kind: 'text', values: textsOf(source, table.rows) };
    const values = Float32Array.from(numbersOf(source), (value) => value - input.offset);
    refuseInfinite(values, input.name);
    return { kind: 'number', values };
  });

/** The rows of `indices`, in their order. */
export const selectValues = (inputs: readonly RawValues[], indices: ArrayLike<number>): RawValues[] =>
  inputs.map((input) =>
    input.kind === 'number'
      ? { kind: 'number', values: Float32Array.from(indices, (row) => input.values[row]!) }
      : { kind: 'text', values: Array.from(indices, (row) => input.values[row]!) },
  );

/** An INT64 tensor has no NaN, so only a column that model.yaml says is never missing gets one. */
function needsInt64(values: Float64Array, input: InputColumn): boolean {
  if (input.type !== 'integer' || input.missing !== false) return false;
  let large = false;
  for (const value of values) {
    if (!Number.isSafeInteger(value)) return false;
    if (value > exactFloat32 || value < -exactFloat32) large = true;
  }
  return large;
}

function numbersOf(source: Column): Float64Array {
  if (source.type === 'number') return source.values;
  const first = source.values.findIndex((value) => value !== null);
  if (first < 0) return new Float64Array(source.values.length).fill(Number.NaN);
  throw new LockstepError('E_TRAIN_DATA', {
    what: `column "${source.name}" holds text, first in row ${first + 1}`,
    allowed: 'model.yaml declares it as a number',
    fix: `declare "${source.name}" as category or date in model.yaml, or mend the cells that are no numbers`,
  });
}

const textsOf = (source: Column, rows: number): readonly string[] =>
  source.type === 'text'
    ? source.values.map((value) => value ?? '')
    : Array.from({ length: rows }, (_, row) => cellText(source, row) ?? '');

/** A graph computes in float32; what overflows it would be infinite there. */
function refuseInfinite(values: Float32Array, name: string): void {
  const row = values.findIndex((value) => value === Infinity || value === -Infinity);
  if (row < 0) return;
  throw new LockstepError('E_TRAIN_DATA', {
    what: `column "${name}" holds a number beyond ±3.4e38, first in row ${row + 1}`,
    allowed: 'numbers that float32, which models compute in, can hold',
    fix: `rescale the column in the stage before, or take "${name}" off \`inputs\` in model.yaml`,
  });
}

function least(values: Float64Array): number {
  let low = Number.POSITIVE_INFINITY;
  for (const value of values) if (value < low) low = value;
  return low;
}
