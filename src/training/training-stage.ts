import { readTable, type Table, writeParquet } from '../data/index.ts';
import { predictionsTable } from '../model/index.ts';
import { builtins } from '../pipeline/index.ts';
import { LockstepError, writeAtomic } from '../workspace/index.ts';
import type { Progress } from './boosting.ts';
import { planInputs, readInputs } from './inputs.ts';
import { judgingFolds, rowIdColumn, rowIdOf } from './judging-folds.ts';
import { readLabels } from './labels.ts';
import { type FoldedRows, scoreOutOfFold, selectTraining } from './out-of-fold.ts';
import type { Params } from './params.ts';
import { checkParity } from './parity.ts';
import { foldsOf, rowHashes } from './row-hash.ts';
import type { Stage } from './stage.ts';
import { statisticFolds } from './target-statistics.ts';
import { exportOnnx, type TrainedModel, type TrainingRows } from './trained-model.ts';

export type Trainer = (rows: TrainingRows, params: Params, progress?: Progress) => TrainedModel;

/**
 * A training stage: reads the table, trains, compares the exported model with its trainer, and only then writes
 * `model.onnx`; with `evaluate.folds` also `predictions.parquet`, out of fold by the same trainer.
 * Errors: E_TRAIN_DATA, E_TRAIN_PARITY, E_TABLE_*.
 */
export async function trainStage(stage: Stage, name: string, train: Trainer): Promise<void> {
  const table = await readTable(stage.table);
  const rows = readRows(stage, table);
  const known = indicesWithLabel(rows.labels);
  const notes = missingNote(rows.labels.length - known.length, stage.evaluate.target);
  const counted = `${known.length} rows, ${rows.inputs.length} columns`;
  stage.say(`${name}: ${counted}`);
  const fitted = train(selectTraining(rows, known), stage.params, reporter(stage, name));
  const model = { ...fitted, notes: [...notes, ...fitted.notes] };
  for (const note of model.notes) stage.say(`note: ${note}`);
  const bytes = exportOnnx(model, builtins[name]!.version);
  const difference = await checkParity(model, bytes, table);
  stage.say(`${name}: equal to ONNX Runtime within ${difference.toExponential(1)}`);
  if (rows.foldCount > 0) await writePredictions(stage, table, rows, name, train);
  writeAtomic(stage.output('model.onnx'), bytes);
}

async function writePredictions(stage: Stage, table: Table, rows: FoldedRows, name: string, train: Trainer) {
  const scores = scoreOutOfFold(
    rows,
    (part) => train(part, stage.params),
    (fold) => stage.say(`${name}: fold ${fold + 1}/${rows.foldCount} scored`),
  );
  const predictions = predictionsTable(table, scores, rowIdColumn(table, stage.evaluate['row-id']));
  const fold = { name: 'fold', type: 'number' as const, values: Float64Array.from(rows.judges) };
  const columns = predictions.columns.map((column) => (column.name === 'fold' ? fold : column));
  await writeParquet(stage.output('predictions.parquet'), { rows: table.rows, columns });
}

function readRows(stage: Stage, table: Table): FoldedRows {
  const { evaluate, model, params } = stage;
  checkColumns(stage, table);
  const { values: labels } = readLabels(table, model.task, evaluate.target, positiveOf(stage));
  const inputs = planInputs(table, model.inputs);
  const seed = params.seed as number;
  const hashes = rowHashes(table, {
    purpose: 'statistic',
    seed,
    without: rowIdOf(table, evaluate['row-id']),
  });
  return {
    task: model.task,
    inputs,
    values: readInputs(table, inputs),
    labels,
    folds: foldsOf(hashes, statisticFolds),
    ...judgingFolds(table, evaluate, seed),
  };
}

const positiveOf = ({ evaluate, model }: Stage): string | undefined =>
  evaluate.positive ?? model.output.positive;

function checkColumns({ evaluate, model }: Stage, table: Table): void {
  const refuse = (what: string, fix: string) => new LockstepError('E_TRAIN_DATA', { what, fix });
  if (table.rows === 0)
    throw refuse('the training table has no rows', 'add rows, or correct the stage before');
  if (model.inputs.length === 0)
    throw refuse('model.yaml declares no inputs', 'list the columns that the model takes');
  if (!table.columns.some(({ name }) => name === evaluate.target))
    throw refuse(
      `the training table has no target "${evaluate.target}"`,
      'correct `evaluate.target` in pipeline.yaml, or make the column',
    );
  for (const { name } of model.inputs) {
    if (name === evaluate.target)
      throw refuse(`the target "${name}" is among the model's inputs`, 'take it off `inputs` in model.yaml');
    if (!table.columns.some((column) => column.name === name))
      throw new LockstepError('E_TRAIN_DATA', {
        what: `the training table has no column "${name}", which model.yaml declares as an input`,
        allowed: table.columns
          .slice(0, 20)
          .map((column) => column.name)
          .join(', '),
        fix: `take "${name}" off \`inputs\` in model.yaml, or make the column`,
      });
  }
}

function indicesWithLabel(labels: Float64Array): number[] {
  const rows: number[] = [];
  labels.forEach((label, row) => {
    if (!Number.isNaN(label)) rows.push(row);
  });
  return rows;
}

const missingNote = (missing: number, target: string): string[] =>
  missing === 0 ? [] : [`${missing} rows without a value of ${target} were not used`];

/** Every iteration's loss as a metric, ten lines for people. */
function reporter(stage: Stage, name: string): Progress {
  const total = typeof stage.params.trees === 'number' ? stage.params.trees : null;
  return (iteration, loss) => {
    stage.metric({ iteration, loss });
    const every = total === null ? 1 : Math.max(1, Math.floor(total / 10));
    const of = total === null ? '' : `/${total}`;
    if (iteration % every === 0) stage.say(`${name}: ${iteration}${of}, loss ${loss.toFixed(5)}`);
  };
}
