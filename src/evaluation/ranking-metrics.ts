import { wilson } from './interval.ts';
import { type JudgedRows, sum, tiedRuns } from './judged-rows.ts';
import { type Measured, measured, shares } from './measured.ts';

/**
 * Area under the ROC curve, ties counting one half, with the variance of DeLong, DeLong and Clarke-Pearson 1988
 * (by midranks, as Sun and Xu 2014) and an interval on the logit scale (Pepe 2003). Null with one class only.
 */
export function rocAuc(judged: JudgedRows): Measured | null {
  const positives = sum(judged.labels);
  const negatives = judged.rows - positives;
  if (positives === 0 || negatives === 0) return null;
  const placed = placements(judged, positives, negatives);
  let wins = 0;
  for (let row = 0; row < judged.rows; row++) if (judged.labels[row] === 1) wins += placed[row]!;
  const auc = wins / positives;
  const ofPositive = 1 / Math.sqrt(positives * (positives - 1));
  const ofNegative = 1 / Math.sqrt(negatives * (negatives - 1));
  const result = measured('roc_auc', auc, () =>
    placed.map((place, row) =>
      judged.labels[row] === 1 ? apart(place, auc, ofPositive) : apart(place, auc, ofNegative),
    ),
  );
  if (auc !== 0 && auc !== 1) return result;
  // Perfect ranking leaves no variance to see. The AUC is at least as sure as one comparison for each row of
  // the rarer class would make it, so that share's interval stands in.
  const pairs = Math.min(positives, negatives);
  return { ...result, interval: wilson(auc * pairs, pairs) };
}

/** With one row of a class its variance is unknown: NaN, and so no interval. */
const apart = (place: number, auc: number, each: number): number =>
  Number.isFinite(each) ? (place - auc) * each : Number.NaN;

/** For each positive the share of negatives below it, for each negative the share of positives above it. */
function placements(judged: JudgedRows, positives: number, negatives: number): Float64Array {
  const placed = new Float64Array(judged.rows);
  let positivesAbove = 0;
  let negativesAbove = 0;
  for (const [from, to] of tiedRuns(judged)) {
    const tied = positivesIn(judged, from, to);
    const tiedNegatives = to - from - tied;
    const ofPositive = (negatives - negativesAbove - tiedNegatives / 2) / negatives;
    const ofNegative = (positivesAbove + tied / 2) / positives;
    for (let place = from; place < to; place++) {
      const row = judged.order[place]!;
      placed[row] = judged.labels[row] === 1 ? ofPositive : ofNegative;
    }
    positivesAbove += tied;
    negativesAbove += tiedNegatives;
  }
  return placed;
}

function positivesIn({ order, labels }: JudgedRows, from: number, to: number): number {
  let positives = 0;
  for (let place = from; place < to; place++) positives += labels[order[place]!]!;
  return positives;
}

/**
 * Average precision: precision at each positive's score, averaged over the positives; ties share one threshold.
 * Interval on the logit scale (Boyd, Eng and Page 2013) with the variance of the infinitesimal jackknife, found
 * by differentiating the average by the weight of each row. Null without positives.
 */
export function averagePrecision(judged: JudgedRows): Measured | null {
  const positives = sum(judged.labels);
  if (positives === 0) return null;
  const runs: Run[] = [];
  let found = 0;
  let total = 0;
  for (const [from, to] of tiedRuns(judged)) {
    const tied = positivesIn(judged, from, to);
    found += tied;
    total += (tied * found) / to;
    runs.push({ from, to, tied, found });
  }
  const average = total / positives;
  // The variance is the positives' for the most part, so they are what is counted less one.
  const fewer = Math.sqrt(positives / (positives - 1));
  return measured('pr_auc', average, () =>
    shares(derivatives(judged, runs, positives, average).map((part) => part * fewer)),
  );
}

interface Run {
  readonly from: number;
  readonly to: number;
  /** Positives in this run of equal scores. */
  readonly tied: number;
  /** Positives in it and above it. */
  readonly found: number;
}

/**
 * With AP = Σ yᵢ·TPᵢ/Nᵢ / P, where TP and N count the positives and the rows that score at least sᵢ:
 * ∂AP/∂wⱼ = [ yⱼ·(precisionⱼ − AP) + Σ over positives i with sᵢ ≤ sⱼ of (yⱼ/Nᵢ − TPᵢ/Nᵢ²) ] / P.
 */
function derivatives(
  { order, labels, rows }: JudgedRows,
  runs: readonly Run[],
  positives: number,
  average: number,
): Float64Array {
  const influence = new Float64Array(rows);
  let gain = 0;
  let loss = 0;
  for (let index = runs.length - 1; index >= 0; index--) {
    const { from, to, tied, found } = runs[index]!;
    gain += tied / to;
    loss += (tied * found) / (to * to);
    for (let place = from; place < to; place++) {
      const row = order[place]!;
      influence[row] = ((labels[row]! * (found / to - average + gain) - loss) * rows) / positives;
    }
  }
  return influence;
}
