import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { readModelFile } from '../model/index.ts';
import { readPipeline } from '../pipeline/index.ts';
import { openWorkspace } from '../workspace/index.ts';
import { type InitOptions, initModel } from './init.ts';

function place(csv: string) {
  const root = mkdtempSync(join(tmpdir(), 'lockstep-init-'));
  mkdirSync(join(root, 'pipelines'));
  const outside = mkdtempSync(join(tmpdir(), 'lockstep-table-'));
  const data = join(outside, 'my table.csv');
  writeFileSync(data, csv);
  const workspace = openWorkspace(root);
  const init = (over: Partial<InitOptions> = {}, of = workspace) =>
    initModel(of, { model: 'toy', data, target: 'y', ...over });
  const words = (over?: Partial<InitOptions>) =>
    init(over).then(
      () => 'no error',
      (error: Error) => error.message.replaceAll(outside, '<outside>'),
    );
  const yaml = (path: string) => parse(readFileSync(join(root, path), 'utf8'));
  return { root, workspace, init, words, yaml };
}

const rowsOf = (count: number, line: (row: number) => string): string =>
  Array.from({ length: count }, (_, row) => `${line(row)}\n`).join('');

test.each([
  ['yes', 'no', 'yes'],
  ['on', 'off', 'on'],
  ['off', 'on', 'off'],
  ['n', 'y', 'n'],
  ['False', 'true', '1'],
  ['2', '1', '1'],
  ['~', 'null and void', '~'],
  ['#x: y', '-', '#x: y'],
  ['<=', '>', '<='],
  ['.inf', '2020-01-01', '.inf'],
  ['0x1F', '1_000', '0x1F'],
  ['naïve 日本', "l'été", 'naïve 日本'],
  ['{a}: [b]', '- c', '{a}: [b]'],
])(
  'of %s (rarer) and %s the positive class is %s, as run reads what init wrote',
  async (rarer, other, positive) => {
    const { workspace, init, yaml } = place(
      `x,y\n${rowsOf(30, (row) => `${row},${row % 3 ? other : rarer}`)}`,
    );
    expect((await init()).positive).toBe(positive);
    expect((await readPipeline(workspace, 'toy')).file.evaluate.positive).toBe(positive);
    expect(yaml('models/toy/model.yaml').output.positive).toBe(positive);
  },
);

test('column names of every kind come through', async () => {
  const names = [
    'a b',
    "o'k",
    'c/d',
    'e: f',
    '#h',
    'yes',
    'on',
    '1',
    'null',
    '~',
    '- x',
    '[z]',
    '日本',
    'a\\b',
    'score',
  ];
  const header = `${names.join(',')},Target é`;
  const { workspace, init, yaml } = place(
    `${header}\n${rowsOf(20, (row) => [...names.map((_, index) => (row * 7 + index) % 5), row % 2].join(','))}`,
  );
  await init({ target: 'Target é' });
  expect(yaml('models/toy/model.yaml').inputs.map(({ name }: { name: string }) => name)).toEqual(names);
  expect((await readPipeline(workspace, 'toy')).file.evaluate.target).toBe('Target é');
});

test('types, ranges with room to spare, slices, folds', async () => {
  const line = (row: number) =>
    `${row - 10},${row % 2},${['low', 'high'][row % 2]},2024-01-${10 + (row % 20)},${2 ** 30 + row},${row % 3 ? row : 'NA'},${row}e25,${row * 1.5}`;
  const { init, yaml } = place(`n,flag,level,day,id,gaps,vast,y\n${rowsOf(100, line)}`);
  const result = await init();
  expect(yaml('models/toy/model.yaml').inputs).toEqual([
    { name: 'n', type: 'number', minimum: -110, maximum: 190 },
    { name: 'flag', type: 'boolean' },
    { name: 'level', type: 'category' },
    { name: 'day', type: 'date' },
    { name: 'id', type: 'integer', missing: false },
    { name: 'gaps', type: 'number', minimum: 0, maximum: 200 },
    { name: 'vast', type: 'number', minimum: 0, maximum: 2e27 },
  ]);
  expect(result).toMatchObject({ task: 'regression', folds: 5, slices: ['level'], rows: 100, notes: [] });
});

test('what a reader should know is noted', async () => {
  const { init, yaml } = place(
    `x,big,comma,__proto__,y\n${rowsOf(40, (row) => `${row},${row === 3 ? '1e300' : row},"1,${row}",${row},${row % 5 ? row : ''}`)}`,
  );
  expect((await init()).notes).toEqual([
    '8 rows without a value of y will be left out',
    'big: left out, 1e+300 in row 4 is beyond what float32 holds',
    '__proto__: left out, JavaScript keeps this name for itself',
    'comma: numbers with a decimal comma are read as text; write 1.5, not 1,5',
  ]);
  expect(yaml('models/toy/model.yaml').inputs).toHaveLength(2);
});

test("the table's own row_id names the rows and is no input", async () => {
  const { init, yaml } = place(`row_id,x,y\n${rowsOf(30, (row) => `u${row},${row},${row % 2}`)}`);
  expect((await init()).inputs.map(({ name }) => name)).toEqual(['x']);
  expect(yaml('pipelines/toy/pipeline.yaml').evaluate['row-id']).toBe('row_id');
});

