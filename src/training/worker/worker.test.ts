import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { column, readTable, selectRows, type Table, writeParquet } from '../../data/index.ts';
import { openScorer } from '../../model/index.ts';
import { builtins } from '../../pipeline/index.ts';
import { digestFile, exitOf, spawnOwn } from '../../workspace/index.ts';
import { syntheticInputs, syntheticTable } from '../synthetic-table.ts';

const root = mkdtempSync(join(tmpdir(), 'lockstep-training-'));
afterAll(() => rmSync(root, { recursive: true }));

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly outputs: string[];
  readonly path: (name: string) => string;
  readonly metrics: { iteration: number; loss: number }[];
}

async function run(builtin: string, table: Table | string, params: Record<string, unknown>): Promise<Ran> {
  const folder = mkdtempSync(join(root, 'stage-'));
  const path = (name: string) => join(folder, name);
  mkdirSync(path('inputs/data'), { recursive: true });
  mkdirSync(path('outputs'));
  if (typeof table === 'string') writeFileSync(path('inputs/data/table.csv'), table);
  else await writeParquet(path('inputs/train.parquet'), table);
  writeFileSync(path('params.json'), JSON.stringify(params));
  const child = spawnOwn(builtins[builtin]!.worker, [], {
    stdout: 'pipe',
    stderr: 'pipe',
    env: {
      LOCKSTEP_PARAMS: path('params.json'),
      LOCKSTEP_INPUTS: path('inputs'),
      LOCKSTEP_OUTPUTS: path('outputs'),
      LOCKSTEP_METRICS: path('metrics.jsonl'),
    },
  });
  const [stdout, stderr, { code }] = await Promise.all([
    text(child.stdout!),
    text(child.stderr!),
    exitOf(child),
  ]);
  const metrics = readdirSync(folder).includes('metrics.jsonl')
    ? readFileSync(path('metrics.jsonl'), 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line))
    : [];
  const outputs = readdirSync(path('outputs')).sort();
  return { code, stdout, stderr, outputs, path: (name) => path(`outputs/${name}`), metrics };
}

async function text(stream: NodeJS.ReadableStream): Promise<string> {
  let all = '';
  for await (const chunk of stream) all += chunk;
  return all;
}

const evaluate = { target: 'bought', data: 'test.parquet', 'row-id': 'row_id' };
const model = { task: 'binary-classification', inputs: syntheticInputs, output: { name: 'bought' } };
const table = syntheticTable(400, 1);
const numbered: Table = {
  rows: table.rows,
  columns: [
    ...table.columns,
    {
      name: 'row_id',
      type: 'number',
      values: Float64Array.from({ length: table.rows }, (_, row) => row + 1000),
    },
  ],
};

test('trees: a model, out-of-fold predictions, progress and losses; twice the same bytes', async () => {
  const params = { trees: 20, seed: 7, evaluate: { ...evaluate, folds: 4 }, model };
  const first = await run('trees', numbered, params);
  expect(first.stderr).toBe('');
  expect(first.code).toBe(0);
  expect(first.outputs).toEqual(['model.onnx', 'predictions.parquet']);
  expect(first.metrics).toHaveLength(20);
  expect(first.metrics[19]!.loss).toBeLessThan(first.metrics[0]!.loss);
  expect(first.stdout).toContain('note: same: the same value in every row, not used');
  const predictions = await readTable(first.path('predictions.parquet'));
  expect(predictions.columns.map(({ name }) => name)).toEqual(['row_id', 'fold', 'score']);
  expect(column(predictions, 'row_id').values).toEqual(column(numbered, 'row_id').values);
  expect(new Set(column(predictions, 'fold').values as Float64Array)).toEqual(new Set([0, 1, 2, 3]));
  const scorer = await openScorer(first.path('model.onnx'));
  const inSample = await scorer.score(numbered);
  await scorer.release();
  expect(column(predictions, 'score').values).not.toEqual(inSample);

  const second = await run('trees', numbered, params);
  for (const name of first.outputs)
    expect(await digestFile(second.path(name))).toEqual(await digestFile(first.path(name)));
});

test('rows without a target are left out, with a note', async () => {
  const holes: Table = {
    rows: table.rows,
    columns: table.columns.map((source) =>
      source.name === 'bought' && source.type === 'text'
        ? { ...source, values: source.values.map((value, row) => (row < 10 ? null : value)) }
        : source,
    ),
  };
  const { code, stdout } = await run('logistic', holes, { evaluate, model });
  expect(code).toBe(0);
  expect(stdout).toContain('logistic: 390 rows, 6 columns\n');
  expect(stdout).toContain('note: 10 rows without a value of bought were not used\n');
});

