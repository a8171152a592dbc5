import { type Column, cellText } from '../data/index.ts';
import {
  chiSquare,
  jensenShannon,
  kolmogorovSmirnov,
  proportionTest,
  stabilityIndex,
  wasserstein,
} from './distances.ts';
import type { ColumnDrift, DriftMethod, NewCategories } from './monitor-report.ts';

const bins = 10;
const manyRows = 1_000;
const fewValues = 5;
const mostExamples = 5;

/** A reference column prepared once, to be held against many months. */
export interface Reference {
  readonly name: string;
  readonly rows: number;
  readonly missing: number;
  compare(current: Column): ColumnDrift;
  /** Texts that the reference doesn't hold; always null for a number column. */
  newCategories(current: Column, examples: boolean): NewCategories | null;
}

export const prepareReference = (column: Column): Reference =>
  column.type === 'number' && distinct(column.values) > fewValues
    ? numeric(column.name, column.values)
    : categorical(column);

/**
 * Numbers: the stability index over the reference's ten quantile bins (and one for missing), and by Evidently's
 * defaults the Wasserstein distance for more than 1,000 reference rows, else the Kolmogorov–Smirnov test.
 */
function numeric(name: string, values: Float64Array): Reference {
  const sorted = present(values);
  const cuts = quantileCuts(sorted);
  const before = histogram(values, cuts);
  const missing = 1 - sorted.length / Math.max(1, values.length);
  return {
    name,
    rows: values.length,
    missing,
    newCategories: () => null,
    compare(current) {
      const now =
        current.type === 'number' ? current.values : Float64Array.from(current.values, () => Number.NaN);
      const sortedNow = present(now);
      const method = values.length > manyRows ? 'wasserstein' : 'kolmogorov-smirnov';
      const empty = sorted.length === 0 || sortedNow.length === 0;
      const value = empty
        ? method === 'wasserstein'
          ? 0
          : 1
        : method === 'wasserstein'
          ? wasserstein(sorted, sortedNow)
          : kolmogorovSmirnov(sorted, sortedNow);
      return {
        column: name,
        stabilityIndex: stabilityIndex(before, histogram(now, cuts)),
        ...judged(method, value),
        missing: [missing, 1 - sortedNow.length / Math.max(1, now.length)],
      };
    },
  };
}

/**
 * Categories (and numbers of at most five values): the stability index over the reference's levels, one for all
 * new ones and one for missing, and by Evidently's defaults the Jensen–Shannon distance for more than 1,000
 * reference rows, else the z-test for at most two values and the chi² test for more.
 */
function categorical(column: Column): Reference {
  const texts = textsOf(column);
  const levels = new Map<string | null, number>();
  for (const text of [...new Set(texts)].filter((text) => text !== null).sort())
    levels.set(text, levels.size);
  const counted = (cells: readonly (string | null)[]) => {
    const counts = new Float64Array(levels.size + 2);
    for (const cell of cells) counts[cell === null ? levels.size + 1 : (levels.get(cell) ?? levels.size)]!++;
    return counts;
  };
  const before = counted(texts);
  const share = (counts: Float64Array) =>
    counts.at(-1)! /
    Math.max(
      1,
      counts.reduce((a, b) => a + b, 0),
    );
  return {
    name: column.name,
    rows: texts.length,
    missing: share(before),
    compare(current) {
      const cells = textsOf(current);
      const now = counted(cells);
      return {
        column: column.name,
        stabilityIndex: stabilityIndex(before, now),
        ...categoryTest(before, now, texts.length, cells.length, levels.size),
        missing: [share(before), share(now)],
      };
    },
    newCategories(current, examples) {
      if (column.type === 'number') return null;
      const found = new Map<string, number>();
      for (const cell of textsOf(current))
        if (cell !== null && !levels.has(cell)) found.set(cell, (found.get(cell) ?? 0) + 1);
      if (found.size === 0) return null;
      const most = [...found].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).slice(0, mostExamples);
      return {
        column: column.name,
        rows: [...found.values()].reduce((all, count) => all + count, 0),
        levels: found.size,
        examples: examples ? most.map(([text]) => text) : [],
      };
    },
  };
}

function categoryTest(
  before: Float64Array,
  now: Float64Array,
  rows: number,
  rowsNow: number,
  levels: number,
) {
  if (rowsNow === 0 || rows === 0) return judged('jensen-shannon', 0);
  if (rows > manyRows) return judged('jensen-shannon', jensenShannon(before, now));
  if (levels <= 2) return judged('z-test', proportionTest(before[0]!, rows, now[0]!, rowsNow));
  return judged('chi-square', chiSquare(used(before, before, now), used(now, before, now)));
}

/** Bins that are empty in both samples add degrees of freedom that nothing fills. */
const used = (counts: Float64Array, before: Float64Array, now: Float64Array): Float64Array =>
  counts.filter((_, bin) => before[bin]! + now[bin]! > 0);

/** Evidently's defaults: 0.1 for distances, 0.05 for p-values. */
function judged(method: DriftMethod, value: number) {
  const distance = method === 'wasserstein' || method === 'jensen-shannon';
  const threshold = distance ? 0.1 : 0.05;
  return { method, value, threshold, drifted: distance ? value >= threshold : value < threshold };
}

const textsOf = (column: Column): (string | null)[] =>
  Array.from({ length: column.values.length }, (_, row) => cellText(column, row));

const present = (values: Float64Array): Float64Array => values.filter((value) => !Number.isNaN(value)).sort();

function distinct(values: Float64Array): number {
  const found = new Set<number>();
  for (const value of values) {
    if (!Number.isNaN(value)) found.add(value);
    if (found.size > fewValues) break;
  }
  return found.size;
}

/** Inner edges of ten bins with about the same number of reference rows; equal ones fall together. */
function quantileCuts(sorted: Float64Array): Float64Array {
  const cuts = new Set<number>();
  for (let bin = 1; bin < bins; bin++)
    cuts.add(sorted[Math.min(sorted.length - 1, Math.floor((bin * sorted.length) / bins))]!);
  return Float64Array.from(cuts);
}

/** Rows by bin, a value on an edge in the bin above it, and last the missing ones. */
function histogram(values: Float64Array, cuts: Float64Array): Float64Array {
  const counts = new Float64Array(cuts.length + 2);
  for (const value of values) {
    if (Number.isNaN(value)) {
      counts[cuts.length + 1]!++;
      continue;
    }
    let bin = 0;
    while (bin < cuts.length && value >= cuts[bin]!) bin++;
    counts[bin]!++;
  }
  return counts;
}
