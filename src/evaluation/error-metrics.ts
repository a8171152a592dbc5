import type { JudgedRows } from './judged-rows.ts';
import { sum } from './judged-rows.ts';
import { type Measured, measured, shares } from './measured.ts';

/** Probabilities are kept this far from 0 and 1, as scikit-learn does for 64-bit floats. */
const epsilon = 2 ** -52;

/** Mean negative log-likelihood, natural logarithm. Interval on the log scale by the central limit theorem. */
export const logLoss = ({ labels, scores }: JudgedRows): Measured =>
  meanOf(
    'log_loss',
    scores.map((score, row) => {
      const kept = Math.min(1 - epsilon, Math.max(epsilon, score));
      return -Math.log(labels[row] === 1 ? kept : 1 - kept);
    }),
  );

/** Mean squared difference of probability and outcome. Source: Brier 1950. */
export const brier = ({ labels, scores }: JudgedRows): Measured =>
  meanOf(
    'brier',
    scores.map((score, row) => (score - labels[row]!) ** 2),
  );

/** Mean absolute error. */
export const meanAbsoluteError = ({ labels, scores }: JudgedRows): Measured =>
  meanOf(
    'mae',
    scores.map((score, row) => Math.abs(score - labels[row]!)),
  );

function meanOf(name: 'log_loss' | 'brier' | 'mae', losses: Float64Array): Measured {
  const mean = sum(losses) / losses.length;
  return measured(name, mean, () => shares(losses.map((loss) => loss - mean)));
}

/** Root mean squared error; its influence is that of the mean square over twice the root (delta method). */
export function rootMeanSquaredError({ labels, scores }: JudgedRows): Measured {
  const squares = scores.map((score, row) => (score - labels[row]!) ** 2);
  const mean = sum(squares) / squares.length;
  const root = Math.sqrt(mean);
  return measured('rmse', root, () =>
    shares(squares.map((square) => (root === 0 ? 0 : (square - mean) / (2 * root)))),
  );
}

/**
 * R² = 1 − (mean squared error) / (variance of the target). Influence of a ratio: (e² − (1 − R²)·d²) over the
 * variance, with d the target's distance from its mean. Interval on the scale of log(1 − R²), an error ratio.
 * Null when the target is constant.
 */
export function rSquared({ labels, scores }: JudgedRows): Measured | null {
  const mean = sum(labels) / labels.length;
  const spread = labels.map((label) => (label - mean) ** 2);
  const variance = sum(spread);
  if (variance === 0) return null;
  const squares = scores.map((score, row) => (score - labels[row]!) ** 2);
  const left = sum(squares) / variance;
  return measured('r2', 1 - left, () =>
    shares(squares.map((square, row) => ((left * spread[row]! - square) * labels.length) / variance)),
  );
}
