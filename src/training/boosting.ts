import type { Task } from '../model/index.ts';
import { logistic, logLoss, logOdds } from './arithmetic.ts';
import { binFeature } from './binning.ts';
import type { SearchFeature } from './split-search.ts';
import { average } from './target-statistics.ts';
import type { Tree } from './tree.ts';
import { type GrowthRules, TreeGrower } from './tree-growth.ts';

export interface BoostingRules extends GrowthRules {
  readonly trees: number;
  /** Bins of a feature, the one for missing values included: 4 to 256. */
  readonly bins: number;
}

/** Called after each iteration with its number from 1 and the training loss so far. */
export type Progress = (iteration: number, loss: number) => void;

/** A feature as the graph will compute it: float32, NaN for missing. */
export interface TreeFeature {
  readonly values: Float32Array;
  /** Where the values are ranks 0, 1, … of categories: how many there are; else 0. */
  readonly levels: number;
}

export interface Boosted {
  readonly trees: readonly Tree[];
  /** Where the sum starts: log-odds of the positive class, or 0. */
  readonly base: number;
}

/**
 * Gradient boosting (Friedman 2001) with Newton's leaves: log loss for classes, squared error for values, which
 * come standardised to mean 0 and variance 1.
 */
export function boost(
  task: Task,
  features: readonly TreeFeature[],
  labels: Float64Array,
  rules: BoostingRules,
  progress: Progress = () => {},
): Boosted {
  const binned: SearchFeature[] = features.map(({ values, levels }) => {
    const feature = binFeature(values, rules.bins);
    // With fewer bins than categories a bin no longer is one category.
    return { ...feature, categories: levels > 0 && feature.bins === levels };
  });
  const grower = new TreeGrower(binned, labels.length, rules);
  const base = task === 'regression' ? 0 : Math.fround(logOdds(heldPrior(labels)));
  const scores = new Float64Array(labels.length).fill(base);
  const step = task === 'regression' ? squaredError(labels) : crossEntropy(labels);
  const trees: Tree[] = [];
  step.prepare(scores);
  for (let iteration = 1; iteration <= rules.trees; iteration++) {
    trees.push(grower.grow(step, scores));
    progress(iteration, step.prepare(scores));
  }
  return { trees, base };
}

/** With one class only (a fold of a tiny table) the odds stay finite. */
function heldPrior(labels: Float64Array): number {
  const half = 0.5 / labels.length;
  const prior = average(labels);
  return Math.min(1 - half, Math.max(half, prior));
}

function squaredError(labels: Float64Array) {
  const gradients = new Float32Array(labels.length);
  const prepare = (scores: Float64Array): number => {
    let loss = 0;
    for (let row = 0; row < labels.length; row++) {
      const difference = scores[row]! - labels[row]!;
      gradients[row] = difference;
      loss += difference * difference;
    }
    return loss / labels.length;
  };
  return { gradients, hessians: null, prepare };
}

function crossEntropy(labels: Float64Array) {
  const gradients = new Float32Array(labels.length);
  const hessians = new Float32Array(labels.length);
  const prepare = (scores: Float64Array): number => {
    let loss = 0;
    for (let row = 0; row < labels.length; row++) {
      const probability = logistic(scores[row]!);
      gradients[row] = probability - labels[row]!;
      hessians[row] = probability * (1 - probability);
      loss += logLoss(scores[row]!, labels[row]!);
    }
    return loss / labels.length;
  };
  return { gradients, hessians, prepare };
}
