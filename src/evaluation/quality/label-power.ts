import type { ColumnScan } from './column-scan.ts';

/** How well one column alone tells the label. */
export interface LabelPower {
  readonly column: string;
  /** `auc` of a label of two classes; else the share of the label that is explained. */
  readonly measure: 'auc' | 'explained';
  readonly value: number;
}

const mostRows = 50_000;
const fewestRows = 50;
const fewestOfClass = 5;
const mostClasses = 20;
const mostBins = 256;
const rowsPerBin = 20;
/** From here on a column is not a good feature but the label under another name. */
export const suspicious = 0.99;

/**
 * Each column by itself against the label: its values (numbers in up to 256 bins of equal counts, missing a bin of its own)
 * are given the mean label of one half of the rows and judged on the other, so that a column of ids predicts nothing.
 * Of at most 50,000 rows; only those at 0.99 or more are told.
 */
export function labelPowers(columns: readonly ColumnScan[], label: ColumnScan, rows: number): LabelPower[] {
  const target = targetOf(label, Math.min(rows, mostRows));
  if (!target) return [];
  return columns
    .filter((column) => column !== label)
    .flatMap((column) => {
      const value = Math.max(
        ...target.classes.map((labels) => powerOf(column, labels, target.rows, target.measure)),
      );
      return value >= suspicious ? [{ column: column.name, measure: target.measure, value }] : [];
    });
}

interface Target {
  readonly measure: LabelPower['measure'];
  /** Rows that have a label. */
  readonly rows: Int32Array;
  /** 0 and 1 for each class of few (one for two classes), or the number itself. */
  readonly classes: readonly Float64Array[];
}

function targetOf(label: ColumnScan, most: number): Target | null {
  const keys = Float64Array.from({ length: most }, (_, row) => valueKey(label, row));
  const rows = Int32Array.from(keys.keys()).filter((row) => !Number.isNaN(keys[row]!));
  if (rows.length < fewestRows) return null;
  const counts = new Map<number, number>();
  for (const row of rows) {
    counts.set(keys[row]!, (counts.get(keys[row]!) ?? 0) + 1);
    if (counts.size > mostClasses) break;
  }
  if (counts.size < 2) return null;
  if (counts.size > mostClasses) {
    const numbers = Float64Array.from(keys, (_, row) => label.numbers.at(row));
    return rows.every((row) => !Number.isNaN(numbers[row]!))
      ? { measure: 'explained', rows, classes: [numbers] }
      : null;
  }
  const classes = [...counts].filter(([, count]) => count >= fewestOfClass).map(([key]) => key);
  if (classes.length < 2) return null;
  const wanted = counts.size === 2 ? classes.slice(0, 1) : classes;
  return { measure: 'auc', rows, classes: wanted.map((key) => keys.map((other) => (other === key ? 1 : 0))) };
}

/** A number for each different value, NaN for a missing one; hashes of texts lie far beyond what tables count. */
function valueKey({ numbers, codes }: ColumnScan, row: number): number {
  const code = codes.at(row);
  return Number.isNaN(code) ? numbers.at(row) : -1 - code;
}

function powerOf(
  column: ColumnScan,
  labels: Float64Array,
  rows: Int32Array,
  measure: LabelPower['measure'],
): number {
  const group = grouping(column, rows);
  const sums = new Map<number, { sum: number; count: number }>();
  let [total, count] = [0, 0];
  for (const row of rows) {
    if (!isFirstHalf(row)) continue;
    const key = group(row);
    const found = sums.get(key) ?? { sum: 0, count: 0 };
    sums.set(key, { sum: found.sum + labels[row]!, count: found.count + 1 });
    total += labels[row]!;
    count++;
  }
  const mean = total / count;
  const judged = rows.filter((row) => !isFirstHalf(row));
  const scores = Float64Array.from(judged, (row) => {
    const found = sums.get(group(row));
    if (!found) return mean;
    // Ranks bear being drawn to the mean, and a value of one row should be; squared errors do not.
    return measure === 'auc' ? (found.sum + mean) / (found.count + 1) : found.sum / found.count;
  });
  const truth = Float64Array.from(judged, (row) => labels[row]!);
  return measure === 'auc' ? areaUnder(scores, truth) : explained(scores, truth);
}

/** Numbers of many values by the bin they fall into. */
function grouping(column: ColumnScan, rows: Int32Array): (row: number) => number {
  const numbers = Float64Array.from(rows, (row) => column.numbers.at(row))
    .filter((value) => !Number.isNaN(value))
    .sort();
  const bins = Math.min(mostBins, Math.ceil(numbers.length / rowsPerBin));
  const starts = Array.from(
    { length: bins },
    (_, bin) => numbers[Math.floor((bin * numbers.length) / bins)]!,
  );
  const edges = [...new Set(starts)];
  return (row) => {
    const value = column.numbers.at(row);
    if (Number.isNaN(value)) return valueKey(column, row);
    let [low, high] = [0, edges.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (edges[middle]! <= value) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

/** By a hash of the row's number, so that no pattern in the order of rows lines up with it. */
function isFirstHalf(row: number): boolean {
  const mix = Math.imul(row + 1, 0x85ebca6b);
  return Math.imul(mix ^ (mix >>> 13), 0xc2b2ae35) >= 0;
}

/** Area under the ROC curve, ties one half: the rank sum of the positives. */
function areaUnder(scores: Float64Array, truth: Float64Array): number {
  const order = Int32Array.from(scores.keys()).sort((a, b) => scores[a]! - scores[b]!);
  let [positives, ranks] = [0, 0];
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to < order.length && scores[order[to]!] === scores[order[from]!]) to++;
    for (let at = from; at < to; at++) {
      if (truth[order[at]!] !== 1) continue;
      positives++;
      ranks += (from + to + 1) / 2;
    }
    from = to;
  }
  const pairs = positives * (order.length - positives);
  return pairs === 0 ? 0.5 : (ranks - (positives * (positives + 1)) / 2) / pairs;
}

/** R²: 1 less the squared error over the variance. */
function explained(scores: Float64Array, truth: Float64Array): number {
  const mean = truth.reduce((sum, value) => sum + value, 0) / truth.length;
  let [error, variance] = [0, 0];
  for (const [at, value] of truth.entries()) {
    error += (value - scores[at]!) ** 2;
    variance += (value - mean) ** 2;
  }
  return variance === 0 ? 0 : 1 - error / variance;
}
