import { expect, test } from 'vitest';
import { levelStatistics, outOfFoldStatistics } from './target-statistics.ts';

const texts = ['a', 'a', 'a', 'b', 'b', 'c'];
const labels = Float64Array.from([1, 1, 0, 0, 0, 1]);

test('a level has its mean target, drawn towards the average of ten rows', () => {
  const { levels, values, prior } = levelStatistics(texts, labels, (count) => count > 1);
  expect(levels).toEqual(['a', 'b']);
  expect(prior).toBe(0.5);
  expect(values[0]).toBeCloseTo((2 + 10 * 0.5) / (3 + 10), 6);
  expect(values[1]).toBeCloseTo((0 + 10 * 0.5) / (2 + 10), 6);
});

test("a training row never sees its own fold's targets", () => {
  const folds = Int32Array.from([0, 1, 1, 0, 1, 2]);
  const before = outOfFoldStatistics(texts, labels, folds);
  const changed = outOfFoldStatistics(texts, labels.with(1, 0).with(2, 1).with(4, 1), folds);
  expect(before[1]).toBe(before[2]);
  expect([changed[1], changed[4]]).toEqual([before[1], before[4]]);
  expect(before[0]).toBeCloseTo((1 + 10 * 0.5) / (2 + 10), 6);
});
