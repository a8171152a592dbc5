import { expect, test } from 'vitest';
import { column, selectRows, type Table } from '../data/index.ts';
import { checkOnnx, type InputColumn, openScorer } from '../model/index.ts';
import { digestOf } from '../workspace/index.ts';
import {
  checkParity,
  exportOnnx,
  linearParams,
  type Params,
  planInputs,
  readInputs,
  readParams,
  type TrainedModel,
  trainLinear,
  trainLogistic,
  trainTrees,
  treesParams,
} from './index.ts';
import { readLabels } from './labels.ts';
import { foldsOf, rowHashes } from './row-hash.ts';
import { syntheticInputs, syntheticTable } from './synthetic-table.ts';

const trees = (given: Record<string, unknown> = {}) => readParams(given, treesParams, 'trees');
const linear = (given: Record<string, unknown> = {}) => readParams(given, linearParams, 'linear');

const trainers = { trees: trainTrees, logistic: trainLogistic, linear: trainLinear };

function modelOf(
  trainer: keyof typeof trainers,
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

const scored = async (bytes: Uint8Array, table: Table): Promise<Float64Array> => {
  const scorer = await openScorer(bytes);
  return scorer.score(table).finally(() => scorer.release());
};

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
      "trees": "sha256:cba224f5170ed732c41d8cc8374ffd4ae8ef8ed11e835b5b0d232f926a9e511b",
      "trees, values": "sha256:2b9f95c9260c5a728b76ea170b64a430e95eac3ee9ca595fbe7280fdcb8b9ffb",
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
  const score = (trainer: keyof typeof trainers, target: string, params: Params) =>
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
