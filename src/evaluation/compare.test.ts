import { describe, expect, it } from 'vitest';
import { canonicalJson, digestOf } from '../workspace/index.ts';
import { compare } from './compare.ts';
import { evaluate } from './evaluate.ts';
import { parseComparison } from './evaluation-file.ts';
import { input, late, predictions, rows } from './flights.fixture.ts';
import { simplestPredictions } from './simplest-model.ts';

describe('compare', () => {
  const simplest = simplestPredictions({ task: 'binary-classification', train: late, rowIds: rows });
  const common = {
    ...input,
    candidateEvaluation: digestOf('c'),
    baselineEvaluation: digestOf('b'),
    baselineSubject: { kind: 'simplest', name: 'class prior', modelDigest: null },
  } as const;

  it('a candidate with the class prior, whole and by slice, as its schema has it', () => {
    const comparison = compare({
      ...common,
      candidate: { table: predictions },
      baseline: { table: simplest },
    });
    expect(parseComparison(canonicalJson(comparison), 'comparison.json')).toEqual(comparison);
    const { delta, low, high } = comparison.metrics.roc_auc!;
    expect(delta).toBeCloseTo(evaluate(input).metrics.roc_auc!.value - 0.5, 12);
    expect(low).toBeLessThan(delta);
    expect(high).toBeGreaterThan(delta);
    expect(comparison.slices).toHaveLength(7);
    expect(comparison.metrics).not.toHaveProperty('precision');
  });

  it('a model with itself: no difference, and no doubt about it; turned round, the sign turns', () => {
    const same = compare({ ...common, candidate: { table: predictions }, baseline: { table: predictions } });
    for (const difference of Object.values(same.metrics)) {
      expect(difference).toEqual({ delta: 0, standardError: 0, low: 0, high: 0 });
    }
    const one = compare({ ...common, candidate: { table: predictions }, baseline: { table: simplest } });
    const other = compare({ ...common, candidate: { table: simplest }, baseline: { table: predictions } });
    expect(other.metrics.brier!.delta).toBeCloseTo(-one.metrics.brier!.delta, 12);
    expect(other.metrics.brier!.standardError).toBeCloseTo(one.metrics.brier!.standardError, 12);
  });
});

it('the simplest model knows only the other folds', () => {
  const found = simplestPredictions({
    task: 'regression',
    train: [1, 3, 5, 9],
    rowIds: ['a', 'b', 'c', 'd'],
    folds: [0, 0, 1, 1],
  });
  expect(found.columns.map(({ name, values }) => [name, [...values]])).toEqual([
    ['row_id', ['a', 'b', 'c', 'd']],
    ['fold', [0, 0, 1, 1]],
    ['score', [7, 7, 2, 2]],
  ]);
});
