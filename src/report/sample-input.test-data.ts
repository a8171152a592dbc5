import type { Comparison, Difference, Evaluation, Metrics } from '../evaluation/index.ts';
import type { CheckResult, Verdict } from '../gate/verdict.ts';
import { type Digest, digestOf } from '../workspace/index.ts';
import type { ReportInput } from './report-input.ts';

const digest = (text: string): Digest => digestOf(text);
const estimate = (value: number, half: number) => ({ value, low: value - half, high: value + half });
const difference = (delta: number, half: number): Difference => ({
  delta,
  standardError: half / 1.96,
  low: delta - half,
  high: delta + half,
});

const metrics: Metrics = {
  roc_auc: estimate(0.6571, 0.0048),
  pr_auc: estimate(0.3312, 0.0071),
  log_loss: estimate(0.4803, 0.0041),
  brier: estimate(0.1529, 0.0016),
  calibration_error: estimate(0.0121, 0.0037),
  accuracy: estimate(0.7951, 0.0032),
  precision: estimate(0.5517, 0.0371),
  recall: estimate(0.0512, 0.0049),
  f1: estimate(0.0937, 0.0083),
  latency_p99_ms: { value: 1.83, low: null, high: null },
  size_mb: { value: 0.214, low: null, high: null },
};

const slices: readonly [string, string, number, number, number, number][] = [
  ['origin', 'ORD', 1104, 0.6411, -0.0093, 0.0081],
  ['origin', 'ATL', 988, 0.6622, 0.0181, 0.0102],
  ['origin', 'DFW', 951, 0.6688, 0.0132, 0.0117],
  ['origin', 'LAX', 702, 0.6309, 0.0061, 0.0143],
  ['origin', 'PHX', 587, 0.6533, 0.0207, 0.0149],
  ['distance', '≤ 313', 5021, 0.6402, 0.0142, 0.0058],
  ['distance', '313 – 557', 4996, 0.6571, 0.0171, 0.0061],
  ['distance', '557 – 980', 4988, 0.6603, 0.0129, 0.0063],
  ['distance', '> 980', 4995, 0.6689, 0.0098, 0.0064],
];

const curve = (bend: number): [number, number][] =>
  Array.from({ length: 101 }, (_, index) => [index / 100, (index / 100) ** bend]);

/** An evaluation of the kind that the flights model has, for tests and for looking at reports. */
export const sampleEvaluation: Evaluation = {
  v: 1,
  model: 'flight-delay',
  task: 'binary-classification',
  data: digest('rows'),
  rows: 20_000,
  positives: 4_180,
  target: 'late',
  positive: '1',
  threshold: 0.5,
  subject: { kind: 'candidate', modelDigest: digest('model') },
  predictions: digest('predictions'),
  metrics,
  slices: slices.map(([column, value, rows, auc]) => ({
    column,
    value,
    rows,
    positives: Math.round(rows * 0.209),
    metrics: { roc_auc: estimate(auc, 0.6 / Math.sqrt(rows)) },
  })),
  curves: {
    roc: curve(0.58),
    pr: curve(1).map(([recall]) => [recall, 0.209 + 0.42 * (1 - recall) ** 2.2] as const),
    calibration: Array.from({ length: 10 }, (_, bin) => ({
      mean: 0.05 + bin * 0.062,
      rate: 0.045 + bin * 0.064 + (bin % 3 === 1 ? 0.012 : -0.006),
      rows: Math.round(4800 / (1 + (bin - 2) ** 2 / 3)) + 12,
    })),
    confusion: { tp: 214, fp: 174, fn: 3_966, tn: 15_646 },
  },
};

const baseline: Evaluation = {
  ...sampleEvaluation,
  subject: { kind: 'version', version: 'v1.0.0', modelDigest: digest('old'), environment: 'production' },
  predictions: digest('old predictions'),
  metrics: Object.fromEntries(
    Object.entries(metrics).map(([name, { value, low, high }]) => {
      const shift =
        name === 'roc_auc' ? -0.0159 : name === 'log_loss' ? 0.0044 : name === 'recall' ? 0.0061 : 0;
      return [
        name,
        {
          value: value + shift,
          low: low === null ? null : low + shift,
          high: high === null ? null : high + shift,
        },
      ];
    }),
  ),
  curves: {
    ...sampleEvaluation.curves,
    roc: curve(0.66),
    pr: curve(1).map(([recall]) => [recall, 0.209 + 0.33 * (1 - recall) ** 2.4] as const),
  },
};

