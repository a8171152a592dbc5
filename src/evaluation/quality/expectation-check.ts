import { compilePattern, type Expectation } from '../../model/index.ts';
import type { ColumnProfile } from './column-profile.ts';
import type { CellCheck, Fact } from './column-scan.ts';
import { HashIndex } from './hash-index.ts';
import type { Overlap } from './split-overlap.ts';

/** An expectation that a dataset does not meet. */
export interface Miss {
  readonly dataset: string;
  readonly column?: string;
  /** In words, as `at most 120`. */
  readonly expected: string;
  /** In words, as `131 cells above`; tells no value. */
  readonly found: string;
  /** Cells or rows that do not meet it; null where only the whole can be wrong. */
  readonly count: number | null;
  /** The first five of them, from 1. */
  readonly rows: readonly number[];
  /** Only of columns that are public. */
  readonly values?: readonly string[];
}

const fewRows = 5;
type Bad = (fact: Fact, row: number) => boolean;

/** Checks the cells of one column against one expectation as they go by; `misses` says what did not meet it. */
export class ColumnExpectation {
  readonly #checks: readonly CellRule[];
  readonly #expectation: Expectation;
  #seen = 0;
  #matching = 0;
  readonly #wanted: string | undefined;

  constructor(expectation: Expectation, isPublic: boolean) {
    this.#expectation = expectation;
    this.#checks = rulesOf(expectation).map(([expected, bad]) => ({
      expected,
      bad,
      isPublic,
      count: 0,
      rows: [],
      values: new Set(),
    }));
    this.#wanted = expectation.value === undefined ? undefined : plain(expectation.value);
  }

  readonly look: CellCheck = (fact, row) => {
    if (fact.text === null) return;
    this.#seen++;
    if (this.#wanted !== undefined && sameValue(fact, this.#wanted)) this.#matching++;
    for (const check of this.#checks) {
      if (!check.bad(fact, row)) continue;
      check.count++;
      if (check.rows.length < fewRows) check.rows.push(row);
      if (check.isPublic && check.values.size < fewRows) check.values.add(fact.text);
    }
  };

  misses(dataset: string, profile: ColumnProfile, rows: number): Miss[] {
    const about = { dataset, column: profile.name };
    const cells = this.#checks
      .filter(({ count }) => count > 0)
      .map(({ expected, count, rows, isPublic, values }) => ({
        ...about,
        expected,
        found: `${count} ${count === 1 ? 'cell is' : 'cells are'} not`,
        count,
        rows,
        ...(isPublic && profile.personal.length === 0 ? { values: [...values] } : {}),
      }));
    const whole = (expected: string, found: string, count: number | null = null): Miss => ({
      ...about,
      expected,
      found,
      count,
      rows: [],
    });
    const share = this.#seen === 0 ? 0 : this.#matching / this.#seen;
    const { distinct, nulls } = profile;
    const limits: [keyof Expectation, (limit: number) => boolean, (limit: number) => Miss][] = [
      [
        'nulls-at-most',
        (limit) => nulls / rows > limit,
        (limit) =>
          whole(`missing in at most ${percent(limit)}`, `missing in ${percent(nulls / rows)}`, nulls),
      ],
      [
        'distinct-at-least',
        (limit) => distinct.count < limit,
        (limit) => whole(`at least ${limit} different values`, `${distinct.count} different`),
      ],
      [
        'distinct-at-most',
        (limit) => distinct.count > limit,
        (limit) => whole(`at most ${limit} different values`, `${distinct.count} different`),
      ],
      [
        'share-at-least',
        (limit) => share < limit,
        (limit) => whole(`one value in at least ${percent(limit)}`, `in ${percent(share)}`),
      ],
      [
        'share-at-most',
        (limit) => share > limit,
        (limit) => whole(`one value in at most ${percent(limit)}`, `in ${percent(share)}`),
      ],
    ];
    const wholes = limits.flatMap(([key, wrong, miss]) => {
      const limit = this.#expectation[key];
      return typeof limit === 'number' && wrong(limit) ? [miss(limit)] : [];
    });
    return [...cells, ...wholes];
  }
}

