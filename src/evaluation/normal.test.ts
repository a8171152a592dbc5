import { expect, it } from 'vitest';
import { boundAt, confidenceBeyond } from './interval.ts';
import { normalProbability, normalQuantile } from './normal.ts';

it.each([
  [0.5, 0],
  [0.7, 0.5244005127080407],
  [0.95, 1.6448536269514722],
  [0.975, 1.959963984540054],
  [0.999, 3.090232306167813],
  [1e-10, -6.361340902404056],
  [1e-20, -9.262340089798405],
])('the quantile of %s, as other libraries have it', (probability, quantile) => {
  expect(normalQuantile(probability)).toBeCloseTo(quantile, 13);
  expect(normalProbability(quantile)).toBeCloseTo(probability, 14);
});

it('a probability of nothing is nothing, not a loop without end', () => {
  expect(normalProbability(Number.NaN)).toBeNaN();
  expect(normalProbability(Number.POSITIVE_INFINITY)).toBe(1);
});

it('bounds: 97.5 % one-sided is the end of the 95 % interval; the confidence of a bound leads back', () => {
  const estimate = { value: 0.8, low: 0.75, high: 0.84 };
  expect(boundAt('roc_auc', estimate, 'low', 0.975)).toBe(0.75);
  const bound = boundAt('roc_auc', estimate, 'low', 0.95)!;
  expect(bound).toBeGreaterThan(0.75);
  expect(bound).toBeLessThan(0.8);
  expect(confidenceBeyond('roc_auc', estimate, bound, 'above')).toBeCloseTo(0.95, 12);
  expect(boundAt('latency_p99_ms', { value: 3, low: null, high: null }, 'high', 0.95)).toBeNull();
  expect(confidenceBeyond('roc_auc', { value: 0.5, low: 0.5, high: 0.5 }, 0.5, 'above')).toBe(0);
});
