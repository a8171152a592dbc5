import { column, type Table } from 'lockstep/table';

/** Names of the 64 columns, row by row of the 8 × 8 scan; each is 0 (white) to 16 (black). */
export const pixels: readonly string[] = Array.from(
  { length: 64 },
  (_, index) => `p${String(index).padStart(2, '0')}`,
);

export const black = 16;

/** A number column's values. */
export function numbers(table: Table, name: string): Float64Array {
  const found = column(table, name);
  if (found.type !== 'number') throw new Error(`${name} is no number`);
  return found.values;
}

/** The scans as [rows × 64], 0 to 1. */
export function inputsOf(table: Table): Float32Array {
  const values = pixels.map((name) => numbers(table, name));
  return Float32Array.from({ length: table.rows * pixels.length }, (_, at) => {
    const row = Math.floor(at / pixels.length);
    return values[at % pixels.length]![row]! / black;
  });
}
