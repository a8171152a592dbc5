import { type Column, cellText, column, type NumberColumn, type Table } from '../data/index.ts';

/** One column's cut through the judged rows: each row is in exactly one of its slices. */
export interface Slicing {
  readonly column: string;
  readonly values: readonly string[];
  /** Per row the index into `values`. */
  readonly groups: Uint32Array;
}

/** Values a column may have as slices of their own; the rest share the slice "other". */
const mostValues = 50;
/** A number column with so few values is cut by value, since quartiles could not cut it finer. */
const fewNumbers = 4;

/** The slices of each column. Errors: E_TABLE_COLUMN. */
export const cutSlices = (table: Table, columns: readonly string[]): Slicing[] =>
  columns.map((name) => {
    const source = column(table, name);
    return source.type === 'number' && new Set(source.values).size > fewNumbers
      ? byQuartile(source)
      : byValue(source);
  });

function byValue(source: Column): Slicing {
  const texts = Array.from({ length: source.values.length }, (_, row) => cellText(source, row) ?? 'null');
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  const known = [...counts.keys()].sort();
  const kept = new Set(
    known.length <= mostValues
      ? known
      : known.sort((a, b) => counts.get(b)! - counts.get(a)!).slice(0, mostValues),
  );
  return slicing(
    source.name,
    texts.map((text) => (kept.has(text) ? text : 'other')),
    (a, b) => rank(a) - rank(b) || byNumberOrText(a, b, source),
  );
}

/** What isn't a value comes last. */
const rank = (value: string): number => (value === 'null' ? 2 : value === 'other' ? 1 : 0);

const byNumberOrText = (a: string, b: string, source: Column): number =>
  source.type === 'number' ? Number(a) - Number(b) : a < b ? -1 : 1;

/** Cuts at values that occur (quartiles by nearest rank), the upper end included; equal cuts fall together. */
function byQuartile(source: NumberColumn): Slicing {
  const sorted = source.values.filter((value) => !Number.isNaN(value)).sort();
  const largest = sorted.at(-1)!;
  const cuts = [0.25, 0.5, 0.75]
    .map((share) => sorted[Math.ceil(share * sorted.length) - 1]!)
    .filter((cut, index, all) => cut < largest && cut !== all[index - 1]);
  const names = [...cuts, largest].map((cut, index) => {
    if (index === 0) return cuts.length === 0 ? short(largest) : `≤ ${short(cut)}`;
    return index === cuts.length
      ? `> ${short(cuts[index - 1]!)}`
      : `${short(cuts[index - 1]!)} – ${short(cut)}`;
  });
  const order = new Map([...names, 'null'].map((name, index) => [name, index]));
  const texts = Array.from(source.values, (value) => {
    if (Number.isNaN(value)) return 'null';
    const cut = cuts.findIndex((end) => value <= end);
    return names[cut < 0 ? cuts.length : cut]!;
  });
  return slicing(source.name, texts, (a, b) => order.get(a)! - order.get(b)!);
}

const short = (value: number): string => String(Number(value.toPrecision(6)));

function slicing(name: string, texts: readonly string[], compare: (a: string, b: string) => number): Slicing {
  const values = [...new Set(texts)].sort(compare);
  const groups = new Map(values.map((value, index) => [value, index]));
  return { column: name, values, groups: Uint32Array.from(texts, (text) => groups.get(text)!) };
}
