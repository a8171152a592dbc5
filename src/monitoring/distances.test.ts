import { expect, test } from 'vitest';
import {
  chiSquare,
  jensenShannon,
  kolmogorovSmirnov,
  proportionTest,
  stabilityIndex,
  wasserstein,
} from './distances.ts';

const sample = (...values: number[]) => Float64Array.from(values).sort();

test('stability index: 0.15·ln 1.6 + 0.05·ln 1.2 + 0.05·ln 1.25 + 0.15·ln 2.5 for quarters that became .4 .3 .2 .1', () => {
  const worked = 0.15 * Math.log(1.6) + 0.05 * Math.log(1.2) + 0.05 * Math.log(1.25) + 0.15 * Math.log(2.5);
  expect(stabilityIndex([25, 25, 25, 25], [40, 30, 20, 10])).toBeCloseTo(worked, 12);
  expect(worked).toBeCloseTo(0.2282174, 6);
  expect(stabilityIndex([1, 2, 3], [10, 20, 30])).toBe(0);
});

test('stability index: an empty bin counts as one row in ten thousand, not as infinity', () => {
  const worked = (0.5 - 1) * Math.log(0.5) + (0.5 - 1e-4) * Math.log(0.5 / 1e-4);
  expect(stabilityIndex([10, 0], [5, 5])).toBeCloseTo(worked, 12);
});

test('Jensen–Shannon distance: 0 for the same shares, 1 for disjoint ones, else as worked by hand', () => {
  expect(jensenShannon([3, 7], [30, 70])).toBe(0);
  expect(jensenShannon([1, 0], [0, 1])).toBe(1);
  expect(jensenShannon([5, 5], [9, 1])).toBeCloseTo(0.383136, 5);
});

test('Wasserstein distance: a shift by one is one over the standard deviation', () => {
  expect(wasserstein(sample(1, 2, 3, 4, 5), sample(2, 3, 4, 5, 6))).toBeCloseTo(1 / Math.SQRT2, 12);
  expect(wasserstein(sample(0, 1), sample(0, 0, 1, 1))).toBe(0);
  // |F−G| is 1/5 on [1,2), 1/10 on [2,3), 1/10 on [3,4), 1/20 on [4,5), 1/4 on [5,8): 1.2 in all.
  expect(wasserstein(sample(1, 2, 3, 4, 5), sample(2, 2, 4, 8))).toBeCloseTo(1.2 / Math.SQRT2, 12);
});

test('Kolmogorov–Smirnov: near 5 % where the table of the limit distribution has 1.36', () => {
  const a = Float64Array.from({ length: 20_000 }, (_, index) => index);
  expect(kolmogorovSmirnov(a, a)).toBe(1);
  expect(
    kolmogorovSmirnov(
      a,
      a.map((value) => value + 272),
    ),
  ).toBeCloseTo(0.04904, 4);
  expect(
    kolmogorovSmirnov(
      a,
      a.map((value) => value + 30_000),
    ),
  ).toBe(0);
});

test('chi²: the closed forms for one and two degrees of freedom', () => {
  expect(chiSquare([50, 30, 20], [60, 25, 15])).toBeCloseTo(Math.exp(-(2 + 25 / 30 + 1.25) / 2), 10);
  // One degree of freedom: statistic 4, so z = 2.
  expect(chiSquare([50, 50], [60, 40])).toBeCloseTo(0.0455003, 6);
  expect(chiSquare([1, 1, 1], [7, 7, 7])).toBe(1);
});

test('z-test for two shares: textbook value', () => {
  // Pooled share 0.45, error 0.0704: z = 1.4213.
  expect(proportionTest(50, 100, 40, 100)).toBeCloseTo(0.15522, 4);
  expect(proportionTest(0, 10, 0, 10)).toBe(1);
});
