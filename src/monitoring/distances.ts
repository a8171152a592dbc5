import { normalProbability } from '../evaluation/index.ts';

/** Shares below this count as this, so that an empty bin weighs much but not infinitely (Evidently's choice). */
const leastShare = 1e-4;

/**
 * Population stability index over the same bins of two samples: Σ (qᵢ − pᵢ) · ln(qᵢ / pᵢ) with the shares p of
 * the reference and q of now. Below 0.1 is called stable and above 0.2 a shift by custom (Siddiqi 2006, Credit
 * Risk Scorecards, §10). It grows with fewer rows, so read it beside the row counts.
 */
export function stabilityIndex(reference: ArrayLike<number>, current: ArrayLike<number>): number {
  const [before, now] = [sharesOf(reference), sharesOf(current)];
  let sum = 0;
  for (let bin = 0; bin < before.length; bin++) {
    const p = Math.max(before[bin]!, leastShare);
    const q = Math.max(now[bin]!, leastShare);
    sum += (q - p) * Math.log(q / p);
  }
  return sum;
}

/** Jensen–Shannon distance (the root of the divergence in bits): 0 for the same shares, 1 for disjoint ones. */
export function jensenShannon(reference: ArrayLike<number>, current: ArrayLike<number>): number {
  const [p, q] = [sharesOf(reference), sharesOf(current)];
  let bits = 0;
  for (let bin = 0; bin < p.length; bin++) {
    const middle = (p[bin]! + q[bin]!) / 2;
    if (p[bin]! > 0) bits += (p[bin]! / 2) * Math.log2(p[bin]! / middle);
    if (q[bin]! > 0) bits += (q[bin]! / 2) * Math.log2(q[bin]! / middle);
  }
  return Math.sqrt(Math.max(0, bits));
}

/**
 * First Wasserstein distance between two samples, in standard deviations of the reference: how far, on average,
 * a value has to move. Both must be sorted and without NaN.
 */
export function wasserstein(reference: Float64Array, current: Float64Array): number {
  let distance = 0;
  eachStep(reference, current, (before, now, width) => {
    distance += Math.abs(before - now) * width;
  });
  return distance / Math.max(deviation(reference), 0.001);
}

/** p-value of the two-sample Kolmogorov–Smirnov test, by its limit distribution (Numerical Recipes §14.3). */
export function kolmogorovSmirnov(reference: Float64Array, current: Float64Array): number {
  let most = 0;
  eachStep(reference, current, (before, now) => {
    most = Math.max(most, Math.abs(before - now));
  });
  const size = Math.sqrt((reference.length * current.length) / (reference.length + current.length));
  const x = (size + 0.12 + 0.11 / size) * most;
  if (x < 0.2) return 1;
  let p = 0;
  for (let k = 1; k <= 100; k++) p += 2 * (k % 2 === 1 ? 1 : -1) * Math.exp(-2 * k * k * x * x);
  return Math.min(1, Math.max(0, p));
}

/** p-value of Pearson's chi² test that the current counts follow the reference's shares. */
export function chiSquare(reference: ArrayLike<number>, current: ArrayLike<number>): number {
  const shares = sharesOf(reference);
  const rows = sum(current);
  let statistic = 0;
  for (let bin = 0; bin < shares.length; bin++) {
    const expected = Math.max(shares[bin]!, leastShare) * rows;
    statistic += (current[bin]! - expected) ** 2 / expected;
  }
  return upperGamma((shares.length - 1) / 2, statistic / 2);
}

/** p-value of the two-sided z-test for two shares, pooled. */
export function proportionTest(yes: number, rows: number, yesNow: number, rowsNow: number): number {
  const pooled = (yes + yesNow) / (rows + rowsNow);
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / rows + 1 / rowsNow));
  if (error === 0) return 1;
  return 2 * (1 - normalProbability(Math.abs(yes / rows - yesNow / rowsNow) / error));
}

/** Walks over the values of both sorted samples; hands over both shares at or below, and the step's width. */
function eachStep(
  a: Float64Array,
  b: Float64Array,
  visit: (a: number, b: number, width: number) => void,
): void {
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const at = Math.min(a[i] ?? Number.POSITIVE_INFINITY, b[j] ?? Number.POSITIVE_INFINITY);
    while (i < a.length && a[i]! <= at) i++;
    while (j < b.length && b[j]! <= at) j++;
    const next = Math.min(a[i] ?? Number.POSITIVE_INFINITY, b[j] ?? Number.POSITIVE_INFINITY);
    visit(i / a.length, j / b.length, Number.isFinite(next) ? next - at : 0);
  }
}

function deviation(values: Float64Array): number {
  const mean = sum(values) / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return Math.sqrt(squares / values.length);
}

function sharesOf(counts: ArrayLike<number>): Float64Array {
  const all = sum(counts);
  return Float64Array.from(counts, (count) => (all === 0 ? 0 : count / all));
}

function sum(values: ArrayLike<number>): number {
  let all = 0;
  for (let index = 0; index < values.length; index++) all += values[index]!;
  return all;
}

/** Regularised upper incomplete gamma function Q(a, x), by series or continued fraction (Numerical Recipes §6.2). */
function upperGamma(a: number, x: number): number {
  if (a <= 0) return 1;
  if (x <= 0) return 1;
  const front = Math.exp(a * Math.log(x) - x - logGamma(a));
  if (x < a + 1) {
    let term = 1 / a;
    let series = term;
    for (let n = 1; n < 1000 && Math.abs(term) > 1e-16 * Math.abs(series); n++) {
      term *= x / (a + n);
      series += term;
    }
    return 1 - front * series;
  }
  let b = x + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let fraction = d;
  for (let n = 1; n < 1000; n++) {
    const step = -n * (n - a);
    b += 2;
    d = 1 / (step * d + b || 1e-300);
    c = b + step / c || 1e-300;
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return front * fraction;
}

/** ln Γ(x) for x > 0, Lanczos' approximation with g = 7 (error below 1e-14). */
function logGamma(x: number): number {
  const lanczos = [
    0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
    12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
  ];
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const t = x + 6.5;
  const series = lanczos.reduce((all, part, index) => (index === 0 ? part : all + part / (x - 1 + index)), 0);
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(series);
}
