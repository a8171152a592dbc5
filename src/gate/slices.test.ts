import { describe, expect, it } from 'vitest';
import type { Estimate, SliceResult } from '../evaluation/index.ts';
import { auc, comparisonWith, difference, evaluationWith, judged, said } from './judging.fixture.ts';
import type { Check } from './policy.ts';

describe('slices', () => {
  const slice = (value: string, rows: number, found?: Estimate): SliceResult => ({
    column: 'origin',
    value,
    rows,
    metrics: found ? { roc_auc: found } : {},
  });
  const evaluation = evaluationWith({ roc_auc: auc(0.65) }, [
    slice('ATL', 300, auc(0.7)),
    slice('LAX', 200, auc(0.58, 0.05)),
    slice('ORD', 40, auc(0.3)),
    slice('SFO', 100),
  ]);

  it('every slice is judged, but not the small ones and those without the metric', () => {
    const check = { metric: 'roc_auc', slice: '*', 'at-least': 0.6, 'min-rows': 50 };
    const verdict = judged(check, { evaluation });
    expect(
      verdict.checks.map(({ id, outcome, reason }) => `${id} | ${outcome} | ${reason}`),
    ).toMatchInlineSnapshot(`
      [
        "roc_auc at-least 0.6 [origin=ATL] | pass | origin=ATL: roc_auc 0.7 is at least the 0.6 that the policy asks for",
        "roc_auc at-least 0.6 [origin=LAX] | fail | origin=LAX: roc_auc 0.58 is below the 0.6 that the policy asks for",
        "roc_auc at-least 0.6 [origin=ORD] | not-judged | origin=ORD: 40 rows, fewer than the 50 it takes",
        "roc_auc at-least 0.6 [origin=SFO] | not-judged | origin=SFO: roc_auc has no value on these rows",
      ]
    `);
    expect(verdict.reasons).toMatchInlineSnapshot(`
      [
        "origin=LAX: roc_auc 0.58 is below the 0.6 that the policy asks for",
        "2 slice checks listed but not judged",
      ]
    `);
  });

  it('one slice by name; a slice that was not measured fails', () => {
    const named = (slice: string, rows = 1) =>
      said({ metric: 'roc_auc', slice, 'at-least': 0.6, 'min-rows': rows }, { evaluation });
    expect([
      named('origin=ATL'),
      named('origin=JFK'),
      named('origin=SFO'),
      named('origin=ORD', 50),
    ]).toMatchInlineSnapshot(`
      [
        [
          "pass",
          "pass: origin=ATL: roc_auc 0.7 is at least the 0.6 that the policy asks for",
        ],
        [
          "fail",
          "fail: origin=JFK: no such slice was measured",
        ],
        [
          "fail",
          "fail: origin=SFO: roc_auc: not measured",
        ],
        [
          "inconclusive",
          "not-judged: origin=ORD: 40 rows, fewer than the 50 it takes",
        ],
      ]
    `);
  });

  it('nothing judged is never a pass', () => {
    const check = { metric: 'roc_auc', slice: '*', 'at-least': 0.6, 'min-rows': 5000 };
    expect(judged(check, { evaluation }).verdict).toBe('inconclusive');
    expect(judged(check).verdict).toBe('fail');
  });

  it('share their confidence: ten slices need more certainty than one', () => {
    const names = Array.from({ length: 10 }, (_, index) => `S${index}`);
    const many = evaluationWith(
      { roc_auc: auc(0.7) },
      names.map((name) => slice(name, 100, auc(0.7))),
    );
    const compared = (delta: number) =>
      comparisonWith(
        { roc_auc: difference(delta, 0.01) },
        names.map((value) => ({
          column: 'origin',
          value,
          rows: 100,
          metrics: { roc_auc: difference(delta, 0.01) },
        })),
      );
    const every = { metric: 'roc_auc', slice: '*', 'not-worse-than': 'baseline' } as const;
    const single = { ...every, slice: 'origin=S3' };
    const at = (check: Check, delta: number) =>
      judged(check, { evaluation: many, comparison: compared(delta) }).verdict;
    expect([at(single, 0.02), at(every, 0.02), at(every, 0.03)]).toEqual(['pass', 'inconclusive', 'pass']);
    expect([at(single, -0.02), at(every, -0.02), at(every, -0.03)]).toEqual(['fail', 'inconclusive', 'fail']);
  });
});