const comparison: Comparison = {
  v: 1,
  baseline: baseline.subject,
  candidateEvaluation: digest('evaluation'),
  baselineEvaluation: digest('baseline evaluation'),
  rows: 20_000,
  metrics: {
    roc_auc: difference(0.0159, 0.0038),
    pr_auc: difference(0.0184, 0.0059),
    log_loss: difference(-0.0044, 0.0011),
    brier: difference(-0.0014, 0.0004),
    calibration_error: difference(0.0012, 0.0041),
    accuracy: difference(0.0009, 0.0013),
    precision: difference(0.0217, 0.0412),
    recall: difference(-0.0061, 0.0035),
    f1: difference(-0.0088, 0.0061),
  },
  slices: slices.map(([column, value, rows, , delta, half]) => ({
    column,
    value,
    rows,
    metrics: { roc_auc: difference(delta, half) },
  })),
};

const checks: CheckResult[] = [
  {
    id: 'roc_auc at-least 0.6',
    check: { metric: 'roc_auc', 'at-least': 0.6 },
    outcome: 'pass',
    value: 0.6571,
    bound: null,
    limit: 0.6,
    reason: 'ROC AUC is 0.6571, at least 0.6 was asked.',
  },
  {
    id: 'roc_auc not-worse-than baseline',
    check: { metric: 'roc_auc', 'not-worse-than': 'baseline', margin: 0.005, confidence: 0.95 },
    outcome: 'pass',
    value: 0.0159,
    bound: 0.0127,
    limit: -0.005,
    reason:
      'ROC AUC is better than v1.0.0 by 0.0159, with 95 % confidence by at least 0.0127; 0.005 worse is allowed.',
  },
  {
    id: 'roc_auc at-least 0.6 [origin=*]',
    check: { metric: 'roc_auc', 'at-least': 0.6, slice: '*', 'min-rows': 600 },
    outcome: 'pass',
    value: 0.6309,
    bound: null,
    limit: 0.6,
    reason: 'All 8 slices with at least 600 rows hold; the lowest is origin=LAX with 0.6309.',
  },
  {
    id: 'latency_p99_ms at-most 20',
    check: { metric: 'latency_p99_ms', 'at-most': 20 },
    outcome: 'pass',
    value: 1.83,
    bound: null,
    limit: 20,
    reason: 'Latency (99th percentile) is 1.83 ms, at most 20 ms were asked.',
  },
];

const pending: CheckResult = {
  id: 'error_rate at-most 0.001 from staging',
  check: { metric: 'error_rate', 'at-most': 0.001, from: 'staging' },
  outcome: 'pending',
  value: null,
  bound: null,
  limit: 0.001,
  reason: 'Judged by promote, from what staging observes.',
};

const verdictFor = (environment: string, more: readonly CheckResult[] = []): Verdict => ({
  v: 1,
  environment,
  verdict: 'pass',
  checks: [...checks, ...more],
  reasons: [],
  binding: {
    model: 'flight-delay',
    modelDigest: digest('model'),
    run: digest('run'),
    lock: digest('lock'),
    evaluation: digest('evaluation'),
    comparison: digest('comparison'),
    baseline: 'v1.0.0',
    policy: { digest: digest('policy'), commit: '4b825dc642cb6eb9a060e54bf8d69288fbee4904' },
    tip: '0c5c6ef1b4e2f8b5b1a8d2f1f1d3a8f6f6a7b8c9',
  },
  made: '2026-11-20T10:00:00.000Z',
});

/** A change that passes: the flights model with another feature. */
export const passing: ReportInput = {
  model: 'flight-delay',
  modelFile: {
    task: 'binary-classification',
    description: 'Will a flight arrive more than 15 minutes late?',
    owner: 'flights team',
    license: 'Apache-2.0',
    risk: 'minimal',
    inputs: [
      { name: 'date', type: 'date', missing: false, description: 'Scheduled departure' },
      { name: 'distance', type: 'number', minimum: 0, maximum: 6000, description: 'Miles' },
      { name: 'origin', type: 'category', public: true },
      { name: 'destination', type: 'category', public: true },
    ],
    output: { name: 'late', positive: '1' },
  },
  evaluation: sampleEvaluation,
  baseline,
  comparison,
  verdicts: [verdictFor('dev'), verdictFor('staging'), verdictFor('production', [pending])],
  run: {
    v: 1,
    model: 'flight-delay',
    fingerprint: digest('run'),
    commit: '9f3c1d27a6b54c0f8e2d7b1a3c5e7f9012345678',
    dirty: false,
    lock: digest('lock'),
    stages: [
      {
        name: 'prepare',
        fingerprint: digest('prepare'),
        inputs: {},
        params: {},
        outputs: {},
        seconds: 1.94,
        metrics: {},
      },
      {
        name: 'train',
        fingerprint: digest('train'),
        inputs: {},
        params: { seed: 7, trees: 120, depth: 6, 'learning-rate': 0.1 },
        outputs: { 'model.onnx': { digest: digest('model'), size: 214_332 } },
        seconds: 4.37,
        metrics: { log_loss: 0.4711 },
      },
    ],
    started: '2026-11-20T09:59:47.000Z',
    seconds: 6.4,
    host: { os: 'linux', arch: 'x64', node: '24.21.0', cpu: '2 × AMD EPYC' },
  },
  stages: [
    { name: 'prepare', kind: 'cached', seconds: 1.94 },
    { name: 'train', kind: 'ran', seconds: 4.37, why: 'params changed: trees 30 → 120, depth 4 → 6' },
  ],
  data: [
    {
      key: 'flights/2001-02.parquet',
      before: { digest: digest('a'), size: 402_113 },
      after: { digest: digest('b'), size: 409_871 },
    },
    { key: 'flights/2001-07.parquet', after: { digest: digest('c'), size: 398_002 } },
  ],
  base: '4b825dc642cb6eb9a060e54bf8d69288fbee4904',
  head: '9f3c1d27a6b54c0f8e2d7b1a3c5e7f9012345678',
  version: 'v1.1.0',
  notes: ['Column tail_number was left out: every row has a value of its own.'],
};

