import { logistic } from './arithmetic.ts';
import { boost, type Progress } from './boosting.ts';
import type { DateUse } from './date-parts.ts';
import { writeTreeFeatures, writeTrees } from './graph-trees.ts';
import { knownCategories } from './known-categories.ts';
import type { Params } from './params.ts';
import { linkOf, standardised } from './standardise.ts';
import type { TrainedModel, TrainingRows } from './trained-model.ts';
import { predictTrees } from './tree.ts';
import { applyTreeFeatures, fitTreeFeatures } from './tree-features.ts';

/** Gradient-boosted trees for classes or values. The same rows, in the same order, give the same model. */
export function trainTrees(rows: TrainingRows, params: Params, progress?: Progress): TrainedModel {
  const unknown = params.unknown as 'ignore' | 'error';
  const link = linkOf(rows);
  const labels = standardised(rows.labels, link);
  const { labels: raw, folds } = rows;
  const features = fitTreeFeatures(rows.inputs, rows.values, {
    labels: raw,
    folds,
    unknown,
    dates: params.dates as DateUse,
  });
  const rules = {
    trees: params.trees as number,
    bins: params.bins as number,
    leaves: params.leaves as number,
    depth: params.depth as number | null,
    learningRate: params['learning-rate'] as number,
    lambda: params.lambda as number,
    minimumRows: params['min-child'] as number,
  };
  const { trees, base } = boost(rows.task, features.training, labels, rules, progress);
  return {
    trainer: 'trees',
    inputs: rows.inputs,
    unknown,
    link,
    categories: knownCategories(rows, unknown),
    notes: features.notes,
    predict(values, count) {
      const sums = predictTrees(trees, base, applyTreeFeatures(features.plans, values), count);
      return sums.map((sum) => (link.kind === 'logistic' ? logistic(sum) : sum * link.deviation + link.mean));
    },
    writeSum: (graph, inputs) =>
      writeTrees(graph, writeTreeFeatures(graph, inputs, features.plans), trees, base),
  };
}
