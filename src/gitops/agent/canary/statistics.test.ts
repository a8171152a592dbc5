import { expect, test } from 'vitest';
import {
  beyondChance,
  differenceOf,
  lowerBeyondChance,
  noMean,
  stabilityOf,
  withValue,
} from './statistics.ts';

/** Park–Miller: the same numbers on every machine. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

test('beyond chance is where the exact binomial tail is under 0.001', () => {
  // P(X ≥ k) of B(100, 0.01) by hand: k = 5 is 0.00343, k = 6 is 0.00053.
  expect(beyondChance(5, 100, 0.01)).toBe(false);
  expect(beyondChance(6, 100, 0.01)).toBe(true);
  expect(beyondChance(1, 1, 0.01)).toBe(false);
  expect(beyondChance(2, 2, 0.01)).toBe(true);
  expect(beyondChance(0, 10, 0)).toBe(false);
  expect(beyondChance(1, 10, 0)).toBe(true);
  expect(beyondChance(500, 50_000, 0.01)).toBe(false);
  expect(beyondChance(600, 50_000, 0.01)).toBe(true);
  expect(beyondChance(49_000, 50_000, 0.01)).toBe(true);
});

test('two samples of one distribution stay within the noise; a shift and a constant do not', () => {
  const random = randomNumbers(7);
  const sample = (size: number, shift = 0) => Array.from({ length: size }, () => random() ** 2 + shift);
  let over = 0;
  for (let turn = 0; turn < 2_000; turn++) {
    const { value, noise } = stabilityOf(sample(400), sample(60));
    if (value > noise) over++;
  }
  expect(over).toBeLessThan(12);
  const shifted = stabilityOf(sample(2_000), sample(500, 0.3));
  expect(shifted.value - shifted.noise).toBeGreaterThan(0.3);
  const constant = stabilityOf(sample(400), new Array<number>(60).fill(0.5));
  expect(constant.value - constant.noise).toBeGreaterThan(1);
  const ones = new Array<number>(50).fill(1);
  expect(stabilityOf(ones, ones)).toEqual({ value: 0, noise: 0 });
  const off = stabilityOf(ones, new Array<number>(50).fill(0.4));
  expect(off.value - off.noise).toBeGreaterThan(1);
});

test('a lower mean counts when it is beyond chance and the margin', () => {
  const means = (values: readonly number[]) => values.reduce(withValue, noMean);
  const many = (yes: number, size: number) =>
    means(Array.from({ length: size }, (_, at) => (at < yes ? 1 : 0)));
  expect(many(3, 10).mean).toBeCloseTo(0.3);
  expect(lowerBeyondChance(many(300, 1_000), many(20, 100), 0)).toBe(false);
  expect(lowerBeyondChance(many(300, 1_000), many(100, 1_000), 0)).toBe(true);
  expect(lowerBeyondChance(many(300, 1_000), many(100, 1_000), 0.2)).toBe(false);
  expect(lowerBeyondChance(many(300, 1_000), many(1, 1), 0)).toBe(false);
  // By hand: 0.2 less 0.3, and 1.96 · √(0.3·0.7/999 + 0.2·0.8/999) = 0.0377.
  const { value, interval } = differenceOf(many(300, 1_000), many(200, 1_000))!;
  expect([value, ...interval].map((one) => one.toFixed(4))).toEqual(['-0.1000', '-0.1377', '-0.0623']);
  expect(differenceOf(many(300, 1_000), many(1, 1))).toBeNull();
});
