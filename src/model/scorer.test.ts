import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { toyModel, toyModelFile, toyScore } from '../../test/toy-model.ts';
import { column, readTable, type Table, writeParquet } from '../data/index.ts';
import { openWorkspace } from '../workspace/index.ts';
import { goldenRequests } from './golden.ts';
import { OnnxGraph } from './onnx-builder.ts';
import { checkRow } from './request-row.ts';
import { scoreTable } from './score-table.ts';
import { openScorer } from './scorer.ts';

const carriers = ['AA', 'DL', 'UA', null];

/** Some rows have a missing distance or carrier, or a distance that model.yaml refuses. */
function toyTable(rows: number): Table {
  const numbers = Array.from({ length: rows }, (_, row) => row);
  return {
    rows,
    columns: [
      { name: 'id', type: 'text', values: numbers.map((row) => `r${row}`) },
      {
        name: 'distance',
        type: 'number',
        values: Float64Array.from(numbers, (row) => (row % 10 === 3 ? Number.NaN : (row * 37) % 6500)),
      },
      { name: 'carrier', type: 'text', values: numbers.map((row) => carriers[row % 4] ?? null) },
      {
        name: 'date',
        type: 'text',
        values: numbers.map((row) => `2001-01-${String(1 + (row % 28)).padStart(2, '0')}`),
      },
    ],
  };
}

const expected = (table: Table, row: number) => {
  const distance = table.columns[1]!.values[row] as number;
  const [carrier, date] = [
    table.columns[2]!.values[row] as string | null,
    table.columns[3]!.values[row] as string,
  ];
  return toyScore(Number.isNaN(distance) ? null : distance, carrier, date);
};

const scored = async (model: Uint8Array, table: Table) => {
  const scorer = await openScorer(model);
  try {
    return await scorer.score(table);
  } finally {
    await scorer.release();
  }
};

describe('openScorer', () => {
  it('scores raw columns, missing cells too, over several batches', async () => {
    const table = toyTable(9001);
    const scores = await scored(toyModel(), table);
    const furthest = Math.max(...Array.from(scores, (score, row) => Math.abs(score - expected(table, row))));
    expect(furthest).toBeLessThan(1e-6);
    expect(furthest).toBeGreaterThan(0);
  });

  it('tells inputs and metadata', async () => {
    const scorer = await openScorer(toyModel({ unknown: 'error' }));
    expect(scorer.inputs).toEqual([
      { name: 'distance', type: 'float' },
      { name: 'carrier', type: 'string' },
      { name: 'date', type: 'string' },
    ]);
    expect(scorer.metadata['lockstep.unknown']).toBe('error');
    await scorer.release();
  });

  it('names the category that the model was not trained with, in a later batch too', async () => {
    const table = toyTable(5000);
    (table.columns[2]!.values as string[])[4321] = 'ZZ';
    expect(await scored(toyModel(), table)).toHaveLength(5000);
    await expect(scored(toyModel({ unknown: 'error' }), table)).rejects.toThrowErrorMatchingInlineSnapshot(
      `[LockstepError: E_MODEL_RUN: the category "ZZ" in column "carrier", row 4321, is not one the model was trained with in model.onnx — the categories of the training data (the model was trained with \`unknown: error\`). Fix: train with \`unknown: ignore\`, or correct the value.]`,
    );
  });

  it('names a column that the data lacks, and a cell that is no number', async () => {
    const table = toyTable(3);
    const renamed = {
      ...table,
      columns: table.columns.map((c) => (c.name === 'carrier' ? { ...c, name: 'carier' } : c)),
    };
    await expect(scored(toyModel(), renamed)).rejects.toThrowErrorMatchingInlineSnapshot(
      `[LockstepError: E_MODEL_INPUT: the model takes a column "carrier" that the data does not have. Fix: the data has "carier": is that it?]`,
    );
    const texts = { name: 'distance', type: 'text', values: ['1', null, 'far'] } as const;
    const mixed = { ...table, columns: table.columns.map((c) => (c.name === 'distance' ? texts : c)) };
    await expect(scored(toyModel(), mixed)).rejects.toThrowErrorMatchingInlineSnapshot(
      `[LockstepError: E_MODEL_INPUT: "far" in column "distance", row 2 — a number.]`,
    );
  });

  it('takes the second column of the probabilities of a foreign graph', async () => {
    const graph = new OnnxGraph('foreign');
    const x = graph.input('x', 'float');
    const both = graph.node('Concat', [graph.node('Neg', [x]), x], { attributes: { axis: { int: 1 } } });
    graph.output('probabilities', both, 'float');
    const table: Table = {
      rows: 2,
      columns: [{ name: 'x', type: 'number', values: Float64Array.of(0.25, 0.5) }],
    };
    expect(Array.from(await scored(graph.toBytes({}), table))).toEqual([0.25, 0.5]);
  });

  it('feeds the two inputs of a wide graph by the names in its metadata', async () => {
    const graph = new OnnxGraph('wide');
    const numbers = graph.input('numbers', 'float', 2);
    const texts = graph.input('texts', 'string', 2);
    const encoded = graph.node('StringConcat', [
      graph.node('Gather', [texts, graph.constant({ ints: [0] }, [1])], { attributes: { axis: { int: 1 } } }),
      graph.node('Gather', [texts, graph.constant({ ints: [1] }, [1])], { attributes: { axis: { int: 1 } } }),
    ]);
    const weights = graph.constant({ floats: [1, 10] }, [2, 1]);
    const matched = graph.node('RegexFullMatch', [encoded], { attributes: { pattern: { text: 'pq' } } });
    const bonus = graph.node('Cast', [matched], { attributes: { to: { int: 1 } } });
    graph.output('score', graph.node('Add', [graph.node('MatMul', [numbers, weights]), bonus]), 'float');
    const bytes = graph.toBytes({ 'lockstep.numbers': '["a","b"]', 'lockstep.texts': '["s","t"]' });
    const table: Table = {
      rows: 2,
      columns: [
        { name: 't', type: 'text', values: ['q', 'p'] },
        { name: 'b', type: 'number', values: Float64Array.of(3, 4) },
        { name: 's', type: 'text', values: ['p', 'q'] },
        { name: 'a', type: 'number', values: Float64Array.of(1, 2) },
      ],
    };
    expect(Array.from(await scored(bytes, table))).toEqual([32, 42]);
  });

  it('refuses an input of several columns', async () => {
    const graph = new OnnxGraph('wide');
    graph.output('score', graph.input('x', 'float', 4), 'float');
    await expect(scored(graph.toBytes({}), toyTable(1))).rejects.toThrowErrorMatchingInlineSnapshot(
      `[LockstepError: E_MODEL_INPUT: the model's input "x" is float [N, 4] in model.onnx — one input per raw column: float, double, int64 or string of shape [N, 1]. Fix: export the feature transforms inside the model, with one input for each column.]`,
    );
  });
});

