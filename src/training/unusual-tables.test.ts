import { expect, test } from 'vitest';
import { column, selectRows, type Table } from '../data/index.ts';
import { checkOnnx } from '../model/onnx-file.ts';
import { checkParity, exportOnnx } from './index.ts';
import { linear, modelOf, scored, trees } from './model-for-tests.ts';
import { syntheticInputs, syntheticTable } from './synthetic-table.ts';

const table = syntheticTable(600, 1);

test('a missing value is a value of its own: what is missing is learned', async () => {
  const values = Float64Array.from({ length: 400 }, (_, row) => (row % 4 === 0 ? Number.NaN : row % 7));
  const target = Array.from({ length: 400 }, (_, row) => (row % 4 === 0 ? 'yes' : 'no'));
  const holes: Table = {
    rows: 400,
    columns: [
      { name: 'x', type: 'number', values },
      { name: 'bought', type: 'text', values: target },
    ],
  };
  for (const trainer of ['trees', 'logistic'] as const) {
    const params = trainer === 'trees' ? trees() : linear();
    const model = modelOf(trainer, holes, 'bought', params, [{ name: 'x', type: 'number' }]);
    const [missing, present] = await scored(exportOnnx(model, 1), selectRows(holes, [0, 1]));
    expect(missing).toBeGreaterThan(0.9);
    expect(present).toBeLessThan(0.1);
  }
});

test('more than 200 columns come as two inputs, with their names beside them', async () => {
  const first = column(table, 'x1') as { values: Float64Array };
  const plan = column(table, 'plan') as { values: readonly (string | null)[] };
  const columns = Array.from({ length: 230 }, (_, index) =>
    index % 10 === 3
      ? { name: `c${index}`, type: 'text' as const, values: plan.values }
      : {
          name: `c${index}`,
          type: 'number' as const,
          values: first.values.map((value) => value * (index % 7)),
        },
  );
  const wide: Table = { rows: table.rows, columns: [...columns, column(table, 'bought')] };
  const inputs = columns.map(
    ({ name, type }) => ({ name, type: type === 'text' ? 'category' : 'number' }) as const,
  );
  for (const trainer of ['trees', 'logistic'] as const) {
    const model = modelOf(
      trainer,
      wide,
      'bought',
      trainer === 'trees' ? trees({ trees: 5 }) : linear(),
      inputs,
    );
    const bytes = exportOnnx(model, 1);
    const info = checkOnnx(bytes);
    expect(info.inputs.map(({ name, shape }) => `${name} ${shape[1]}`)).toEqual(['numbers 207', 'texts 23']);
    expect(JSON.parse(info.metadata['lockstep.texts']!)).toHaveLength(23);
    expect(await checkParity(model, bytes, wide)).toBeLessThan(1e-5);
  }
});

test('a column called score comes in the wide form, since the output is called so', async () => {
  const columns = table.columns.map((found) => (found.name === 'x1' ? { ...found, name: 'score' } : found));
  const renamed: Table = { rows: table.rows, columns };
  const inputs = syntheticInputs.map((input) => (input.name === 'x1' ? { ...input, name: 'score' } : input));
  const model = modelOf('trees', renamed, 'bought', trees({ trees: 5 }), inputs);
  const bytes = exportOnnx(model, 1);
  expect(checkOnnx(bytes).inputs.map(({ name }) => name)).toEqual(['numbers', 'texts']);
  expect(await checkParity(model, bytes, renamed)).toBeLessThan(1e-5);
});

test('what float32 cannot hold is refused, in a column and in the target', () => {
  const huge = Float64Array.from({ length: 600 }, (_, row) => (row === 7 ? 1e300 : row));
  const columns = [
    { name: 'value', type: 'number' as const, values: huge },
    { name: 'x1', type: 'number' as const, values: huge },
  ];
  const inputs = [{ name: 'x1', type: 'number' as const }];
  const train = (target: string, at: number) =>
    modelOf('trees', { rows: 600, columns: [column(table, target), columns[at]!] }, target, trees(), inputs);
  expect(() => train('bought', 1)).toThrowErrorMatchingInlineSnapshot(
    `[LockstepError: E_TRAIN_DATA: column "x1" holds a number beyond ±3.4e38, first in row 8 — numbers that float32, which models compute in, can hold. Fix: rescale the column in the stage before, or take "x1" off \`inputs\` in model.yaml.]`,
  );
  const onValue = { rows: 600, columns: [columns[0]!, { ...columns[1]!, values: huge.map(() => 1) }] };
  expect(() => modelOf('trees', onValue, 'value', trees(), inputs)).toThrowErrorMatchingInlineSnapshot(
    `[LockstepError: E_TRAIN_DATA: the target "value" holds a number beyond ±3.4e38 — numbers that float32 can hold. Fix: rescale the column in the stage before.]`,
  );
});

test('integers that float32 cannot hold keep their differences through an INT64 input', async () => {
  const ids = Float64Array.from({ length: 400 }, (_, row) => 9_000_000_000_000 + (row % 2));
  const target = Array.from({ length: 400 }, (_, row) => (row % 2 === 0 ? 'yes' : 'no'));
  const large: Table = {
    rows: 400,
    columns: [
      { name: 'id', type: 'number', values: ids },
      { name: 'bought', type: 'text', values: target },
    ],
  };
  const model = modelOf('trees', large, 'bought', trees(), [{ name: 'id', type: 'integer', missing: false }]);
  const bytes = exportOnnx(model, 1);
  expect(checkOnnx(bytes).inputs.map(({ type }) => type)).toEqual(['int64']);
  const [even, odd] = await scored(bytes, selectRows(large, [0, 1]));
  expect(even! - odd!).toBeGreaterThan(0.9);
});

test('tiny, constant and one-sided tables give a model too', async () => {
  for (const rows of [2, 5, 30]) {
    const tiny = selectRows(
      table,
      Array.from({ length: rows }, (_, row) => row),
    );
    const only = (names: string[]) => syntheticInputs.filter(({ name }) => names.includes(name));
    for (const inputs of [syntheticInputs, only(['same']), only(['plan']), only(['when'])]) {
      const model = modelOf('trees', tiny, 'value', trees({ trees: 3, 'min-child': 1 }), inputs);
      expect(await checkParity(model, exportOnnx(model, 1), tiny)).toBeLessThan(1e-5);
      const plain = modelOf('linear', tiny, 'value', linear(), inputs);
      expect(await checkParity(plain, exportOnnx(plain, 1), tiny)).toBeLessThan(1e-5);
    }
  }
});
