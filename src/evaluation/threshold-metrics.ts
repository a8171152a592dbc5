import { type Interval, wilson } from './interval.ts';
import type { JudgedRows } from './judged-rows.ts';
import { type Measured, once, shares } from './measured.ts';

export interface Confusion {
  readonly tp: number;
  readonly fp: number;
  readonly fn: number;
  readonly tn: number;
}

/** A row is called positive when its score is at least the threshold. */
export function confusionAt({ labels, scores, rows }: JudgedRows, threshold: number): Confusion {
  let tp = 0;
  let called = 0;
  let positives = 0;
  for (let row = 0; row < rows; row++) {
    const label = labels[row]!;
    positives += label;
    if (scores[row]! < threshold) continue;
    called++;
    tp += label;
  }
  return { tp, fp: called - tp, fn: positives - tp, tn: rows - called - positives + tp };
}

/**
 * Accuracy, precision, recall and F1 at a threshold, each a share of counted rows with Wilson's interval.
 * F1 = 2J/(1 + J) where J = TP/(TP + FP + FN) is such a share too, so its interval is J's, carried over.
 * A metric over no rows at all (precision where nothing was called positive) is left out.
 */
export function thresholdMetrics(judged: JudgedRows, threshold: number): Measured[] {
  const { tp, fp, fn, tn } = confusionAt(judged, threshold);
  const called = (row: number): number => (judged.scores[row]! >= threshold ? 1 : 0);
  const share = (
    name: 'accuracy' | 'precision' | 'recall',
    successes: number,
    trials: number,
    counts: (label: number, call: number) => boolean,
  ): Measured => ({
    name,
    value: successes / trials,
    interval: wilson(successes, trials),
    influence: influenceOf(judged, (label, row) => {
      const call = called(row);
      if (!counts(label, call)) return 0;
      return (((label === call ? 1 : 0) - successes / trials) * judged.rows) / trials;
    }),
  });
  const f1 = (2 * tp) / (2 * tp + fp + fn);
  return [
    share('accuracy', tp + tn, judged.rows, () => true),
    share('precision', tp, tp + fp, (_label, call) => call === 1),
    share('recall', tp, tp + fn, (label) => label === 1),
    {
      name: 'f1' as const,
      value: f1,
      interval: f1Interval(tp, tp + fp + fn),
      influence: influenceOf(judged, (label, row) => {
        const call = called(row);
        return ((2 * label * call - f1 * (label + call)) * judged.rows) / (2 * tp + fp + fn);
      }),
    },
  ].filter(({ value }) => Number.isFinite(value));
}

function f1Interval(tp: number, union: number): Interval {
  const { low, high } = wilson(tp, union);
  return { low: (2 * low) / (1 + low), high: (2 * high) / (1 + high) };
}

const influenceOf = (judged: JudgedRows, of: (label: number, row: number) => number) =>
  once(() => shares(judged.labels.map(of)));
