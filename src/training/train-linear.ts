import { logistic } from './arithmetic.ts';
import type { Progress } from './boosting.ts';
import type { DateUse } from './date-parts.ts';
import { DesignMatrix } from './design-matrix.ts';
import { writeLinear } from './graph-linear.ts';
import { knownCategories } from './known-categories.ts';
import { applyLinearFeatures, fitLinearFeatures } from './linear-features.ts';
import { crossEntropy, minimise, squaredError } from './newton.ts';
import type { Params } from './params.ts';
import { linkOf, standardised } from './standardise.ts';
import type { TrainedModel, TrainingRows } from './trained-model.ts';

/** Logistic regression with an L2 penalty: Σ log loss + λ/2 · |w|² over scaled features. */
export const trainLogistic = (rows: TrainingRows, params: Params, progress?: Progress): TrainedModel =>
  trainWeights('logistic', rows, params, progress);

/** Ridge regression: Σ squared error + λ · |w|² over scaled features and a standardised target. */
export const trainLinear = (rows: TrainingRows, params: Params, progress?: Progress): TrainedModel =>
  trainWeights('linear', rows, params, progress);

function trainWeights(
  trainer: 'logistic' | 'linear',
  rows: TrainingRows,
  params: Params,
  progress?: Progress,
): TrainedModel {
  const unknown = params.unknown as 'ignore' | 'error';
  const link = linkOf(rows);
  const features = fitLinearFeatures(rows.inputs, rows.values, {
    labels: rows.labels,
    folds: rows.folds,
    unknown,
    dates: params.dates as DateUse,
  });
  const design = new DesignMatrix(features.training, rows.labels.length);
  const loss = trainer === 'logistic' ? crossEntropy : squaredError;
  const labels = standardised(rows.labels, link);
  // What the exported graph holds is float32, so that is what predicts here too.
  const weights = minimise(design, labels, loss, params.lambda as number, progress).map(Math.fround);
  let at = 1;
  const weighted = features.plans.map((plan, index) => {
    const block = features.training[index]!;
    const width = block.kind === 'dense' ? 1 : block.size;
    at += width;
    return { plan, weights: Float32Array.from(weights.subarray(at - width, at)) };
  });
  return {
    trainer,
    inputs: rows.inputs,
    unknown,
    link,
    categories: knownCategories(rows, unknown),
    notes: features.notes,
    predict(values, count) {
      const sums = new DesignMatrix(applyLinearFeatures(features.plans, values), count).times(weights);
      return sums.map((sum) => (link.kind === 'logistic' ? logistic(sum) : sum * link.deviation + link.mean));
    },
    writeSum: (graph, inputs) => writeLinear(graph, inputs, weighted, weights[0]!),
  };
}
