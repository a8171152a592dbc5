// A small table of flights and its predictions, for tests of this room.
import type { Column, Table } from '../data/index.ts';
import { digestOf } from '../workspace/index.ts';
import type { EvaluateInput } from './evaluate.ts';

export const number = (name: string, values: readonly number[]): Column => ({
  name,
  type: 'number',
  values: Float64Array.from(values),
});
export const text = (name: string, values: readonly (string | null)[]): Column => ({
  name,
  type: 'text',
  values,
});
export const table = (...columns: Column[]): Table => ({ rows: columns[0]!.values.length, columns });
export const digested = (found: Table, name: string) => ({ table: found, digest: digestOf(name) });

/** Every third row is late, more so from ORD; scores know part of it. */
export const rows = Array.from({ length: 400 }, (_, row) => row);
export const late = rows.map((row) => (row % 3 === 0 || (row % 5 === 0 && row % 2 === 0) ? 1 : 0));
export const flights = table(
  text(
    'flight',
    rows.map((row) => `F${row}`),
  ),
  text(
    'late',
    late.map((label) => (label ? 'yes' : 'no')),
  ),
  text(
    'origin',
    rows.map((row) => (row % 11 === 0 ? null : row % 5 === 0 ? 'ORD' : 'LAX')),
  ),
  number(
    'distance',
    rows.map((row) => 100 + ((row * 37) % 400)),
  ),
);
export const scores = rows.map((row) => (late[row] ? 0.4 : 0.3) + ((row * 7919) % 100) / 250);
export const predictions = table(
  number('row_id', rows),
  number(
    'fold',
    rows.map(() => 0),
  ),
  number('score', scores),
);
export const input: EvaluateInput = {
  model: 'flight-delay',
  task: 'binary-classification',
  data: digested(flights, 'flights'),
  target: 'late',
  slices: ['origin', 'distance'],
  predictions: digested(predictions, 'predictions'),
  subject: { kind: 'candidate', modelDigest: null },
  measured: { latency_p99_ms: 1.5, size_mb: Number.NaN },
};
