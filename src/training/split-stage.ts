import {
  type Column,
  cellText,
  column,
  readTable,
  selectRows,
  type Table,
  writeParquet,
} from '../data/index.ts';
import { LockstepError } from '../workspace/index.ts';
import { contentFolds, rowIdColumn, rowIdOf } from './judging-folds.ts';
import { rowHashes } from './row-hash.ts';
import type { Stage } from './stage.ts';

/**
 * Divides a table into `train.parquet` and `test.parquet`, by a hash of the rows' content (equal rows stay
 * together) or by time (the latest share is the test); with `evaluate.folds` one `table.parquet` with a column
 * `fold`. Adds `row_id`, the row's number in the source from 0, where no column names rows. Rows without a
 * target are left out. Errors: E_TRAIN_DATA, E_TABLE_*.
 */
export async function splitStage(stage: Stage): Promise<void> {
  const { evaluate, params } = stage;
  const source = withRowIds(await readTable(stage.table), evaluate['row-id']);
  const table = withTarget(source, evaluate.target);
  if (table.rows < source.rows)
    stage.say(`note: ${source.rows - table.rows} rows without a value of ${evaluate.target} were left out`);
  const seed = params.seed as number;
  if (evaluate.folds !== undefined) {
    const folds = contentFolds(table, evaluate, seed);
    await writeParquet(stage.output('table.parquet'), withFolds(table, folds));
    stage.say(`split: ${table.rows} rows in ${evaluate.folds} folds`);
    return;
  }
  const isTest = params.time === null ? testByContent(stage, table, seed) : testByTime(stage, table);
  const rowsOf = (test: boolean) => Array.from(isTest.keys()).filter((row) => isTest[row] === test);
  const [train, test] = [rowsOf(false), rowsOf(true)];
  if (train.length === 0 || test.length === 0) throw oneSided(stage, table.rows);
  await writeParquet(stage.output('train.parquet'), selectRows(table, train));
  await writeParquet(stage.output('test.parquet'), selectRows(table, test));
  stage.say(`split: ${train.length} rows to train, ${test.length} to test`);
}

function testByContent({ params, evaluate }: Stage, table: Table, seed: number): boolean[] {
  const without = rowIdOf(table, evaluate['row-id']);
  const hashes = rowHashes(table, { purpose: 'split', seed, without });
  return Array.from(hashes, (unit) => unit < (params['test-share'] as number));
}

/** Rows of one moment stay together; a row without a time is never a test. */
function testByTime({ params }: Stage, table: Table): boolean[] {
  const time = column(table, params.time as string);
  const moments = Array.from({ length: table.rows }, (_, row) => sortable(time, row));
  const sorted = moments.filter((moment) => moment !== null).sort(compare);
  const first = sorted[Math.floor(sorted.length * (1 - (params['test-share'] as number)))];
  return moments.map((moment) => moment !== null && first !== undefined && compare(moment, first) >= 0);
}

/** Numbers as they are; ISO text orders as text. */
const sortable = (time: Column, row: number): number | string | null => {
  if (time.type === 'text') return cellText(time, row);
  const value = time.values[row]!;
  return Number.isNaN(value) ? null : value;
};

const compare = (a: number | string, b: number | string): number => (a < b ? -1 : a > b ? 1 : 0);

function withRowIds(table: Table, stated: string | undefined): Table {
  const name = rowIdColumn(table, stated);
  if (name !== undefined && (name !== 'row_id' || table.columns.some((found) => found.name === name)))
    return table;
  return withColumn(
    table,
    'row_id',
    Float64Array.from({ length: table.rows }, (_, row) => row),
  );
}

/** A column `fold` of the author's own stays: it is content, or the folds themselves. */
const withFolds = (table: Table, folds: Int32Array): Table =>
  table.columns.some(({ name }) => name === 'fold')
    ? table
    : withColumn(table, 'fold', Float64Array.from(folds));

const withColumn = (table: Table, name: string, values: Float64Array): Table => ({
  rows: table.rows,
  columns: [...table.columns.filter((found) => found.name !== name), { name, type: 'number', values }],
});

function withTarget(table: Table, target: string): Table {
  const source = column(table, target);
  const rows = Array.from({ length: table.rows }, (_, row) => row).filter(
    (row) => cellText(source, row) !== null,
  );
  return rows.length === table.rows ? table : selectRows(table, rows);
}

const oneSided = ({ params }: Stage, rows: number): LockstepError =>
  new LockstepError('E_TRAIN_DATA', {
    what: `${rows} rows cannot be divided: one side has none`,
    allowed:
      params.time === null ? 'different rows on both sides' : `two different times in "${params.time}"`,
    fix: params.time === null ? 'give more rows, or another seed' : 'name another time column, or none',
  });
