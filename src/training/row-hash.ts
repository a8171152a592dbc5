import { hash } from 'node:crypto';
import { cellText, type Table } from '../data/index.ts';

/** With more rows a content than this on average equal rows are what such a table is made of, no repeats. */
const mostRepeats = 10;

/**
 * A number in [0, 1) for each row, from the sha256 of its content, the seed and what it is for: equal rows get
 * equal numbers, whatever their order in the file and on every machine. `without` names columns that are no
 * content, such as the row id. In a table of few different rows (some categories and a target) each occurrence
 * has a number of its own: kept together, all rows of one kind that came true would leave the training at once.
 */
export function rowHashes(
  table: Table,
  { purpose, seed, without }: { purpose: string; seed: number; without: readonly string[] },
): Float64Array {
  const columns = table.columns.filter(({ name }) => !without.includes(name));
  const prefix = `${purpose}\n${seed}\n`;
  const contentOf = (row: number) => JSON.stringify(columns.map((column) => cellText(column, row)));
  const hashes = Float64Array.from({ length: table.rows }, (_, row) => hashToUnit(prefix + contentOf(row)));
  if (new Set(hashes).size * mostRepeats >= table.rows) return hashes;
  const counts = new Map<number, number>();
  return hashes.map((unit, row) => {
    const earlier = counts.get(unit) ?? 0;
    counts.set(unit, earlier + 1);
    return earlier === 0 ? unit : hashToUnit(`${prefix}${contentOf(row)}\n${earlier}`);
  });
}

/** The first 48 bits of the sha256 as a fraction. */
const hashToUnit = (text: string): number => Number.parseInt(hash('sha256', text).slice(0, 12), 16) / 2 ** 48;

export const foldsOf = (hashes: Float64Array, folds: number): Int32Array =>
  Int32Array.from(hashes, (unit) => Math.floor(unit * folds));
