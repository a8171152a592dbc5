import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, parseJson } from '../workspace/index.ts';
import { holm } from './holm.ts';
import { binding, comparisonWith, difference, digest, judged, said } from './judging.fixture.ts';
import type { Check, Policy } from './policy.ts';
import { parseVerdict } from './verdict-file.ts';

describe('environments', () => {
  const policy: Policy = {
    checks: [{ metric: 'roc_auc', 'at-least': 0.6 }],
    environments: {
      production: {
        checks: [
          { metric: 'error_rate', from: 'staging', 'at-most': 0.001 },
          { metric: 'rmse', 'at-most': 10 },
        ],
      },
    },
  };
  const observed = (value: number) => ({ staging: { error_rate: { value, low: null, high: null } } });

  it('each has the common checks and its own', () => {
    expect([judged(policy, { environment: 'dev' }).verdict, judged(policy).verdict]).toEqual([
      'pass',
      'fail',
    ]);
  });

  it('what another environment observed is pending at the gate, and judged later', () => {
    const own: Policy = { checks: [policy.checks[0]!, policy.environments!.production!.checks![0]!] };
    expect([
      said(own),
      said(own, { observed: observed(0.0005) }),
      said(own, { observed: observed(0.02) }),
      said(own, { observed: {} }),
      said(own, { observed: { staging: {} } }),
    ]).toMatchInlineSnapshot(`
      [
        [
          "pass",
          "pass: roc_auc 0.612 is at least the 0.6 that the policy asks for",
          "pending: error_rate is judged by promote from what staging observes",
        ],
        [
          "pass",
          "pass: roc_auc 0.612 is at least the 0.6 that the policy asks for",
          "pass: in staging: error_rate 0.0005 is within the 0.001 that the policy allows",
        ],
        [
          "fail",
          "pass: roc_auc 0.612 is at least the 0.6 that the policy asks for",
          "fail: in staging: error_rate 0.02 is above the 0.001 that the policy allows",
        ],
        [
          "inconclusive",
          "pass: roc_auc 0.612 is at least the 0.6 that the policy asks for",
          "inconclusive: error_rate: nothing was observed in staging yet",
        ],
        [
          "fail",
          "pass: roc_auc 0.612 is at least the 0.6 that the policy asks for",
          "fail: in staging: error_rate: not measured",
        ],
      ]
    `);
  });
});

describe('exceptions', () => {
  const check = { metric: 'roc_auc', 'at-least': 0.8 };
  const waiver = { check: 'roc_auc at-least 0.8', owner: 'ann', reason: 'new market', until: '2026-11-21' };

  it('a waiver holds through its last day, and is named', () => {
    const policy = { checks: [check], waivers: [waiver] };
    expect(judged(policy)).toMatchObject({ verdict: 'pass', checks: [{ outcome: 'waived' }] });
    expect(said(policy)).toMatchInlineSnapshot(`
      [
        "pass",
        "waived: waived by ann until 2026-11-21 (new market): roc_auc 0.612 is below the 0.8 that the policy asks for",
      ]
    `);
    expect(said(policy, { now: new Date('2026-11-22T00:00:00Z') })).toMatchInlineSnapshot(`
      [
        "fail",
        "fail: roc_auc 0.612 is below the 0.8 that the policy asks for; the waiver for it ended on 2026-11-21",
      ]
    `);
  });

  it('a waiver that matches nothing is remarked on', () => {
    const policy = { checks: [check], waivers: [{ ...waiver, check: 'roc_auc at-least 0.9' }] };
    expect(judged(policy).reasons).toContain('the waiver for "roc_auc at-least 0.9" matches no check');
  });

  it('a held version fails, whatever it scores, and no waiver helps', () => {
    const verdict = judged({ metric: 'roc_auc', 'at-least': 0.6 }, { holds: ['v1.2.0'], version: 'v1.2.0' });
    expect([verdict.verdict, ...verdict.reasons]).toMatchInlineSnapshot(`
      [
        "fail",
        "v1.2.0 is held: nobody may promote it until the hold is released",
      ]
    `);
    expect(
      judged({ metric: 'roc_auc', 'at-least': 0.6 }, { holds: ['v1.2.0'], version: 'v1.2.1' }).verdict,
    ).toBe('pass');
  });

  it('a model that the base does not know is marked', () => {
    const { reasons } = judged(check, { binding: { ...binding, policy: { digest, commit: null } } });
    expect(reasons).toContain('churn is new to the base commit: judged by the policy beside it');
  });
});

describe('properties', () => {
  const share = fc.double({ min: -0.1, max: 0.1, noNaN: true });
  const error = fc.double({ min: 0, max: 0.05, noNaN: true });
  const base = { metric: 'roc_auc', 'not-worse-than': 'baseline', margin: 0.01 } as const;
  const verdictOf = (delta: number, standardError: number, check: Check = base) =>
    judged(check, { comparison: comparisonWith({ roc_auc: difference(delta, standardError) }) }).verdict;
  const rank = { fail: 0, inconclusive: 1, pass: 2 };

  it('a larger difference never judges worse, a larger margin neither', () => {
    fc.assert(
      fc.property(share, share, error, (one, other, standardError) => {
        const [less, more] = [Math.min(one, other), Math.max(one, other)];
        expect(rank[verdictOf(more, standardError)]).toBeGreaterThanOrEqual(
          rank[verdictOf(less, standardError)],
        );
        const generous = verdictOf(one, standardError, { ...base, margin: 0.02 });
        expect(rank[generous]).toBeGreaterThanOrEqual(rank[verdictOf(one, standardError)]);
      }),
      { numRuns: 1000, seed: 4 },
    );
  });

  it('more confidence never turns doubt into a decision', () => {
    fc.assert(
      fc.property(share, error, (delta, standardError) => {
        const sure = verdictOf(delta, standardError, { ...base, confidence: 0.999 });
        if (sure !== 'inconclusive') expect(verdictOf(delta, standardError)).toBe(sure);
      }),
      { numRuns: 1000, seed: 5 },
    );
  });

  it('Holm: never more claims than each alone, never fewer than Bonferroni', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 0.2, noNaN: true }), { minLength: 1, maxLength: 12 }),
        (values) => {
          holm(values, 0.05).forEach(({ holds }, index) => {
            if (holds) expect(values[index]).toBeLessThanOrEqual(0.05 + 1e-9);
            if (values[index]! <= 0.05 / values.length) expect(holds).toBe(true);
          });
        },
      ),
      { numRuns: 1000, seed: 6 },
    );
  });

  it('a verdict fits its schema and is the same for the same input', () => {
    const once = canonicalJson(judged({ checks: [base, { ...base, margin: 0.02 }] }));
    expect(canonicalJson(judged({ checks: [base, { ...base, margin: 0.02 }] }))).toBe(once);
    const verdict = parseVerdict(parseJson(once, 'verdict.json'));
    expect(verdict.checks.map(({ id }) => id)).toEqual([
      'roc_auc not-worse-than baseline',
      'roc_auc not-worse-than baseline #2',
    ]);
  });
});
