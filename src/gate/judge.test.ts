import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Comparison, Difference, Estimate, Evaluation, SliceResult } from '../evaluation/index.ts';
import { canonicalJson, digestOf, parseJson } from '../workspace/index.ts';
import { holm } from './holm.ts';
import { type JudgeInput, judge } from './judge.ts';
import type { Check, Policy } from './policy.ts';
import type { Binding } from './verdict.ts';
import { parseVerdict } from './verdict-file.ts';

const digest = digestOf('x');
const binding: Binding = {
  model: 'churn',
  modelDigest: digest,
  run: digest,
  lock: null,
  evaluation: digest,
  comparison: digest,
  baseline: 'v1.0.0',
  policy: { digest, commit: 'a'.repeat(40) },
  tip: null,
};

const evaluationWith = (metrics: Record<string, Estimate>, slices: SliceResult[] = []): Evaluation => ({
  v: 1,
  model: 'churn',
  task: 'binary-classification',
  data: digest,
  rows: 1000,
  target: 'churned',
  subject: { kind: 'candidate', modelDigest: digest },
  predictions: digest,
  metrics,
  slices,
  curves: {},
});

const difference = (delta: number, standardError: number): Difference => ({
  delta,
  standardError,
  low: delta - 1.96 * standardError,
  high: delta + 1.96 * standardError,
});

const comparisonWith = (
  metrics: Record<string, Difference>,
  slices: Comparison['slices'] = [],
  baseline: Comparison['baseline'] = { kind: 'version', version: 'v1.0.0', modelDigest: digest },
): Comparison => ({
  v: 1,
  baseline,
  candidateEvaluation: digest,
  baselineEvaluation: digest,
  rows: 1000,
  metrics,
  slices,
});

const auc = (value: number, reach = 0.02): Estimate => ({ value, low: value - reach, high: value + reach });

function judged(check: Check | Policy, over: Partial<JudgeInput> = {}) {
  return judge({
    policy: 'checks' in check ? check : { checks: [check] },
    environment: 'production',
    evaluation: evaluationWith({ roc_auc: auc(0.612), rmse: { value: 12.3, low: 12, high: 12.6 } }),
    comparison: null,
    holds: [],
    now: new Date('2026-11-21T12:00:00Z'),
    binding,
    ...over,
  });
}

const said = (check: Check | Policy, over: Partial<JudgeInput> = {}) => {
  const { verdict, checks } = judged(check, over);
  return [verdict, ...checks.map(({ outcome, reason }) => `${outcome}: ${reason}`)];
};

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