test.each([
  ['no rows', 'trees', 'a,bought\n', {}],
  ['the target is not there', 'trees', 'a,y\n1,yes\n2,no\n', {}],
  ['the target is missing in every row', 'trees', 'a,bought\n1,\n2,NA\n', {}],
  ['one class', 'trees', 'a,bought\n1,yes\n2,yes\n', {}],
  ['three classes', 'trees', 'a,bought\n1,yes\n2,no\n3,perhaps\n', {}],
  ['a constant value', 'linear', 'a,bought\n1,5\n2,5\n', { task: 'regression' }],
  ['text to regress', 'trees', 'a,bought\n1,5\n2,many\n', { task: 'regression' }],
  ['an input that is not there', 'trees', 'b,bought\n1,yes\n2,no\n', {}],
  ['text in a number', 'trees', 'a,bought\n1,yes\nx,no\n', {}],
  ['the wrong trainer', 'logistic', 'a,bought\n1,5\n2,6\n', { task: 'regression' }],
])('refused: %s', async (_, builtin, csv, changes) => {
  const inputs = [{ name: 'a', type: 'number' }];
  const ran = await run(builtin, csv, { evaluate, model: { ...model, inputs, ...changes } });
  expect({ code: ran.code, outputs: ran.outputs }).toEqual({ code: 1, outputs: [] });
  expect(ran.stderr.replaceAll(root, '<root>').replace(/stage-\w+/, '<stage>')).toMatchSnapshot();
});

test('refused: params that the trainer does not have, or out of range', async () => {
  const misspelled = await run('trees', table, { 'learning-rat': 0.1, evaluate, model });
  expect(misspelled.stderr).toMatchInlineSnapshot(`
    "E_CONFIG_KEY: unknown param "learning-rat" of the built-in trees in pipeline.yaml — trees, learning-rate, leaves, depth, min-child, lambda, bins, seed, unknown, dates. Fix: did you mean "learning-rate"?
    "
  `);
  const outside = await run('trees', table, { trees: 0, evaluate, model });
  expect(outside.stderr).toMatchInlineSnapshot(`
    "E_CONFIG_VALUE: param trees of the built-in trees is 0 in pipeline.yaml — a whole number from 1 to 5000. Fix: correct trees under params.
    "
  `);
});

test('split: equal rows stay together, shares and ids are right, twice the same bytes', async () => {
  const doubled = selectRows(
    table,
    Array.from({ length: 800 }, (_, row) => row % 400),
  );
  const params = { seed: 7, 'test-share': 0.25, evaluate, model };
  const ran = await run('split', doubled, params);
  expect([ran.stderr, ran.outputs]).toEqual(['', ['test.parquet', 'train.parquet']]);
  const [train, judge] = [
    await readTable(ran.path('train.parquet')),
    await readTable(ran.path('test.parquet')),
  ];
  expect(train.rows + judge.rows).toBe(800);
  expect(judge.rows / 800).toBeCloseTo(0.25, 1);
  const ids = (part: Table) => Array.from(column(part, 'row_id').values as Float64Array);
  expect([...ids(train), ...ids(judge)].sort((a, b) => a - b)).toEqual(
    Array.from({ length: 800 }, (_, id) => id),
  );
  const sources = (part: Table) => new Set(ids(part).map((id) => id % 400));
  const judged = sources(judge);
  expect([...sources(train)].filter((id) => judged.has(id))).toEqual([]);
  const again = await run('split', doubled, params);
  expect(await digestFile(again.path('test.parquet'))).toEqual(await digestFile(ran.path('test.parquet')));
  const other = await run('split', doubled, { ...params, seed: 8 });
  expect(await digestFile(other.path('test.parquet'))).not.toEqual(
    await digestFile(ran.path('test.parquet')),
  );
});

test('split: by time the latest share is the test; with folds there is one table', async () => {
  const days = Array.from(
    { length: 10 },
    (_, day) => `2024-01-${String(10 - day).padStart(2, '0')},${day},yes`,
  );
  const csv = `when,a,bought\n${days.join('\n')}\n,11,no\n2024-01-10,12,\n`;
  const byTime = await run('split', csv, { time: 'when', evaluate, model });
  expect(byTime.stdout).toBe(
    'note: 1 rows without a value of bought were left out\nsplit: 9 rows to train, 2 to test\n',
  );
  expect(column(await readTable(byTime.path('test.parquet')), 'when').values).toEqual([
    '2024-01-10',
    '2024-01-09',
  ]);
  const folded = await run('split', csv, { evaluate: { ...evaluate, folds: 3 }, model });
  expect(folded.outputs).toEqual(['table.parquet']);
  const folds = column(await readTable(folded.path('table.parquet')), 'fold').values as Float64Array;
  expect(folds.every((fold) => fold >= 0 && fold < 3)).toBe(true);
  const oneMoment = await run('split', 'when,bought\n2024,yes\n2024,no\n', { time: 'when', evaluate, model });
  expect(oneMoment.stderr).toMatchInlineSnapshot(`
    "E_TRAIN_DATA: 2 rows cannot be divided: one side has none — two different times in "when". Fix: name another time column, or none.
    "
  `);
});
