import { binOf, scoreBins } from './calibration-error.ts';
import type { Curves, Task } from './evaluation.ts';
import { type JudgedRows, sum, tiedRuns } from './judged-rows.ts';
import { areProbabilities } from './metrics.ts';
import { confusionAt } from './threshold-metrics.ts';

type Point = readonly [number, number];

const mostPoints = 200;
const residualBins = 40;

/** What plots need, aggregated so that no row can be read out of it. */
export const curvesOf = (judged: JudgedRows, task: Task, threshold: number): Curves =>
  task === 'regression' ? regressionCurves(judged) : binaryCurves(judged, threshold);

function binaryCurves(judged: JudgedRows, threshold: number): Curves {
  const positives = sum(judged.labels);
  const negatives = judged.rows - positives;
  const roc: Point[] = [[0, 0]];
  const pr: Point[] = [];
  let found = 0;
  for (const [from, to] of tiedRuns(judged)) {
    for (let place = from; place < to; place++) found += judged.labels[judged.order[place]!]!;
    roc.push([(to - found) / negatives, found / positives]);
    pr.push([found / positives, found / to]);
  }
  return {
    ...(positives > 0 && negatives > 0 ? { roc: thin(roc) } : {}),
    ...(positives > 0 ? { pr: thin(pr) } : {}),
    ...(areProbabilities(judged.scores) ? { calibration: calibrationByScore(judged) } : {}),
    confusion: confusionAt(judged, threshold),
  };
}

/** The bins that the calibration error is made of; empty ones are left out. */
function calibrationByScore({ labels, scores, rows }: JudgedRows) {
  const bins = Array.from({ length: scoreBins }, () => ({ scores: 0, labels: 0, rows: 0 }));
  for (let row = 0; row < rows; row++) {
    const bin = bins[binOf(scores[row]!)]!;
    bin.scores += scores[row]!;
    bin.labels += labels[row]!;
    bin.rows++;
  }
  return bins.filter((bin) => bin.rows > 0).map(meansOf);
}

/** Regression: tenths of the rows by predicted value; and a histogram of target minus prediction. */
function regressionCurves({ labels, scores, order, rows }: JudgedRows): Curves {
  const tenths = Array.from({ length: 10 }, () => ({ scores: 0, labels: 0, rows: 0 }));
  for (let place = 0; place < rows; place++) {
    const row = order[rows - 1 - place]!;
    const tenth = tenths[Math.floor((place * 10) / rows)]!;
    tenth.scores += scores[row]!;
    tenth.labels += labels[row]!;
    tenth.rows++;
  }
  return {
    calibration: tenths.filter((tenth) => tenth.rows > 0).map(meansOf),
    residuals: histogram(labels.map((label, row) => label - scores[row]!)),
  };
}

function histogram(values: Float64Array): { from: number; to: number; rows: number }[] {
  const sorted = values.slice().sort();
  const least = sorted[0]!;
  const width = (sorted.at(-1)! - least) / residualBins;
  if (width === 0) return [{ from: brief(least), to: brief(least), rows: values.length }];
  const counts = new Uint32Array(residualBins);
  for (const value of values) counts[Math.min(residualBins - 1, Math.floor((value - least) / width))]!++;
  return Array.from(counts, (rows, bin) => ({
    from: brief(least + bin * width),
    to: brief(least + (bin + 1) * width),
    rows,
  }));
}

const meansOf = (bin: { scores: number; labels: number; rows: number }) => ({
  mean: brief(bin.scores / bin.rows),
  rate: brief(bin.labels / bin.rows),
  rows: bin.rows,
});

/** At most 200 points, evenly spread along the curve's length; both ends are kept. */
function thin(points: readonly Point[]): Point[] {
  const lengths = [0];
  for (let index = 1; index < points.length; index++) {
    const [x, y] = points[index]!;
    const [beforeX, beforeY] = points[index - 1]!;
    lengths.push(lengths[index - 1]! + Math.abs(x - beforeX) + Math.abs(y - beforeY));
  }
  const step = lengths.at(-1)! / (mostPoints - 2);
  let next = 0;
  return points
    .filter((_, index) => {
      if (index === points.length - 1 || points.length <= mostPoints) return true;
      if (lengths[index]! < next) return false;
      next = lengths[index]! + step;
      return true;
    })
    .map(([x, y]) => [brief(x), brief(y)]);
}

const brief = (value: number): number => Number(value.toPrecision(6));
