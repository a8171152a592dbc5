import type { Comparison, Difference, Evaluation, Metrics } from '../evaluation/index.ts';
import { type Digest, digestOf } from '../workspace/index.ts';

export const digest = (text: string): Digest => digestOf(text);
const estimate = (value: number, half: number) => ({ value, low: value - half, high: value + half });
export const difference = (delta: number, half: number): Difference => ({
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

export const baseline: Evaluation = {
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

export const comparison: Comparison = {
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