describe('scoreTable', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-score-'));
  writeFileSync(join(folder, 'lockstep.yaml'), 'environments: [dev]\n');
  const workspace = openWorkspace(folder);
  const [model, data, out] = ['model.onnx', 'data.parquet', 'out/predictions.parquet'].map((name) =>
    join(folder, name),
  ) as [string, string, string];

  it('writes predictions by row id in a child process and measures single rows', async () => {
    const table = toyTable(700);
    writeFileSync(model, toyModel());
    await writeParquet(data, table);
    const result = await scoreTable(workspace, { model, data, out, rowId: 'id', measure: true });
    expect(result).toMatchObject({ rows: 700, sizeBytes: toyModel().length });
    expect(result.latency!.p50Ms).toBeGreaterThan(0);
    expect(result.latency!.p99Ms).toBeGreaterThanOrEqual(result.latency!.p50Ms);
    const predictions = await readTable(out);
    expect(predictions.columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'row_id text',
      'fold number',
      'score number',
    ]);
    expect(column(predictions, 'row_id').values[699]).toBe('r699');
    expect(column(predictions, 'score').values[699]).toBeCloseTo(expected(table, 699), 6);
  });

  it('hands the error of the child on', async () => {
    const table = toyTable(4);
    (table.columns[2]!.values as string[])[1] = 'ZZ';
    writeFileSync(model, toyModel({ unknown: 'error' }));
    await writeParquet(data, table);
    await expect(scoreTable(workspace, { model, data, out })).rejects.toMatchObject({
      code: 'E_MODEL_RUN',
      what: 'the category "ZZ" in column "carrier", row 1, is not one the model was trained with',
    });
  });

  it('says when the child was stopped', async () => {
    await expect(scoreTable(workspace, { model, data, out, timeoutMs: 1 })).rejects.toMatchObject({
      code: 'E_MODEL_RUN',
      what: 'scoring ended by SIGKILL',
    });
  });
});

describe('goldenRequests', () => {
  it('covers the range of scores with rows that a client may send', async () => {
    const table = toyTable(1000);
    const scores = await scored(toyModel(), table);
    const golden = goldenRequests(table, toyModelFile, scores);
    expect(golden).toHaveLength(32);
    expect(golden).toEqual(goldenRequests(table, toyModelFile, scores));
    expect(golden.every(({ inputs }) => checkRow(toyModelFile.inputs, inputs) === null)).toBe(true);
    expect(golden.some(({ inputs }) => inputs.distance === null)).toBe(true);
    expect(golden.some(({ inputs }) => inputs.carrier === null)).toBe(true);
    expect(golden.at(-1)!.score).toBeGreaterThan(0.95);
    expect(golden[0]!.score).toBeLessThan(0.55);
    expect(golden[0]).toMatchInlineSnapshot(`
      {
        "inputs": {
          "carrier": "UA",
          "date": "2001-01-03",
          "distance": 74,
        },
        "score": 0.5184915661811829,
      }
    `);
  });

  it('says why when no row may be sent', () => {
    const table = {
      ...toyTable(1),
      columns: toyTable(1).columns.map((c) => (c.name === 'date' ? { ...c, values: [null] } : c)),
    } as Table;
    expect(() => goldenRequests(table, toyModelFile, [0.5])).toThrowErrorMatchingInlineSnapshot(
      `[LockstepError: E_MODEL_INPUT: no row of the evaluation data is a request that model.yaml allows (first row: "date" is missing and may not be). Fix: correct the types and ranges in model.yaml.]`,
    );
  });
});

describe('checkRow', () => {
  it.each([
    { distance: 5, carrier: 'AA', date: '2001-01-02' },
    { date: '2001-01-02 10:30' },
    { distance: null, carrier: null, date: '2001-01-02T10:30:00.5Z' },
  ])('takes %o', (row) => {
    expect(checkRow(toyModelFile.inputs, row)).toBeNull();
  });

  it.each([
    {},
    { date: 'yesterday' },
    { date: '2001-01-02', distance: '5' },
    { date: '2001-01-02', distance: -1 },
    { date: '2001-01-02', distance: 6001 },
    { date: '2001-01-02', distance: [5] },
    { date: '2001-01-02', carrier: 5 },
    { date: '2001-01-02', carier: 'AA' },
    { date: '2001-01-02', zebra: 1 },
    JSON.parse('{"date": "2001-01-02", "__proto__": 1}'),
  ])('refuses %o', (row) => {
    expect(checkRow(toyModelFile.inputs, row)).toMatchSnapshot();
  });
});
