import { xorshift128plus } from 'pure-rand/generator/xorshift128plus';
import { describe, expect, test } from 'vitest';
import schema from '../../docs/schemas/monitor.json' with { type: 'json' };
import type { Column, NumberColumn, Table, TextColumn } from '../data/index.ts';
import { checkSchema, parseJson } from '../workspace/index.ts';
import { neededViolations } from './alerts.ts';
import { type MonitorInput, monitor } from './monitor.ts';
import { renderText } from './monitor-text.ts';

interface Month {
  readonly month: string;
  readonly rows: number;
  readonly skill: number;
  readonly shift?: number;
  readonly city?: string;
}

/** Rows whose score knows the label as well as `skill` says, seeded. */
function flights(months: readonly Month[]): Table {
  const next = random(7);
  const cells = months.flatMap(({ month, rows, skill, shift = 0, city }) =>
    Array.from({ length: rows }, (_, row) => {
      const late = next() < 0.3 ? 1 : 0;
      return {
        date: `${month}-${String(1 + (row % 28)).padStart(2, '0')}T08:00`,
        distance: 500 + shift + 400 * (next() - 0.5),
        city: row % 10 === 0 && city !== undefined ? city : ['Oslo', 'Rome', 'Lima'][row % 3]!,
        late,
        score: 1 / (1 + Math.exp(-(skill * (late - 0.5) + 2 * (next() + next() - 1)))),
      };
    }),
  );
  return {
    rows: cells.length,
    columns: [
      { name: 'row_id', type: 'number', values: Float64Array.from(cells, (_, row) => row) },
      { name: 'date', type: 'text', values: cells.map(({ date }) => date) },
      { name: 'distance', type: 'number', values: Float64Array.from(cells, ({ distance }) => distance) },
      { name: 'city', type: 'text', values: cells.map(({ city }) => city) },
      { name: 'late', type: 'number', values: Float64Array.from(cells, ({ late }) => late) },
      { name: 'score', type: 'number', values: Float64Array.from(cells, ({ score }) => score) },
    ],
  };
}

const withColumn = (table: Table, column: Column): Table => ({
  ...table,
  columns: table.columns.map((found) => (found.name === column.name ? column : found)),
});

function random(seed: number): () => number {
  const generator = xorshift128plus(seed);
  return () => (generator.next() >>> 0) / 2 ** 32;
}

const training = flights([{ month: '2001-01', rows: 3000, skill: 1 }]);
const later = flights([
  { month: '2001-03', rows: 2000, skill: 1 },
  { month: '2001-04', rows: 2000, skill: 0.3, shift: 150 },
  { month: '2001-05', rows: 2000, skill: 0.2, shift: 150, city: 'Atlantis' },
]);

const input: MonitorInput = {
  model: 'flights',
  version: 'v1.1.0',
  task: 'binary-classification',
  target: 'late',
  positive: '1',
  rowId: 'row_id',
  training,
  inputs: [
    { name: 'date', type: 'date' },
    { name: 'distance', type: 'number' },
    { name: 'city', type: 'category', public: true },
  ],
  gate: { roc_auc: { value: 0.72, low: 0.7, high: 0.74 } },
  seen: later,
  time: 'date',
  predictions: later,
  outcomes: later,
};

describe('monitor', () => {
  const report = monitor(input);

  test('shows decay, drift and values never seen, and alerts on two of few months', () => {
    expect(renderText(report)).toMatchInlineSnapshot(`
      "flights v1.1.0 on 3 months after its training

                   rows  label rate  ROC AUC    95 % interval  most drift      new values
        reference            30.4 %   0.7200
        2001-03    2000      30.6 %   0.8036  0.7829 – 0.8228  distance 0.001
        2001-04    2000      30.3 %   0.6217  0.5952 – 0.6475  distance 2.850
        2001-05    2000      30.9 %   0.5654  0.5384 – 0.5921  distance 2.817  city 1

      ! ROC AUC was worse than at the gate by more than 0.01 in 2 of 3 months (2 are enough): 2001-04, 2001-05.
      ! distance drifted (stability index over 0.2) in 2 of 3 months (2 are enough): 2001-04, 2001-05."
    `);
  });

  test('is what its schema says, and no number is lost in JSON', () => {
    const parsed = parseJson(JSON.stringify(report), 'monitor.json');
    expect(checkSchema(parsed, schema)).toEqual(report);
  });

  test('judges by months whose truth is known and keeps the others for drift', () => {
    const late = later.columns[4] as NumberColumn;
    const known = withColumn(later, {
      ...late,
      values: late.values.map((value, row) => (row < 2500 ? value : Number.NaN)),
    });
    const months = monitor({ ...input, outcomes: known }).months;
    expect(months.map(({ month, rows, outcomes }) => [month, rows, outcomes])).toEqual([
      ['2001-03', 2000, 2000],
      ['2001-04', 2000, 500],
      ['2001-05', 2000, 0],
    ]);
    expect(months[2]).toMatchObject({ metrics: {}, labelRate: null });
    const { alerts } = monitor({ ...input, outcomes: null });
    expect(alerts.map(({ kind, subject }) => [kind, subject])).toEqual([['drift', 'distance']]);
  });

  test('keeps values to itself unless the column is public', () => {
    const hidden = monitor({ ...input, inputs: input.inputs.map(({ name, type }) => ({ name, type })) });
    expect(hidden.months[2]!.newCategories).toEqual([{ column: 'city', rows: 200, levels: 1, examples: [] }]);
    expect(report.months[2]!.newCategories).toEqual([
      { column: 'city', rows: 200, levels: 1, examples: ['Atlantis'] },
    ]);
  });

  test('finds the score drifted before any outcome is known', () => {
    const column = later.columns.at(-1)!;
    const gateScores = Float64Array.from(column.values as Float64Array, (score) => score / 2);
    const { drift } = monitor({ ...input, gateScores, outcomes: null }).months[0]!;
    expect(drift.at(-1)).toMatchObject({ column: 'score', method: 'wasserstein', drifted: true });
  });

  test('refuses rows without a date', () => {
    const dates = later.columns[1] as TextColumn;
    const undated = withColumn(later, {
      ...dates,
      values: dates.values.map((date, row) => (row === 3 ? null : date)),
    });
    expect(() => monitor({ ...input, seen: undated })).toThrow(
      'E_MONITOR_DATA: row 3 has no date in "date" (missing) — ISO 8601 dates, such as 2001-03-14. Fix: name a date column as monitor.time, or mend it in the prepare stage.',
    );
  });
});

test('the share of violations that is enough holds for few windows too', () => {
  const rules = { windows: 5, violations: 2 };
  expect([1, 2, 3, 4, 5, 9].map((windows) => neededViolations(windows, rules))).toEqual([1, 1, 2, 2, 2, 2]);
});
