import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Column, cellText, type Table } from '../data/index.ts';
import { rowDifference, tableDifference } from './index.ts';

const number = (name: string, values: readonly number[]): Column => ({
  name,
  type: 'number',
  values: Float64Array.from(values),
});
const text = (name: string, values: readonly (string | null)[]): Column => ({ name, type: 'text', values });
const table = (...columns: Column[]): Table => ({ rows: columns[0]!.values.length, columns });

/** Cells of few values, so that rows come more than once; texts that would run together without an end mark. */
const row = fc.tuple(
  fc.constantFrom('', 'a', 'aa', 'b', null),
  fc.constantFrom('', 'a', 'aa', null),
  fc.constantFrom(0, -0, 1, Number.NaN),
);
const rows = fc.array(row, { maxLength: 30 });
const tableOf = (all: readonly (readonly [string | null, string | null, number])[]) =>
  table(
    text(
      's',
      all.map(([s]) => s),
    ),
    text(
      't',
      all.map(([, t]) => t),
    ),
    number(
      'n',
      all.map(([, , n]) => n),
    ),
  );

test('rows are counted as a multiset counts them', () => {
  const naive = (before: Table, after: Table) => {
    const keys = (of: Table) =>
      Array.from({ length: of.rows }, (_, at) => JSON.stringify(of.columns.map((one) => cellText(one, at))));
    const left = keys(before);
    const added = keys(after).filter((key) => {
      const at = left.indexOf(key);
      if (at >= 0) left.splice(at, 1);
      return at < 0;
    });
    return { added: added.length, removed: left.length };
  };
  fc.assert(
    fc.property(rows, rows, (a, b) => {
      const [before, after] = [tableOf(a), tableOf(b)];
      expect(rowDifference(before, after, ['s', 't', 'n'])).toEqual(naive(before, after));
    }),
    { numRuns: 1000 },
  );
});

test('a hundred thousand different rows have a hundred thousand hashes', () => {
  const cells = Array.from({ length: 100_000 }, (_, at) => at);
  const before = table(number('n', cells), text('t', cells.map(String)));
  const after = table(
    number(
      'n',
      cells.map((at) => at + 100_000),
    ),
    text('t', cells.map(String)),
  );
  expect(rowDifference(before, after, ['n', 't'])).toEqual({ added: 100_000, removed: 100_000 });
  expect(rowDifference(before, after, ['t'])).toEqual({ added: 0, removed: 0 });
});

test('columns that came, went, or changed their type, and distributions that moved', () => {
  const many = Array.from({ length: 2000 }, (_, at) => at);
  const before = table(
    number('same', many),
    number(
      'moved',
      many.map((at) => at % 100),
    ),
    text(
      'carrier',
      many.map((at) => ['AA', 'DL'][at % 2]!),
    ),
    text(
      'id',
      many.map((at) => `row ${at}`),
    ),
    number('retyped', many),
    number('gone', many),
  );
  const after = table(
    number('same', many),
    number(
      'moved',
      many.map((at) => (at % 100) + 50),
    ),
    text(
      'carrier',
      many.map((at) => (at < 500 ? 'XX' : ['AA', 'DL'][at % 2]!)),
    ),
    text(
      'id',
      many.map((at) => `row ${at}`),
    ),
    text('retyped', many.map(String)),
    text(
      'new',
      many.map(() => null),
    ),
  );
  const { rows, content, columns, distributions, unmeasured } = tableDifference(before, after);
  expect(rows).toEqual({ before: 2000, after: 2000 });
  expect(content).toEqual({ added: 2000, removed: 2000 });
  expect(columns).toEqual({
    added: ['new'],
    removed: ['gone'],
    retyped: [{ column: 'retyped', before: 'number', after: 'text' }],
  });
  expect(
    distributions.map(({ column, moved, newCategories }) => `${column} ${moved} ${newCategories}`),
  ).toEqual(['moved true 0', 'carrier true 1', 'same false 0']);
  expect(unmeasured).toEqual(['id']);
});