test('what cannot be learned is said at once, and nothing is written', async () => {
  const table = `id,x,fold,text,y\n${rowsOf(30, (row) => `${row >> 1},${row},${row % 5},t${row % 4},${row % 2 ? 'yes' : 'no'}`)}`;
  const { root, words } = place(table);
  const messages = [
    await words({ target: 'yy' }),
    await words({ target: 'text' }),
    await words({ target: 'fold' }),
    await words({ positive: 'maybe' }),
    await words({ task: 'regression' }),
    await words({ task: 'binary-classification', target: 'x' }),
    await words({ rowId: 'id' }),
    await words({ time: 'dya' }),
    await words({ model: 'My Model' }),
    await words({ data: join(root, 'none.csv') }).then((text) => text.replaceAll(root, '<root>')),
  ];
  expect(messages.join('\n')).toMatchInlineSnapshot(`
    "E_TABLE_COLUMN: no column "yy" in <outside>/my table.csv — id, x, fold, text, y. Fix: did you mean "y"?
    E_EVALUATE_TARGET: the target "text" has more than two classes — two classes, or a number. Fix: name another column with --target.
    E_TABLE_COLUMN: the target is called "fold", as a column that the split adds in <outside>/my table.csv — a target of any name but row_id and fold. Fix: rename the column.
    E_EVALUATE_TARGET: no row has the positive class "maybe" in the target "y" — no, yes. Fix: name one of them with --positive.
    E_EVALUATE_TARGET: the target "y" is text — numbers, for regression. Fix: name a number column as the target.
    E_EVALUATE_TARGET: the target "x" has 30 values (0, 1, 10, 11, 12, …) — two, for binary classification. Fix: make it two classes in the prepare stage, or say task: regression.
    E_TABLE_COLUMN: a second 0 in row 2 of "id", which names the rows in <outside>/my table.csv — a value of its own in every row. Fix: name another one.
    E_TABLE_COLUMN: no column "dya" in <outside>/my table.csv — id, x, fold, text, y. Fix: did you mean "y"?
    E_NAME: the model name "My Model" — 1 to 40 lower-case letters, digits and hyphens, beginning with a letter, not ending with a hyphen.
    E_DATA_MISSING: cannot read <root>/none.csv (ENOENT) — a CSV, TSV or Parquet file. Fix: correct the path."
  `);
  for (const path of ['data', 'data.lock', 'models', 'pipelines/toy'])
    expect(existsSync(join(root, path)), path).toBe(false);
  expect(await place('x,y\n1,yes\n2,yes\n').words()).toMatchInlineSnapshot(
    `"E_EVALUATE_TARGET: the target "y" has only one value — two classes, or a number. Fix: name another column with --target."`,
  );
  expect(await place('x,y\n1,\n2,NA\n').words()).toMatchInlineSnapshot(
    `"E_EVALUATE_TARGET: the target "y" has no values — two classes, or a number. Fix: name another column with --target."`,
  );
  expect(await place('y\nyes\nno\n').words()).toMatchInlineSnapshot(
    `"E_TABLE_COLUMN: no column beside "y" in <outside>/my table.csv — at least one column to learn from."`,
  );
  expect(
    await place(`row_id,x,y\n${rowsOf(9, (row) => `${row % 3},${row},${row}`)}`).words(),
  ).toMatchInlineSnapshot(
    `"E_TABLE_COLUMN: a second 0 in row 4 of "row_id", which names the rows in <outside>/my table.csv — a value of its own in every row. Fix: rename "row_id", or name another column with --row-id."`,
  );
});

test('deploy/ follows --serving, which model.yaml then says, and the environments of lockstep.yaml', async () => {
  const { root, workspace, init, yaml } = place(`x,y\n${rowsOf(30, (row) => `${row},${row % 2}`)}`);
  const others = {
    ...workspace,
    configuration: { ...workspace.configuration, environments: ['test', 'live'] },
  };
  const { files } = await init({ serving: 'kserve' }, others);
  expect(files.filter((path) => path.includes('/deploy/'))).toEqual(
    ['kustomization', 'serviceaccount', 'inferenceservice', 'disruption', 'network', 'test', 'live'].map(
      (name) => `models/toy/deploy/${name}.yaml`,
    ),
  );
  expect(yaml('models/toy/model.yaml').serving).toBe('kserve');
  expect((await readModelFile(workspace, 'toy')).serving).toBe('kserve');
  expect(existsSync(join(root, 'models/toy/deploy/live.yaml'))).toBe(true);
});

test('a model that is there already stays as it is', async () => {
  const { root, init, words } = place(`x,y\n${rowsOf(30, (row) => `${row},${row % 2}`)}`);
  await init();
  const before = readFileSync(join(root, 'pipelines/toy/pipeline.yaml'), 'utf8');
  expect((await words()).replaceAll(root, '<root>')).toMatchInlineSnapshot(
    `"E_CONFIG_VALUE: toy is there already in <root>/pipelines/toy — a new name. Fix: choose another name, or remove pipelines/toy and models/toy."`,
  );
  expect(readFileSync(join(root, 'pipelines/toy/pipeline.yaml'), 'utf8')).toBe(before);
});
