import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Task } from './evaluation.ts';
import { judgedRows } from './judged-rows.ts';
import { measure } from './metrics.ts';

interface Case {
  readonly name: string;
  readonly task: Task;
  readonly threshold?: number;
  readonly labels: readonly number[];
  readonly scores: readonly number[];
  readonly expected: Readonly<Record<string, number>>;
}

// Made by make-metric-fixtures.py, which lies beside it.
const fixture = new URL('../../test/interop/fixtures/metrics.json.gz', import.meta.url);
const { cases } = JSON.parse(gunzipSync(readFileSync(fixture)).toString()) as {
  readonly cases: readonly Case[];
};

const valuesOf = (labels: readonly number[], scores: readonly number[], task: Task, threshold = 0.5) =>
  Object.fromEntries(
    measure(judgedRows(Float64Array.from(labels), Float64Array.from(scores)), task, threshold).map(
      ({ name, value }) => [name, value],
    ),
  );

describe('agreement with scikit-learn', () => {
  it.each(cases.map((one) => [`${one.task}: ${one.name}`, one] as const))('%s', (_name, one) => {
    const found = valuesOf(one.labels, one.scores, one.task, one.threshold);
    expect(Object.keys(found).sort()).toEqual(Object.keys(one.expected).sort());
    for (const [name, value] of Object.entries(one.expected)) {
      const scale = Math.max(1, Math.abs(value));
      expect(Math.abs(found[name]! - value) / scale, `${name} is ${found[name]}, not ${value}`).toBeLessThan(
        1e-9,
      );
    }
  });
});

const score = fc.integer({ min: 0, max: 40 }).map((step) => step / 40);
const binaryRows = fc.array(fc.tuple(fc.integer({ min: 0, max: 1 }), score), { minLength: 1, maxLength: 60 });
const numberRows = fc.array(fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: -50, max: 50 })), {
  minLength: 1,
  maxLength: 60,
});
const judgedFrom = (rows: readonly (readonly [number, number])[]) =>
  judgedRows(
    Float64Array.from(rows, ([label]) => label),
    Float64Array.from(rows, ([, found]) => found),
  );

describe('properties of every metric', () => {
  it.each([
    ['binary-classification', binaryRows],
    ['regression', numberRows],
  ] as const)('%s: the interval holds the value, and influences sum to nothing', (task, rows) => {
    fc.assert(
      fc.property(rows, (drawn) => {
        for (const { name, value, interval, influence } of measure(judgedFrom(drawn), task, 0.5)) {
          if (interval.low !== null) expect(interval.low, name).toBeLessThanOrEqual(value + 1e-12);
          if (interval.high !== null) expect(interval.high, name).toBeGreaterThanOrEqual(value - 1e-12);
          const total = influence().reduce((sum, part) => sum + part, 0);
          if (Number.isFinite(total)) expect(Math.abs(total), name).toBeLessThan(1e-9 * Math.max(1, value));
        }
      }),
      { numRuns: 1000, seed: 1 },
    );
  });

  it('does not depend on the order of rows', () => {
    fc.assert(
      fc.property(binaryRows, fc.infiniteStream(fc.nat()), (drawn, keys) => {
        const shuffled = drawn
          .map((row) => ({ row, key: keys.next().value }))
          .sort((a, b) => a.key - b.key)
          .map(({ row }) => row);
        const [one, other] = [drawn, shuffled].map((rows) =>
          measure(judgedFrom(rows), 'binary-classification', 0.5),
        );
        one!.forEach((metric, index) => {
          expect(other![index]!.value).toBeCloseTo(metric.value, 12);
          expect(other![index]!.interval.low ?? -1).toBeCloseTo(metric.interval.low ?? -1, 10);
        });
      }),
      { numRuns: 1000, seed: 2 },
    );
  });

  it('ROC AUC: turning the scores round gives one minus it; only their order counts', () => {
    fc.assert(
      fc.property(binaryRows, (drawn) => {
        const auc = (rows: readonly (readonly [number, number])[]) =>
          measure(judgedFrom(rows), 'binary-classification', 0.5).find(({ name }) => name === 'roc_auc')
            ?.value;
        const found = auc(drawn);
        if (found === undefined) return;
        expect(auc(drawn.map(([label, s]) => [label, 1 - s]))).toBeCloseTo(1 - found, 12);
        expect(auc(drawn.map(([label, s]) => [1 - label, s]))).toBeCloseTo(1 - found, 12);
        expect(auc(drawn.map(([label, s]) => [label, s ** 3]))).toBeCloseTo(found, 12);
      }),
      { numRuns: 1000, seed: 3 },
    );
  });

  it('influences are the derivatives by the weight of a row: what leaving one row out changes', () => {
    const rows = Array.from({ length: 400 }, (_, index): [number, number] => [
      (index * 7919) % 10 < 3 + (index % 5) ? 1 : 0,
      ((index * 31) % 97) / 97,
    ]);
    const all = measure(judgedFrom(rows), 'binary-classification', 0.5);
    for (const left of [0, 17, 133, 399]) {
      const without = measure(
        judgedFrom(rows.filter((_, index) => index !== left)),
        'binary-classification',
        0.5,
      );
      all.forEach(({ name, value, influence }, index) => {
        // Its influence is weighed down where a bin's sign is unsure, on purpose.
        if (name === 'calibration_error') return;
        const change = value - without[index]!.value;
        expect(Math.abs(change - influence()[left]!), name).toBeLessThan(0.02 * Math.abs(change) + 2e-5);
      });
    }
  });
});
