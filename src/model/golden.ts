import { type Column, cellText, type Table } from '../data/index.ts';
import { LockstepError } from '../workspace/index.ts';
import type { InputColumn, ModelFile } from './model-file.ts';
import { checkRow, type RawRow, type RawValue } from './request-row.ts';
import { inputColumn } from './tensors.ts';

/** `golden.json`: requests with the answers the model gave offline. `docs/schemas/golden.json` */
export interface GoldenFile {
  readonly v: 1;
  readonly model: string;
  readonly requests: readonly GoldenRequest[];
}

export interface GoldenRequest {
  readonly inputs: RawRow;
  readonly score: number;
}

/**
 * Chooses rows of the evaluation data that cover the range of scores evenly, and writes them as a client would
 * send them. The same table and scores give the same requests. A row that model.yaml refuses can't be asked, so
 * it is passed over. Errors: E_MODEL_INPUT when no row at all can be asked.
 */
export function goldenRequests(
  table: Table,
  modelFile: ModelFile,
  scores: ArrayLike<number>,
  count = 32,
): GoldenRequest[] {
  const columns = modelFile.inputs.map((input) => ({ input, column: inputColumn(table, input.name) }));
  const rowAt = (row: number): RawRow =>
    Object.fromEntries(columns.map(({ input, column }) => [input.name, rawValue(input, column, row)]));
  const fit = Array.from({ length: table.rows }, (_, row) => row).filter(
    (row) => Number.isFinite(scores[row]) && checkRow(modelFile.inputs, rowAt(row)) === null,
  );
  if (fit.length === 0) {
    const problem = table.rows > 0 ? checkRow(modelFile.inputs, rowAt(0)) : null;
    throw new LockstepError('E_MODEL_INPUT', {
      what: `no row of the evaluation data is a request that model.yaml allows${problem ? ` (first row: ${problem.what})` : ''}`,
      fix: 'correct the types and ranges in model.yaml',
    });
  }
  const byScore = fit.toSorted((a, b) => scores[a]! - scores[b]! || a - b);
  return evenly(byScore, count).map((row) => ({ inputs: rowAt(row), score: scores[row]! }));
}

/** At most `count` items, evenly spaced, the first and the last among them. */
function evenly(items: readonly number[], count: number): number[] {
  if (items.length <= count) return [...items];
  return Array.from({ length: count }, (_, index) => {
    const share = count === 1 ? 0 : index / (count - 1);
    return items[Math.round(share * (items.length - 1))]!;
  });
}

/** A cell as a client would send it. */
function rawValue({ type }: InputColumn, column: Column, row: number): RawValue {
  if (type === 'category' || type === 'date') return cellText(column, row);
  const value = column.values[row] ?? null;
  if (value === null || Number.isNaN(value)) return null;
  if (type === 'boolean' && typeof value === 'number') return value !== 0;
  return typeof value === 'string' && type === 'number' ? Number(value) : value;
}