const refused: CheckResult = {
  ...checks[1]!,
  outcome: 'fail',
  value: -0.0312,
  bound: -0.0351,
  reason:
    'ROC AUC is worse than v1.0.0 by 0.0312, with 95 % confidence by up to 0.0351; 0.005 worse is allowed.',
};

/** A change that makes the model worse. */
export const failing: ReportInput = {
  ...passing,
  comparison: {
    ...comparison,
    metrics: {
      ...comparison.metrics,
      roc_auc: difference(-0.0312, 0.0046),
      log_loss: difference(0.0093, 0.0015),
    },
    slices: comparison.slices.map((slice) => ({
      ...slice,
      metrics: { roc_auc: difference(-0.031 + slice.metrics.roc_auc!.delta / 3, 0.012) },
    })),
  },
  verdicts: passing.verdicts.map((verdict) => ({
    ...verdict,
    verdict: 'fail' as const,
    reasons: [refused.reason],
    checks: verdict.checks.map((check) => (check.id === refused.id ? refused : check)),
  })),
  data: [],
};

const {
  positives: _positives,
  positive: _positive,
  threshold: _threshold,
  ...withoutClasses
} = sampleEvaluation;

/** A first version of a regression model, too small to tell. */
export const undecided: ReportInput = {
  ...passing,
  model: 'fares',
  modelFile: {
    task: 'regression',
    inputs: [{ name: 'miles', type: 'number' }],
    output: { name: 'fare', unit: 'USD' },
  },
  evaluation: {
    ...withoutClasses,
    model: 'fares',
    task: 'regression',
    rows: 212,
    target: 'fare',
    metrics: {
      rmse: { value: 41.377, low: 36.02, high: 46.91 },
      mae: { value: 29.114, low: 25.5, high: 32.9 },
      r2: { value: 0.311, low: 0.192, high: 0.421 },
    },
    slices: [],
    curves: {
      residuals: Array.from({ length: 24 }, (_, bin) => ({
        from: -120 + bin * 10,
        to: -110 + bin * 10,
        rows: Math.round(34 * Math.exp(-((bin - 11.5) ** 2) / 22)),
      })),
      calibration: Array.from({ length: 10 }, (_, bin) => ({
        mean: 60 + bin * 22,
        rate: 58 + bin * 23,
        rows: 21,
      })),
    },
  },
  baseline: null,
  comparison: {
    v: 1,
    baseline: { kind: 'simplest', name: 'mean', modelDigest: null },
    candidateEvaluation: digest('e'),
    baselineEvaluation: digest('m'),
    rows: 212,
    metrics: { rmse: difference(-1.9, 4.1), mae: difference(-3.3, 3.6), r2: difference(0.06, 0.11) },
    slices: [],
  },
  verdicts: [
    {
      ...verdictFor('dev'),
      verdict: 'inconclusive',
      checks: [
        {
          id: 'rmse not-worse-than baseline',
          check: { metric: 'rmse', 'not-worse-than': 'baseline', margin: 0 },
          outcome: 'inconclusive',
          value: -1.9,
          bound: 1.5,
          limit: 0,
          reason: 'RMSE differs from the simplest model by −1.9, but 212 rows leave −6 … +2.2 possible.',
        },
      ],
      reasons: ['RMSE differs from the simplest model by −1.9, but 212 rows leave −6 … +2.2 possible.'],
    },
  ],
  data: [],
  stages: passing.stages.map((stage) => ({ ...stage, kind: 'cached' as const })),
  version: 'v0.1.0',
  notes: [],
};
