import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exponential, logarithm, logistic, logLoss, logOdds } from './arithmetic.ts';

test('exponential and logarithm are those of mathematics to fifteen digits', () => {
  fc.assert(
    fc.property(fc.double({ min: -700, max: 700, noNaN: true }), (x) => {
      expect(Math.abs(exponential(x) / Math.exp(x) - 1)).toBeLessThan(2e-15);
    }),
  );
  fc.assert(
    fc.property(fc.double({ min: 1e-300, max: 1e300, noNaN: true }), (x) => {
      const exact = Math.log(x);
      expect(Math.abs(logarithm(x) - exact)).toBeLessThanOrEqual(1e-15 * Math.max(1, Math.abs(exact)));
    }),
  );
});

test('nothing overflows at the ends', () => {
  expect(logistic(1e9)).toBe(1);
  expect(logistic(-1e9)).toBeLessThan(1e-300);
  expect(logLoss(1e9, 0)).toBe(1e9);
  expect(logLoss(-1e9, 0)).toBeLessThan(1e-300);
  expect(logistic(logOdds(0.2))).toBeCloseTo(0.2, 15);
});

test('no file of the trainers uses a function whose last bit depends on the machine', () => {
  const folder = import.meta.dirname;
  const files = readdirSync(folder).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
  expect(files.length).toBeGreaterThan(20);
  const users = files.filter((name) =>
    /\bMath\.(?:exp|expm1|log|log1p|log2|log10|pow|sin|cos|tan|tanh|atan|hypot|cbrt|random)\(/.test(
      readFileSync(`${folder}/${name}`, 'utf8'),
    ),
  );
  expect(users).toEqual([]);
});
