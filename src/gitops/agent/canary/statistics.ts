/** How seldom chance alone may stop a good version at one look: it is looked at often. */
const seldom = 0.001;
/** The normal distribution's value that is passed this seldom, on one side. */
const seldomZ = 3.0902;

/**
 * Whether `count` of `asked` is more than chance makes of a share of at most `limit`: the upper tail of the binomial
 * distribution is under 0.001.
 */
export function beyondChance(count: number, asked: number, limit: number): boolean {
  if (count === 0 || count <= asked * limit) return false;
  if (limit === 0) return true;
  let term = Math.exp(
    logChoose(asked, count) + count * Math.log(limit) + (asked - count) * Math.log1p(-limit),
  );
  let tail = 0;
  for (let k = count; k <= asked && tail < seldom; k++) {
    tail += term;
    if (term < tail * 1e-9) break;
    term *= ((asked - k) / (k + 1)) * (limit / (1 - limit));
  }
  return tail < seldom;
}

export interface StabilityIndex {
  readonly value: number;
  /** What two samples of these sizes of one distribution stay under, all but one time in 1,000. */
  readonly noise: number;
}

/**
 * Population stability index of two samples over the first one's deciles, a value that fills a decile being a bin of
 * its own. Half a request is added to each bin, so that an empty one weighs much but not without bound.
 */
export function stabilityOf(before: readonly number[], now: readonly number[]): StabilityIndex {
  const sorted = [...before].sort((a, b) => a - b);
  const deciles = Array.from({ length: 9 }, (_, at) => sorted[Math.floor(((at + 1) / 10) * sorted.length)]!);
  const edges = [...new Set(deciles)];
  const shared = new Set(deciles.filter((value, at) => deciles.indexOf(value) < at));
  const shares = new Map<number, { old: number; new: number }>();
  const count = (side: 'old' | 'new', scores: readonly number[]) => {
    for (const score of scores) {
      const below = edges.filter((edge) => edge < score).length;
      const bin = 2 * below + (shared.has(score) ? 1 : 0);
      const counts = shares.get(bin) ?? { old: 0, new: 0 };
      counts[side]++;
      shares.set(bin, counts);
    }
  };
  count('old', before);
  count('new', now);
  const bins = shares.size;
  let value = 0;
  for (const counts of shares.values()) {
    const p = (counts.old + 0.5) / (before.length + bins / 2);
    const q = (counts.new + 0.5) / (now.length + bins / 2);
    value += (q - p) * Math.log(q / p);
  }
  // Without a shift the index times the harmonic size is distributed as chi² with a degree less than bins.
  return { value, noise: chiSquareBound(bins - 1) * (1 / before.length + 1 / now.length) };
}

/** What chi² passes one time in 1,000, by the cube approximation of Wilson and Hilferty (1931). */
function chiSquareBound(degrees: number): number {
  if (degrees === 0) return 0;
  const part = 2 / (9 * degrees);
  return degrees * (1 - part + seldomZ * Math.sqrt(part)) ** 3;
}

export interface Mean {
  readonly count: number;
  readonly mean: number;
  /** Sum of squared deviations. */
  readonly squares: number;
}

export const noMean: Mean = { count: 0, mean: 0, squares: 0 };

/** Welford's step: mean and spread with one more value. */
export function withValue({ count, mean, squares }: Mean, value: number): Mean {
  const step = value - mean;
  const next = mean + step / (count + 1);
  return { count: count + 1, mean: next, squares: squares + step * (value - next) };
}

export interface Difference {
  /** Of the second mean to the first. */
  readonly value: number;
  /** 95 % of it, by the normal distribution (Welch). */
  readonly interval: readonly [number, number];
}

/** Null while a side has too few values for a spread. */
export function differenceOf(before: Mean, now: Mean): Difference | null {
  if (before.count < 2 || now.count < 2) return null;
  const value = now.mean - before.mean;
  const half = 1.96 * errorOf(before, now);
  return { value, interval: [value - half, value + half] };
}

const errorOf = (...means: readonly Mean[]): number =>
  Math.sqrt(means.reduce((sum, { count, squares }) => sum + squares / (count - 1) / count, 0));

/** Whether the second mean is lower than the first by more than `margin`, beyond chance (Welch, one-sided). */
export function lowerBeyondChance(before: Mean, now: Mean, margin: number): boolean {
  if (before.count < 2 || now.count < 2) return false;
  const error = errorOf(before, now);
  const lower = before.mean - margin - now.mean;
  return lower > 0 && (error === 0 || lower / error > seldomZ);
}

/** ln of n over k, by Stirling's series for ln Γ. */
const logChoose = (n: number, k: number): number => logFactorial(n) - logFactorial(k) - logFactorial(n - k);

function logFactorial(n: number): number {
  if (n < 10) {
    let product = 1;
    for (let factor = 2; factor <= n; factor++) product *= factor;
    return Math.log(product);
  }
  return n * Math.log(n) - n + Math.log(2 * Math.PI * n) / 2 + 1 / (12 * n) - 1 / (360 * n ** 3);
}
