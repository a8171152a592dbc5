import type { Table } from '../data/index.ts';
import { type InputColumn, openScorer } from '../model/index.ts';
import { planInputs, readInputs } from './inputs.ts';
import { readLabels } from './labels.ts';
import { linearParams, type Params, readParams, treesParams } from './params.ts';
import { foldsOf, rowHashes } from './row-hash.ts';
import { syntheticInputs } from './synthetic-table.ts';
import { trainLinear, trainLogistic } from './train-linear.ts';
import { trainTrees } from './train-trees.ts';
import type { TrainedModel } from './trained-model.ts';

export const trees = (given: Record<string, unknown> = {}) => readParams(given, treesParams, 'trees');
export const linear = (given: Record<string, unknown> = {}) => readParams(given, linearParams, 'linear');

const trainers = { trees: trainTrees, logistic: trainLogistic, linear: trainLinear };

export type TrainerName = keyof typeof trainers;

export function modelOf(
  trainer: TrainerName,
  table: Table,
  target: string,
  params: Params,
  inputs: readonly InputColumn[] = syntheticInputs,
): TrainedModel {
  const task = target === 'value' ? 'regression' : 'binary-classification';
  const planned = planInputs(table, inputs);
  const hashes = rowHashes(table, { purpose: 'statistic', seed: params.seed as number, without: [] });
  return trainers[trainer](
    {
      task,
      inputs: planned,
      values: readInputs(table, planned),
      labels: readLabels(table, task, target).values,
      folds: foldsOf(hashes, 5),
    },
    params,
  );
}

export const scored = async (bytes: Uint8Array, table: Table): Promise<Float64Array> => {
  const scorer = await openScorer(bytes);
  return scorer.score(table).finally(() => scorer.release());
};
