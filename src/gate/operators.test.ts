import { describe, expect, it } from 'vitest';
import { comparisonWith, difference, evaluationWith, judged, said } from './judging.fixture.ts';

describe('not-worse-than baseline, three ways', () => {
  const check = { metric: 'roc_auc', 'not-worse-than': 'baseline', margin: 0.005, confidence: 0.95 } as const;
  const against = (delta: number, error: number) => ({
    comparison: comparisonWith({ roc_auc: difference(delta, error) }),
  });

  it.each([
    ['fail', -0.041, 0.005],
    ['pass', 0.007, 0.002],
    ['pass', 0.001, 0.002],
    ['inconclusive', -0.003, 0.005],
    ['inconclusive', -0.007, 0.005],
    ['inconclusive', 0.002, 0.01],
    ['pass', 0, 0],
    ['pass', -0.005, 0],
    ['fail', -0.006, 0],
  ])('%s at a difference of %s ± %s', (outcome, delta, error) => {
    expect(judged(check, against(delta, error)).verdict).toBe(outcome);
    expect(said(check, against(delta, error)).slice(1)).toMatchSnapshot();
  });

  it('says by how much, and what decided', () => {
    const verdict = judged(check, against(-0.041, 0.005));
    expect(verdict.reasons[0]).toMatchInlineSnapshot(
      `"roc_auc 0.612 is 0.041 below the baseline's 0.653; at 95 % confidence at least 0.033 below, the policy allows 0.005"`,
    );
    expect(verdict.checks[0]).toMatchObject({ id: 'roc_auc not-worse-than baseline', limit: -0.005 });
    expect(verdict.checks[0]!.bound).toBeCloseTo(-0.041 + 1.6449 * 0.005, 5);
  });

  it('knows that less error is better', () => {
    const rmse = { metric: 'rmse', 'not-worse-than': 'baseline', margin: 0.1 } as const;
    const of = (delta: number) =>
      said(rmse, { comparison: comparisonWith({ rmse: difference(delta, 0.1) }) });
    expect([of(0.4), of(-0.4), of(0.1)]).toMatchInlineSnapshot(`
      [
        [
          "fail",
          "fail: rmse 12.3 is 0.4 above the baseline's 11.9; at 95 % confidence at least 0.236 above, the policy allows 0.1",
        ],
        [
          "pass",
          "pass: rmse 12.3 is 0.4 below the baseline's 12.7; at 95 % confidence at least 0.236 below, the policy allows 0.1",
        ],
        [
          "inconclusive",
          "inconclusive: rmse 12.3 is 0.1 above the baseline's 12.2; at 95 % confidence possibly 0.264 above, the policy allows 0.1: too little data to tell",
        ],
      ]
    `);
  });

  it('fails without a baseline, and where the baseline has no such metric', () => {
    expect([said(check), said(check, { comparison: comparisonWith({}) })]).toMatchInlineSnapshot(`
      [
        [
          "fail",
          "fail: roc_auc 0.612: no baseline to compare with",
        ],
        [
          "fail",
          "fail: roc_auc: not measured for the baseline on these rows",
        ],
      ]
    `);
  });

  it('names the simplest model where it is the baseline', () => {
    const simplest = { kind: 'simplest', name: 'class prior', modelDigest: null } as const;
    const verdict = judged(check, {
      comparison: comparisonWith({ roc_auc: difference(0.112, 0.01) }, [], simplest),
    });
    expect([verdict.checks[0]!.reason, ...verdict.reasons]).toMatchInlineSnapshot(`
      [
        "roc_auc 0.612 is 0.112 above the class prior's 0.5; at 95 % confidence at least 0.096 above, the policy allows 0.005",
        "first version, judged against the class prior",
      ]
    `);
  });
});

describe('at-least and at-most', () => {
  it.each([
    [{ metric: 'roc_auc', 'at-least': 0.6 }],
    [{ metric: 'roc_auc', 'at-least': 0.6121 }],
    [{ metric: 'rmse', 'at-most': 12.3 }],
    [{ metric: 'rmse', 'at-most': 10 }],
    [{ metric: 'roc_auc', 'at-least': 0.5, confidence: 0.975 }],
    [{ metric: 'roc_auc', 'at-least': 0.6, confidence: 0.975 }],
    [{ metric: 'roc_auc', 'at-least': 0.7, confidence: 0.975 }],
    [{ metric: 'rmse', 'at-most': 12.7, confidence: 0.95 }],
    [{ metric: 'accuracy', 'at-least': 0.5 }],
    [{ metric: 'roc_aux', 'at-least': 0.5 }],
    [{ metric: 'constructor', 'at-least': 0.5 }],
  ])('%j', (check) => {
    expect(said(check)).toMatchSnapshot();
  });

  it('a constant score is not better than chance, and what has no interval cannot be sure', () => {
    const evaluation = evaluationWith({
      roc_auc: { value: 0.5, low: 0.5, high: 0.5 },
      size_mb: { value: 3, low: null, high: null },
    });
    const constant = { metric: 'roc_auc', 'at-least': 0.5, confidence: 0.975 };
    const size = { metric: 'size_mb', 'at-most': 5, confidence: 0.95 };
    expect([said(constant, { evaluation }), said(size, { evaluation })]).toMatchInlineSnapshot(`
      [
        [
          "fail",
          "fail: roc_auc 0.5, at 97.5 % confidence at most 0.5; the policy asks for more than 0.5",
        ],
        [
          "inconclusive",
          "inconclusive: size_mb 3 has no interval on these rows, so nothing can be said at 95 % confidence; without confidence the value decides",
        ],
      ]
    `);
  });
});
