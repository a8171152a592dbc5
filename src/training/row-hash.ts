import { hash } from 'node:crypto';
import { cellText, type Table } from '../data/index.ts';

/**
 * A number in [0, 1) for each row, from the sha256 of its content, the seed and what it is for: equal rows get
 * equal numbers, whatever their order in the file and on every machine. `without` names columns that are no
 * content, such as the row id.
 */
export function rowHashes(
  table: Table,
  { purpose, seed, without }: { purpose: string; seed: number; without: readonly string[] },
): Float64Array {
  const columns = table.columns.filter(({ name }) => !without.includes(name));
  const prefix = `${purpose}\n${seed}\n`;
  return Float64Array.from({ length: table.rows }, (_, row) => {
    const content = JSON.stringify(columns.map((column) => cellText(column, row)));
    return hashToUnit(prefix + content);
  });
}

/** The first 48 bits of the sha256 as a fraction. */
const hashToUnit = (text: string): number => Number.parseInt(hash('sha256', text).slice(0, 12), 16) / 2 ** 48;

export const foldsOf = (hashes: Float64Array, folds: number): Int32Array =>
  Int32Array.from(hashes, (unit) => Math.floor(unit * folds));
