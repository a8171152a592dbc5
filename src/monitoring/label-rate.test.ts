import { expect, test } from 'vitest';
import { meanOf, shareOf } from './label-rate.ts';

test("Wilson's interval for 10 of 100 is 0.0552 – 0.1744", () => {
  const found = shareOf(10, 100)!;
  expect([found.value, found.low!.toFixed(4), found.high!.toFixed(4)]).toEqual([0.1, '0.0552', '0.1744']);
});

test('stays within 0 and 1, and says nothing for no rows', () => {
  expect(shareOf(0, 5)).toMatchObject({ value: 0, low: 0 });
  expect(shareOf(5, 5)).toMatchObject({ value: 1, high: 1 });
  expect(shareOf(0, 0)).toBeNull();
});

test('a mean has the normal interval of its standard error', () => {
  const { value, low, high } = meanOf(Float64Array.of(1, 2, 3, 4, 5))!;
  expect([value, low!.toFixed(4), high!.toFixed(4)]).toEqual([3, '1.6141', '4.3859']);
  expect(meanOf(Float64Array.of(7))).toEqual({ value: 7, low: null, high: null });
});
