import type { DateUse } from './date-parts.ts';
import { byCode, countLevels, levelStatistics, outOfFoldStatistics } from './target-statistics.ts';

/** Up to here a category is taken level by level; with more levels by its target statistic. */
export const mostLevels = 50;
/** Up to here trees also see which level it is: one byte holds them, with room for missing. */
const mostRanked = 250;

/** Text → number inside the graph. `other` is what a level without an entry gets (NaN: missing). */
export interface LevelMap {
  readonly levels: readonly string[];
  readonly values: Float32Array;
  readonly other: number;
}

/** Everything a model learns from its columns before the first tree. */
export interface FitContext {
  readonly labels: Float64Array;
  readonly folds: Int32Array;
  /** With `error` a category is kept even if it tells nothing: the graph must know its levels. */
  readonly unknown: 'ignore' | 'error';
  readonly dates: DateUse;
}

/** A category as the trees see it: the map for the graph, and the training rows' values. */
interface FittedCategory {
  readonly map: LevelMap;
  readonly values: Float32Array;
  /** How many ranks there are, or 0 for a statistic. */
  readonly levels: number;
}

/**
 * Few levels: their ranks by mean target, where a cut is the best of all subsets for one split (Fisher 1958), and
 * a split on one rank is a one-hot column's. More: the target statistic, out of fold, and beside it their ranks
 * by name, which know nothing of the target, so that a tree can still single a level out.
 */
export function fitCategory(texts: readonly string[], context: FitContext): FittedCategory[] {
  const { labels, folds, unknown } = context;
  const counts = countLevels(texts);
  const guards = unknown === 'error' && texts.some((text) => text !== '');
  if (counts.size < 2 && !guards) return [];
  if (counts.size <= mostLevels) {
    const { levels, values } = levelStatistics(texts, labels);
    return [ranked(texts, levels, values)];
  }
  const keep = (count: number) => unknown === 'error' || count > 1;
  const { levels, values, prior } = levelStatistics(texts, labels, keep);
  if (levels.length === 0) return [];
  const training = outOfFoldStatistics(texts, labels, folds);
  const statistic = { map: { levels, values, other: prior }, values: training, levels: 0 };
  const names = [...counts.keys()];
  return names.length <= mostRanked
    ? [statistic, ranked(texts, names, new Float32Array(names.length))]
    : [statistic];
}

/** The rows' levels of a map; `other` where it has none. */
export function applyLevels({ levels, values, other }: LevelMap, texts: readonly string[]): Float32Array {
  const byLevel = new Map(levels.map((level, index) => [level, values[index]!]));
  return Float32Array.from(texts, (text) => byLevel.get(text) ?? other);
}

/** Levels numbered by their value, then by name. */
function ranked(texts: readonly string[], levels: readonly string[], values: Float32Array): FittedCategory {
  const order = levels.map((_, index) => index);
  order.sort((a, b) => values[a]! - values[b]! || byCode(levels[a]!, levels[b]!));
  const ranks = new Float32Array(levels.length);
  order.forEach((level, rank) => {
    ranks[level] = rank;
  });
  const map = { levels, values: ranks, other: Number.NaN };
  return { map, values: applyLevels(map, texts), levels: levels.length };
}
