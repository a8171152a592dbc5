import { expect, test } from 'vitest';
import { selectRows, type Table } from '../data/index.ts';
import { contentFolds, judgingFolds } from './judging-folds.ts';
import { rowHashes } from './row-hash.ts';

const texts = (name: string, values: string[]) => ({ name, type: 'text' as const, values });
const numbers = (name: string, rows: number, value: (row: number) => number) => ({
  name,
  type: 'number' as const,
  values: Float64Array.from({ length: rows }, (_, row) => value(row)),
});
const evaluate = { data: 'table.parquet', target: 'y', folds: 5, 'row-id': 'row_id' };

function tableOf(rows: number, different: number, positive: (row: number) => boolean): Table {
  const id = (row: number) => row % different;
  const y = texts(
    'y',
    Array.from({ length: rows }, (_, row) => (positive(id(row)) ? 'yes' : 'no')),
  );
  return { rows, columns: [numbers('x', rows, id), y, numbers('row_id', rows, (row) => row)] };
}

const perFold = (table: Table, folds: Int32Array, wanted: string): number[] => {
  const { values } = table.columns[1]!;
  return [0, 1, 2, 3, 4].map((fold) => folds.filter((f, row) => f === fold && values[row] === wanted).length);
};

test('two classes are dealt out evenly, equal rows stay together, the order of rows is of no matter', () => {
  const table = tableOf(603, 201, (id) => id % 9 === 0);
  const folds = contentFolds(table, evaluate, 7);
  for (let row = 201; row < 603; row++) expect(folds[row]).toBe(folds[row - 201]);
  const positives = perFold(table, folds, 'yes');
  expect(Math.max(...positives) - Math.min(...positives)).toBeLessThanOrEqual(3);
  const backwards = selectRows(
    table,
    Array.from({ length: 603 }, (_, row) => 602 - row),
  );
  expect(Array.from(contentFolds(backwards, evaluate, 7)).reverse()).toEqual(Array.from(folds));
  expect(Array.from(contentFolds(table, evaluate, 8))).not.toEqual(Array.from(folds));
});

test('a table of few different rows is divided all the same', () => {
  const table = tableOf(400, 4, (id) => id === 0);
  for (const wanted of ['yes', 'no']) {
    const counts = perFold(table, contentFolds(table, evaluate, 7), wanted);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
  }
  const without = ['row_id'];
  const hashes = rowHashes(table, { purpose: 'split', seed: 7, without });
  expect(new Set(hashes).size).toBe(400);
  expect(
    new Set(
      rowHashes(
        tableOf(40, 4, () => true),
        { purpose: 'split', seed: 7, without },
      ),
    ).size,
  ).toBe(4);
});

test("the author's own folds are kept; a column that only happens to be called so is not taken for them", () => {
  const table = tableOf(100, 100, (id) => id % 2 === 0);
  const withFold = (value: (row: number) => number): Table => ({
    ...table,
    columns: [...table.columns, numbers('fold', 100, value)],
  });
  expect(
    Array.from(
      judgingFolds(
        withFold((row) => row % 5),
        evaluate,
        7,
      ).judges,
    ),
  ).toEqual(Array.from({ length: 100 }, (_, row) => row % 5));
  expect(
    judgingFolds(
      withFold((row) => row * 0.37),
      evaluate,
      7,
    ).judges,
  ).toEqual(contentFolds(table, evaluate, 7));
});