interface CellRule {
  readonly expected: string;
  readonly bad: Bad;
  readonly isPublic: boolean;
  count: number;
  readonly rows: number[];
  readonly values: Set<string>;
}

function rulesOf(expectation: Expectation): [expected: string, bad: Bad][] {
  const { type, unique, matches } = expectation;
  const rules: [string, Bad][] = [];
  if (type !== undefined) rules.push([`type ${type}`, isNoneOf[type]]);
  const least = expectation['at-least'];
  const most = expectation['at-most'];
  if (least !== undefined) rules.push([`at least ${least}`, (fact) => compare(fact, least) < 0]);
  if (most !== undefined) rules.push([`at most ${most}`, (fact) => compare(fact, most) > 0]);
  const allowed = expectation['one-of'];
  if (allowed) {
    const texts = new Set(allowed.map(plain));
    rules.push([
      `one of the ${allowed.length === 1 ? 'value' : `${allowed.length} values`} listed`,
      ({ text, number }) => !texts.has(text!) && !texts.has(String(number)),
    ]);
  }
  if (matches !== undefined) {
    const pattern = compilePattern(matches);
    rules.push([`matches ${matches}`, ({ text }) => !pattern.test(text!)]);
  }
  if (unique) {
    const known = new HashIndex(1 << 23);
    rules.push(['unique', ({ hash }) => known.exchange(hash.low, hash.high, () => 1) === 1]);
  }
  return rules;
}

const isNoneOf: Readonly<Record<NonNullable<Expectation['type']>, Bad>> = {
  number: ({ number }) => Number.isNaN(number),
  integer: ({ number }) => !Number.isInteger(number),
  boolean: ({ number }) => number !== 0 && number !== 1,
  category: () => false,
  date: ({ form }) => form !== 'date',
};

/** Against a number or an ISO date; what cannot be compared is `type`'s to judge. */
function compare({ number, text, form }: Fact, bound: number | string): number {
  if (typeof bound === 'number') return Number.isNaN(number) ? 0 : number - bound;
  if (form !== 'date') return 0;
  // A bound of a day holds for all of that day.
  const date = text!.slice(0, bound.length);
  return date < bound ? -1 : date > bound ? 1 : 0;
}

/** Tables hold true and false as 1 and 0. */
const plain = (value: string | number | boolean): string =>
  typeof value === 'boolean' ? (value ? '1' : '0') : String(value);

const sameValue = ({ text, number }: Fact, wanted: string): boolean =>
  text === wanted || String(number) === wanted;

export const percent = (share: number): string => `${Number((share * 100).toPrecision(3))} %`;

interface Whole {
  readonly dataset: string;
  readonly rows: number;
  readonly duplicates: { readonly count: number; readonly rows: readonly number[] };
}

/** Expectations of a table's rows. */
export function rowMisses(expectation: Expectation, { dataset, rows, duplicates }: Whole): Miss[] {
  const misses: Miss[] = [];
  const miss = (expected: string, found: string, count: number | null = null, at: readonly number[] = []) =>
    misses.push({ dataset, expected, found, count, rows: at });
  const least = expectation['rows-at-least'];
  const most = expectation['rows-at-most'];
  const twice = expectation['duplicates-at-most'];
  if (least !== undefined && rows < least) miss(`at least ${least} rows`, `${rows} rows`);
  if (most !== undefined && rows > most) miss(`at most ${most} rows`, `${rows} rows`);
  if (twice !== undefined && duplicates.count / rows > twice) {
    const found = `${percent(duplicates.count / rows)} stood before`;
    miss(`at most ${percent(twice)} of the rows twice`, found, duplicates.count, duplicates.rows);
  }
  return misses;
}

/** Expectations of the rows that a dataset may share with another part. */
export function sharedMisses(
  { dataset, 'shared-rows-at-most': limit }: Expectation,
  overlaps: readonly Overlap[],
): Miss[] {
  if (dataset === undefined || limit === undefined) return [];
  return overlaps
    .filter(({ equal, of }) => equal / of > limit)
    .map(({ part, other, equal, of, rows }) => ({
      dataset,
      expected: `at most ${percent(limit)} of the rows in two parts`,
      found: `${percent(equal / of)} of ${part} stand in ${other} too`,
      count: equal,
      rows,
    }));
}
