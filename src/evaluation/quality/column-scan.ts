import { type Cell, numberOf } from '../../data/index.ts';
import { addCell, type Hash, hashNumber, hashText, keyOf } from './cell-hash.ts';
import { DistinctCount } from './distinct.ts';
import { ContentCount, contentBits } from './personal.ts';
import { SampledColumn } from './row-sample.ts';

/** What a value is, by its form alone. */
export type Form = 'number' | 'integer' | 'logical' | 'date' | 'text';

/** What is known of one value; worked out once for each different one, as long as they are few. */
export interface Fact {
  readonly form: Form;
  /** NaN for dates and texts. */
  readonly number: number;
  readonly hash: Hash;
  /** Of the value without what rounding, case and punctuation change. */
  readonly rough: Hash;
  /** Null for a missing cell. */
  readonly text: string | null;
  count: number;
  personal: number;
}

/** What the columns of a batch add up to, row by row. */
export interface RowHashes {
  readonly low: Int32Array;
  readonly high: Int32Array;
  readonly roughLow: Int32Array;
  readonly roughHigh: Int32Array;
}

/** Looks at every cell of a column; `row` counts from 1. */
export type CellCheck = (fact: Fact, row: number) => void;

/** Values known one by one, and values counted exactly, of all columns together; of one column 5,000 and 262,144. */
const facts = 1_500_000;
const counted = 2 ** 23;
const mostFacts = 5000;
const fewRows = 5;
/** The first so many values are looked at for what people are known by, then one in a hundred. */
const lookedAt = 5000;

const isoDate = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;

/** One column as its cells go by: bounded memory, one pass. */
export class ColumnScan {
  readonly name: string;
  readonly forms: Record<Form, number> = { number: 0, integer: 0, logical: 0, date: 0, text: 0 };
  /** First rows of each form, from 1. */
  readonly rowsOf: Record<Form, number[]> = { number: [], integer: [], logical: [], date: [], text: [] };
  readonly numbers = new SampledColumn();
  readonly codes = new SampledColumn();
  readonly content = new ContentCount();
  rows = 0;
  nulls = 0;
  minimum = Number.POSITIVE_INFINITY;
  maximum = Number.NEGATIVE_INFINITY;
  mean = 0;
  /** Sum of squared distances from the mean (Welford). */
  squares = 0;
  /** First and last date, as text. */
  earliest: string | null = null;
  latest: string | null = null;
  /** Characters of all texts. */
  characters = 0;
  /** Every different value, by its text; null once there were too many. */
  known: Map<Cell, Fact> | null = new Map();
  readonly #most: number;
  /** Of what was too much to know value by value. */
  readonly #many: DistinctCount;
  readonly #season: Hash = { low: 0, high: 0 };

