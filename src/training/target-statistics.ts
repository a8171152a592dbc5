/** How many rows of the average the statistic of a level is mixed with: rare levels stay near the average. */
const smoothing = 10;
/** Folds for the statistics of the training rows themselves. */
export const statisticFolds = 5;

export interface LevelStatistics {
  /** Level → mean target, smoothed, as float32. Levels sorted. */
  readonly levels: readonly string[];
  readonly values: Float32Array;
  /** What a level never seen gets: the average. */
  readonly prior: number;
}

export const countLevels = (texts: readonly string[]): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return new Map([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
};

/** Mean target by level over all rows: what the exported graph looks up. */
export function levelStatistics(
  texts: readonly string[],
  labels: Float64Array,
  keep: (count: number) => boolean = () => true,
): LevelStatistics {
  const sums = sumByLevel(texts, labels);
  const prior = Math.fround(average(labels));
  const levels = [...sums.keys()].filter((level) => keep(sums.get(level)!.count)).sort(byCode);
  const values = Float32Array.from(levels, (level) => smoothed(sums.get(level)!, prior));
  return { levels, values, prior };
}

/**
 * The same for the training rows, each from the rows of the other folds only, so that a row never sees its own
 * target (Micci-Barreca 2001; out-of-fold as in scikit-learn's TargetEncoder).
 */
export function outOfFoldStatistics(
  texts: readonly string[],
  labels: Float64Array,
  folds: Int32Array,
): Float32Array {
  const total = sumByLevel(texts, labels);
  const all = { sum: average(labels) * labels.length, count: labels.length };
  const ofFold = Array.from({ length: statisticFolds }, () => new Map<string, LevelSum>());
  const foldTotals = Array.from({ length: statisticFolds }, () => ({ sum: 0, count: 0 }));
  texts.forEach((text, row) => {
    const fold = folds[row]!;
    addTo(ofFold[fold]!, text, labels[row]!);
    foldTotals[fold]!.sum += labels[row]!;
    foldTotals[fold]!.count++;
  });
  return Float32Array.from(texts, (text, row) => {
    const own = ofFold[folds[row]!]!.get(text)!;
    const level = total.get(text)!;
    const fold = foldTotals[folds[row]!]!;
    const others = all.count - fold.count;
    const prior = others > 0 ? (all.sum - fold.sum) / others : all.sum / all.count;
    return smoothed({ sum: level.sum - own.sum, count: level.count - own.count }, prior);
  });
}

interface LevelSum {
  sum: number;
  count: number;
}

function sumByLevel(texts: readonly string[], labels: Float64Array): Map<string, LevelSum> {
  const sums = new Map<string, LevelSum>();
  texts.forEach((text, row) => {
    addTo(sums, text, labels[row]!);
  });
  return sums;
}

function addTo(sums: Map<string, LevelSum>, level: string, label: number): void {
  const found = sums.get(level);
  if (found) {
    found.sum += label;
    found.count++;
  } else sums.set(level, { sum: label, count: 1 });
}

const smoothed = ({ sum, count }: LevelSum, prior: number): number =>
  (sum + smoothing * prior) / (count + smoothing);

export function average(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

export const byCode = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
