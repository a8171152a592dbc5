/*
 * Exponential, logarithm and the logistic function from + − × ÷ alone, in a fixed order. `Math.exp` and
 * `Math.log` may differ in the last bit between machines; these can't, so a model's bytes can't either.
 */

/** ln 2 in two parts: the high one has so few bits that its multiples up to 2^11 are exact (fdlibm, e_exp.c). */
const ln2High = 0.6931471803691238;
const ln2Low = 1.9082149292705877e-10;
const perLn2 = Math.LOG2E;
const squareRootHalf = Math.SQRT1_2;

/** 1/n! for the exponential's Taylor polynomial; |r| ≤ 0.347 leaves 4e-18 after the 13th. */
const inverseFactorials = Float64Array.from({ length: 14 }, (_, n) => {
  let factorial = 1;
  for (let i = 2; i <= n; i++) factorial *= i;
  return 1 / factorial;
});

/** 2^-1022 … 2^1023 at index exponent + 1022. */
const powersOfTwo = (() => {
  const powers = new Float64Array(2046);
  powers[1022] = 1;
  for (let i = 1023; i < powers.length; i++) powers[i] = powers[i - 1]! * 2;
  for (let i = 1021; i >= 0; i--) powers[i] = powers[i + 1]! / 2;
  return powers;
})();

/** e^x within 1e-15 relative; x is held within ±700. */
export function exponential(x: number): number {
  const held = Math.min(700, Math.max(-700, x));
  const k = Math.floor(held * perLn2 + 0.5);
  const r = held - k * ln2High - k * ln2Low;
  let sum = inverseFactorials[13]!;
  for (let n = 12; n >= 0; n--) sum = sum * r + inverseFactorials[n]!;
  return sum * powersOfTwo[k + 1022]!;
}

/** ln x for x > 0, within 1e-15. */
export function logarithm(x: number): number {
  let mantissa = x;
  let exponent = 0;
  while (mantissa >= 2 * squareRootHalf) {
    mantissa *= 0.5;
    exponent++;
  }
  while (mantissa < squareRootHalf) {
    mantissa *= 2;
    exponent--;
  }
  // ln m = 2 artanh s with s = (m − 1)/(m + 1), |s| ≤ 0.172.
  const s = (mantissa - 1) / (mantissa + 1);
  const square = s * s;
  let sum = 0;
  for (let n = 23; n >= 1; n -= 2) sum = sum * square + 1 / n;
  return exponent * ln2High + (2 * s * sum + exponent * ln2Low);
}

/** 1 / (1 + e^-x). */
export const logistic = (x: number): number => 1 / (1 + exponential(-x));

/** ln(p / (1 − p)). */
export const logOdds = (p: number): number => logarithm(p / (1 - p));

/** Log loss of one row: ln(1 + e^x) − y·x, computed without overflow; y is 0 or 1. */
export function logLoss(x: number, y: number): number {
  return Math.max(x, 0) - y * x + logarithm(1 + exponential(-Math.abs(x)));
}
