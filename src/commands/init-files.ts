import { stringify } from 'yaml';
import type { InputColumn, Serving, Task } from '../model/index.ts';
import { deployBase } from './deploy-base/deploy-base.ts';

/** What `init` found out about a table. */
export interface Proposal {
  readonly model: string;
  /** Key in data.lock. */
  readonly dataset: string;
  readonly task: Task;
  readonly target: string;
  readonly positive?: string;
  readonly rowId?: string;
  readonly time?: string;
  /** Judge by k folds, where one held-out share would be too few rows. */
  readonly folds?: number;
  readonly slices: readonly string[];
  readonly inputs: readonly InputColumn[];
  readonly policy: string;
  readonly serving: Serving;
}

/** Every file of a new model by its path from the root; `environments` in the order of promotion. */
export function proposedFiles(proposal: Proposal, environments: readonly string[]): Map<string, string> {
  const { model, serving } = proposal;
  return new Map([
    [`pipelines/${model}/pipeline.yaml`, pipelineYaml(proposal)],
    [`models/${model}/model.yaml`, modelYaml(proposal)],
    [`models/${model}/policy.yaml`, proposal.policy],
    ...[...deployBase(model, { serving, environments })].map(
      ([name, text]) => [`models/${model}/deploy/${name}`, text] as const,
    ),
  ]);
}

function pipelineYaml({ model, dataset, target, positive, rowId, time, folds, slices }: Proposal): string {
  const byFolds = folds !== undefined;
  const split = {
    uses: 'split',
    inputs: [`data:${dataset}`],
    params: ['seed', ...(byFolds ? [] : ['test-share']), ...(time ? ['time'] : [])],
    outputs: byFolds ? ['table.parquet'] : ['train.parquet', 'test.parquet'],
  };
  const train = {
    uses: 'trees',
    inputs: [byFolds ? 'table.parquet' : 'train.parquet'],
    params: ['seed', 'trees', 'learning-rate', ...(time ? ['dates'] : []), 'unknown'],
    outputs: ['model.onnx', ...(byFolds ? ['predictions.parquet'] : [])],
  };
  const file = {
    'runs-on': 'ubuntu-latest',
    params: {
      seed: 7,
      ...(byFolds ? {} : { 'test-share': 0.2 }),
      ...(time ? { time } : {}),
      trees: 100,
      'learning-rate': 0.1,
      ...(time ? { dates: 'cycles' } : {}),
      unknown: 'ignore',
    },
    stages: { split, train },
    evaluate: {
      model: 'model.onnx',
      ...(byFolds ? { predictions: 'predictions.parquet' } : {}),
      data: byFolds ? 'table.parquet' : 'test.parquet',
      target,
      ...(positive === undefined ? {} : { positive }),
      'row-id': rowId ?? 'row_id',
      ...(slices.length > 0 ? { slices } : {}),
      ...(byFolds ? { folds } : {}),
    },
  };
  return `# How ${model} is made: change what you like, \`lockstep plan\` says what would run.\n${yaml(file)}`;
}

function modelYaml({ model, task, target, positive, inputs, serving }: Proposal): string {
  const file = {
    task,
    description: `${target} of ${model}`,
    owner: 'your team',
    inputs,
    output: { name: target, ...(positive === undefined ? {} : { positive }) },
    ...(serving === 'deployment' ? {} : { serving }),
  };
  return `# What the model takes and gives. Types and ranges were inferred from the table, ranges with room to spare:\n# requests outside them are refused.\n${yaml(file)}`;
}

/** A value or name that some reader of YAML takes for something else than text (yes, on, 1) is written in quotes. */
const yaml = (value: unknown): string => stringify(value, { lineWidth: 120, compat: 'yaml-1.1' });
