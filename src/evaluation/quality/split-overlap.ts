import type { RowHashes } from './column-scan.ts';
import { HashIndex } from './hash-index.ts';

/** Rows of one part that stand in another too. */
export interface Overlap {
  /** The part that came later, whose rows were looked for. */
  readonly part: string;
  readonly other: string;
  /** Equal in every column that counts. */
  readonly equal: number;
  /** Equal but for rounding, case and punctuation. */
  readonly near: number;
  /** Rows of `part`, and the first that were found, from 1. */
  readonly of: number;
  readonly rows: readonly number[];
}

const mostParts = 31;
const fewRows = 5;

interface Pair {
  equal: number;
  near: number;
  readonly rows: number[];
}

/**
 * Finds rows that stand in more than one part (train and test, this month and last), by two hashes of a row: one of
 * its cells as they are, and one of its cells without what rounding to four significant digits, case, blanks and
 * punctuation change. Exact for the first 4,194,304 different rows.
 */
export class SplitOverlap {
  readonly #parts = new Map<string, { readonly bit: number; rows: number }>();
  readonly #pairs = new Map<string, Pair>();
  readonly #equal = new HashIndex();
  readonly #near = new HashIndex();

  add(part: string, hashes: RowHashes, at: number, row: number): void {
    let own = this.#parts.get(part);
    if (!own) {
      if (this.#parts.size >= mostParts) return;
      own = { bit: 1 << this.#parts.size, rows: 0 };
      this.#parts.set(part, own);
    }
    own.rows++;
    const { bit } = own;
    const mark = (before: number) => before | bit;
    const equal = this.#equal.exchange(hashes.low[at]! >>> 0, hashes.high[at]! >>> 0, mark) & ~bit;
    const near =
      this.#near.exchange(hashes.roughLow[at]! >>> 0, hashes.roughHigh[at]! >>> 0, mark) & ~bit & ~equal;
    if ((equal | near) === 0) return;
    for (const [other, found] of this.#parts) {
      if (((equal | near) & found.bit) === 0) continue;
      const pair = this.#pair(part, other);
      if (equal & found.bit) pair.equal++;
      else pair.near++;
      if (pair.rows.length < fewRows) pair.rows.push(row);
    }
  }

  overlaps(): Overlap[] {
    return [...this.#pairs].map(([key, { equal, near, rows }]) => {
      const [part, other] = JSON.parse(key) as [string, string];
      return { part, other, equal, near, of: this.#parts.get(part)!.rows, rows };
    });
  }

  #pair(part: string, other: string): Pair {
    const key = JSON.stringify([part, other]);
    let pair = this.#pairs.get(key);
    if (!pair) {
      pair = { equal: 0, near: 0, rows: [] };
      this.#pairs.set(key, pair);
    }
    return pair;
  }
}
