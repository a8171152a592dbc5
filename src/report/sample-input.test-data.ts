import type { CheckResult, Verdict } from '../gate/verdict.ts';
import type { ReportInput } from './report-input.ts';
import { baseline, comparison, difference, digest, sampleEvaluation } from './sample-evaluation.test-data.ts';

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