  constructor(name: string, columns: number) {
    this.name = name;
    this.#most = Math.min(mostFacts, Math.max(500, Math.floor(facts / columns)));
    this.#many = new DistinctCount(Math.min(2 ** 18, Math.max(2000, Math.floor(counted / columns))));
    hashText(name, this.#season);
  }

  /** Takes a batch's cells; `hashes` is null for a column that does not make rows different. */
  add(
    cells: ArrayLike<Cell>,
    first: number,
    places: Int32Array,
    hashes: RowHashes | null,
    checks: readonly CellCheck[],
  ): void {
    const { low, high } = this.#season;
    for (let at = 0; at < cells.length; at++) {
      const fact = this.#factOf(cells[at]!);
      const row = first + at + 1;
      this.#count(fact, row);
      const place = places[at]!;
      if (place >= 0) {
        this.numbers.set(place, fact.number);
        const isText = fact.text !== null && Number.isNaN(fact.number);
        this.codes.set(place, isText ? keyOf(fact.hash.low, fact.hash.high) : Number.NaN);
      }
      if (hashes) {
        addCell(hashes.low, at, fact.hash.low, low);
        addCell(hashes.high, at, fact.hash.high, high);
        addCell(hashes.roughLow, at, fact.rough.low, low);
        addCell(hashes.roughHigh, at, fact.rough.high, high);
      }
      for (const check of checks) check(fact, row);
    }
  }

  get seen(): number {
    return this.rows - this.nulls;
  }

  /** How many different values; `exact` up to a bound. */
  distinct(): { readonly count: number; readonly exact: boolean } {
    if (!this.known) {
      const { count, exact } = this.#many.result();
      return { count: Math.min(count, this.seen), exact };
    }
    const keys = new Set([...this.known.values()].map(({ hash }) => keyOf(hash.low, hash.high)));
    return { count: keys.size, exact: true };
  }

  #count(fact: Fact, row: number): void {
    this.rows++;
    fact.count++;
    if (fact.text === null) {
      this.nulls++;
      return;
    }
    const { form, number } = fact;
    this.forms[form]++;
    const rows = this.rowsOf[form];
    if (rows.length < fewRows) rows.push(row);
    if (!this.known) this.#many.add(fact.hash.low, fact.hash.high);
    const seen = this.seen;
    if (seen <= lookedAt || seen % 100 === 0) {
      if (fact.personal < 0) fact.personal = contentBits(fact.text);
      this.content.add(fact.personal);
    }
    if (!Number.isNaN(number)) {
      if (number < this.minimum) this.minimum = number;
      if (number > this.maximum) this.maximum = number;
      const numbers = this.forms.number + this.forms.integer + this.forms.logical;
      const before = number - this.mean;
      this.mean += before / numbers;
      this.squares += before * (number - this.mean);
      return;
    }
    this.characters += fact.text.length;
    if (form !== 'date') return;
    if (this.earliest === null || fact.text < this.earliest) this.earliest = fact.text;
    if (this.latest === null || fact.text > this.latest) this.latest = fact.text;
  }

  #factOf(cell: Cell): Fact {
    if (cell === null) return missing;
    const found = this.known?.get(cell);
    if (found) return found;
    const fact = factOf(cell);
    if (!this.known) return fact;
    if (this.known.size < this.#most) {
      this.known.set(typeof cell === 'string' ? fact.text! : cell, fact);
      return fact;
    }
    for (const { hash } of this.known.values()) this.#many.add(hash.low, hash.high);
    this.known = null;
    return fact;
  }
}

const missing: Fact = {
  form: 'text',
  number: Number.NaN,
  hash: { low: 1, high: 1 },
  rough: { low: 1, high: 1 },
  text: null,
  count: 0,
  personal: 0,
};

function factOf(cell: string | number): Fact {
  const number = typeof cell === 'number' ? cell : (numberOf(cell) ?? Number.NaN);
  const text = typeof cell === 'number' ? String(cell) : ownText(cell);
  const [hash, rough]: Hash[] = [
    { low: 0, high: 0 },
    { low: 0, high: 0 },
  ];
  if (Number.isNaN(number)) {
    hashText(text, hash!);
    hashText(
      text
        .toLowerCase()
        .replace(/[^\p{L}\p{N}]+/gu, ' ')
        .trim(),
      rough!,
    );
  } else {
    hashNumber(number, hash!);
    hashNumber(rounded(number), rough!);
  }
  return { form: formOf(text, number), number, hash: hash!, rough: rough!, text, count: 0, personal: -1 };
}

function formOf(text: string, number: number): Form {
  if (Number.isNaN(number)) return isoDate.test(text) ? 'date' : 'text';
  if (/^[tf]/i.test(text)) return 'logical';
  return Number.isSafeInteger(number) ? 'integer' : 'number';
}

/** A part of a long text keeps the whole of it in memory: those that stay are copied. */
const ownText = (text: string): string => (text.length < 13 ? text : Buffer.from(text).toString());

/** To four significant digits, which is what a copy by way of a spreadsheet or float32 leaves alike. */
export function rounded(number: number): number {
  if (number === 0) return 0;
  const scale = 10 ** (3 - Math.floor(Math.log10(Math.abs(number))));
  return Number.isFinite(scale) && scale > 0 ? Math.round(number * scale) / scale : number;
}
