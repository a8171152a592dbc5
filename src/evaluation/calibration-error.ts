import type { Interval } from './interval.ts';
import { type JudgedRows, sum } from './judged-rows.ts';
import { type Measured, once, shares } from './measured.ts';
import { normalDensity, normalProbability, z95 } from './normal.ts';

/** Equal-width bins of the score from 0 to 1; the last one holds 1 itself. */
export const scoreBins = 10;

export const binOf = (score: number): number => Math.min(scoreBins - 1, Math.floor(score * scoreBins));

/**
 * Expected calibration error: Σ over the bins of (rows in the bin / rows) · |share of positives − mean score|.
 * Source: Naeini, Cooper and Hauskrecht 2015.
 */
export function calibrationError(judged: JudgedRows): Measured {
  const gaps = binGaps(judged);
  const value = gaps.reduce((total, { gap }) => total + Math.abs(gap), 0);
  return {
    name: 'calibration_error',
    value,
    interval: judged.rows < 2 ? { low: null, high: null } : intervalOf(value, gaps),
    influence: once(() => {
      const weights = gaps.map(signOf);
      const parts = judged.scores.map((score, row) => weights[binOf(score)]! * (judged.labels[row]! - score));
      const mean = sum(parts) / judged.rows;
      return shares(parts.map((part) => part - mean));
    }),
    biased: true,
  };
}

/**
 * How a bin's gap moves the error: by its sign where that is sure, by less where chance may have turned it, so
 * that the bin's part of the variance is that of the folded normal variable.
 */
function signOf({ gap, deviation }: Gap): number {
  if (deviation === 0) return Math.sign(gap);
  return Math.sign(gap) * (Math.sqrt(foldedNormal(Math.abs(gap), deviation).variance) / deviation);
}

interface Gap {
  /** (Positives − sum of scores) in the bin, over all rows. */
  readonly gap: number;
  readonly deviation: number;
}

function binGaps({ labels, scores, rows }: JudgedRows): Gap[] {
  const sums = new Float64Array(scoreBins);
  const squares = new Float64Array(scoreBins);
  for (let row = 0; row < rows; row++) {
    const bin = binOf(scores[row]!);
    const gap = labels[row]! - scores[row]!;
    sums[bin]! += gap;
    squares[bin]! += gap * gap;
  }
  return Array.from(sums, (total, bin) => {
    const variance = rows < 2 ? 0 : (squares[bin]! - (total * total) / rows) / (rows * (rows - 1));
    return { gap: total / rows, deviation: Math.sqrt(Math.max(0, variance)) };
  });
}

/**
 * A sum of absolute values is too large on average, most of all for a model that is well calibrated, and a
 * bootstrap doubles that. So the interval holds every c ≥ 0 for which the error seen is no surprise if the true
 * gaps were c times those seen: a sum of folded normal variables (Leone, Nelson and Nottingham 1961), taken as
 * normal by its mean and variance. It always holds the value itself.
 */
function intervalOf(value: number, gaps: readonly Gap[]): Interval {
  const surprise = (factor: number): number => {
    let mean = 0;
    let variance = 0;
    for (const { gap, deviation } of gaps) {
      const folded = foldedNormal(Math.abs(gap) * factor, deviation);
      mean += folded.mean;
      variance += folded.variance;
    }
    return variance === 0 ? (value - mean) * Number.POSITIVE_INFINITY : (value - mean) / Math.sqrt(variance);
  };
  if (gaps.every(({ deviation }) => deviation === 0)) return { low: value, high: value };
  return {
    low: value * factorWhere((factor) => surprise(factor) <= z95, 1),
    high:
      value *
      Math.max(
        1,
        factorWhere((factor) => surprise(factor) <= -z95, 64),
      ),
  };
}

/** The smallest factor in [0, most] where a condition, false below and true above, holds. */
function factorWhere(holds: (factor: number) => boolean, most: number): number {
  if (holds(0)) return 0;
  let below = 0;
  let above = most;
  for (let step = 0; step < 40; step++) {
    const middle = (below + above) / 2;
    if (holds(middle)) above = middle;
    else below = middle;
  }
  return above;
}

function foldedNormal(mean: number, deviation: number): { mean: number; variance: number } {
  if (deviation === 0) return { mean, variance: 0 };
  const ratio = mean / deviation;
  const folded = deviation * 2 * normalDensity(ratio) + mean * (2 * normalProbability(ratio) - 1);
  return { mean: folded, variance: Math.max(0, mean * mean + deviation * deviation - folded * folded) };
}
