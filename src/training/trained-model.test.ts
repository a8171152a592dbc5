import { expect, test } from 'vitest';
import { selectRows, type Table } from '../data/index.ts';
import { checkOnnx } from '../model/onnx-file.ts';
import { digestOf } from '../workspace/index.ts';
import { checkParity, exportOnnx, type Params } from './index.ts';
import { readLabels } from './labels.ts';
import { linear, modelOf, scored, type TrainerName, trees } from './model-for-tests.ts';
import { syntheticTable } from './synthetic-table.ts';

const withCell = (table: Table, name: string, row: number, value: string | null): Table => ({
  rows: table.rows,
  columns: table.columns.map((source) =>
    source.name === name && source.type === 'text'
      ? { ...source, values: source.values.with(row, value) }
      : source,
  ),
});

const table = syntheticTable(600, 1);

test('the same rows give the same bytes, and those the bytes that are pinned', () => {
  const digests = {
    trees: digestOf(exportOnnx(modelOf('trees', table, 'bought', trees({ trees: 10 })), 1)),
    'trees, values': digestOf(exportOnnx(modelOf('trees', table, 'value', trees({ trees: 10 })), 1)),
    logistic: digestOf(exportOnnx(modelOf('logistic', table, 'bought', linear()), 1)),
    linear: digestOf(exportOnnx(modelOf('linear', table, 'value', linear()), 1)),
  };
  expect(digestOf(exportOnnx(modelOf('trees', table, 'bought', trees({ trees: 10 })), 1))).toBe(
    digests.trees,
  );
  expect(digests).toMatchInlineSnapshot(`
    {
      "linear": "sha256:e5ea95a642c8be79668b35ce63e2fbf81b11b07f5f6ea36f0e28b12546344551",
      "logistic": "sha256:d251ee065148bfa8684a39e87dbd5c0f082cad10d51c79ddc319017eb22aec86",
      "trees": "sha256:281341ba4cb77861933678a610611b74e6f1e352a1c4002d4a4ac4c0435754d8",
      "trees, values": "sha256:f8db7d15e71e74f91a56803b67d200e8f7458aeb76146582927d0b6cf434ecd1",
    }
  `);
});

test('inputs are the raw columns in the order of model.yaml, the output is one score', () => {
  const info = checkOnnx(exportOnnx(modelOf('trees', table, 'bought', trees({ trees: 2 })), 1));
  expect(info.inputs.map(({ name, type }) => `${name} ${type}`)).toEqual([
    'x1 float',
    'x2 float',
    'plan string',
    'town string',
    'when string',
    'same float',
  ]);
  expect(info.outputs).toMatchInlineSnapshot(`
    [
      {
        "name": "score",
        "shape": [
          null,
          1,
        ],
        "type": "float",
      },
    ]
  `);
  expect(JSON.parse(info.metadata['lockstep.notes']!)).toEqual([
    'same: the same value in every row, not used',
  ]);
  expect(JSON.parse(info.metadata['lockstep.categories']!).plan).toEqual(['basic', 'plus', 'pro']);
});

test.each([
  ['trees', 'bought'],
  ['trees', 'value'],
  ['logistic', 'bought'],
  ['linear', 'value'],
] as const)(
  '%s of %s: trainer and ONNX Runtime agree, on rows it has not seen too',
  async (trainer, target) => {
    const params = trainer === 'trees' ? trees() : linear();
    const model = modelOf(trainer, table, target, params);
    const bytes = exportOnnx(model, 1);
    expect(await checkParity(model, bytes, table)).toBeLessThan(1e-5);
    expect(await checkParity(model, bytes, syntheticTable(500, 9))).toBeLessThan(1e-5);
  },
);

test('quality: far better than chance on new rows', async () => {
  const learn = syntheticTable(4000, 2);
  const judge = syntheticTable(2000, 3);
  const classes = readLabels(judge, 'binary-classification', 'bought').values;
  const values = readLabels(judge, 'regression', 'value').values;
  const score = (trainer: TrainerName, target: string, params: Params) =>
    scored(exportOnnx(modelOf(trainer, learn, target, params), 1), judge);
  expect(areaUnderCurve(classes, await score('trees', 'bought', trees()))).toBeGreaterThan(0.95);
  expect(areaUnderCurve(classes, await score('logistic', 'bought', linear()))).toBeGreaterThan(0.87);
  expect(explained(values, await score('trees', 'value', trees()))).toBeGreaterThan(0.83);
  expect(explained(values, await score('linear', 'value', linear()))).toBeGreaterThan(0.6);
});

test('unknown: ignore scores a new category, unknown: error refuses it and names it', async () => {
  const stranger = withCell(selectRows(table, [0, 1, 2]), 'plan', 1, 'platinum');
  const distant = withCell(selectRows(table, [0, 1, 2]), 'town', 2, 'town 999');
  const missing = withCell(selectRows(table, [0, 1, 2]), 'town', 1, null);
  for (const trainer of ['trees', 'logistic'] as const) {
    const rules = trainer === 'trees' ? trees : linear;
    const lenient = exportOnnx(modelOf(trainer, table, 'bought', rules({})), 1);
    expect((await scored(lenient, stranger)).every((score) => score > 0 && score < 1)).toBe(true);
    expect((await scored(lenient, distant)).every((score) => score > 0 && score < 1)).toBe(true);
    const strict = exportOnnx(modelOf(trainer, table, 'bought', rules({ unknown: 'error' })), 1);
    expect(await scored(strict, selectRows(table, [0, 1, 2]))).toHaveLength(3);
    expect(await scored(strict, missing)).toHaveLength(3);
    await expect(scored(strict, stranger)).rejects.toThrow(
      'the category "platinum" in column "plan", row 1, is not one the model was trained with',
    );
    await expect(scored(strict, distant)).rejects.toThrow('the category "town 999" in column "town", row 2');
  }
});

function areaUnderCurve(labels: Float64Array, scores: Float64Array): number {
  const order = Array.from(scores.keys()).sort((a, b) => scores[a]! - scores[b]!);
  let [below, positives, pairs] = [0, 0, 0];
  for (const row of order) {
    if (labels[row] === 1) {
      positives++;
      pairs += below;
    } else below++;
  }
  return pairs / (positives * below);
}

function explained(values: Float64Array, scores: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value) / values.length;
  const squares = (of: (row: number) => number) => values.reduce((sum, _, row) => sum + of(row) ** 2, 0);
  return 1 - squares((row) => values[row]! - scores[row]!) / squares((row) => values[row]! - mean);
}
