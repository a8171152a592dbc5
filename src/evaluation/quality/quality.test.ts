import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Cell, TableStream } from '../../data/index.ts';
import { parseModelFile } from '../../model/index.ts';
import { parseYaml } from '../../workspace/index.ts';
import { type Hash, hashNumber, hashText } from './cell-hash.ts';
import { DistinctCount } from './distinct.ts';
import {
  findingsOf,
  type Miss,
  overlapFindings,
  type ProfileOptions,
  profileTable,
  proposeSection,
  SplitOverlap,
} from './index.ts';
import { contentBits, headerSigns } from './personal.ts';
import { quantile, RowSample } from './row-sample.ts';
import { TextTwins } from './text-twins.ts';

/** A table of named columns, in batches of 100 rows. */
function tableOf(
  columns: Readonly<Record<string, readonly Cell[]>>,
  header = Object.keys(columns),
): TableStream {
  const names = Object.keys(columns);
  const rows = Object.values(columns)[0]!.length;
  const batches = Array.from({ length: Math.ceil(rows / 100) }, (_, batch) => ({
    first: batch * 100,
    rows: Math.min(100, rows - batch * 100),
    columns: names.map((name) => columns[name]!.slice(batch * 100, batch * 100 + 100)),
  }));
  const faults = names.map(() => ({ padded: 0, control: 0, paddedRows: [], controlRows: [] }));
  return { names, header, format: 'csv', mark: false, faults, batches };
}

const profile = (columns: Readonly<Record<string, readonly Cell[]>>, options: Partial<ProfileOptions> = {}) =>
  profileTable(tableOf(columns), { dataset: 'd.csv', ...options });
const column = (cells: readonly Cell[], name = 'x', options: Partial<ProfileOptions> = {}) =>
  profile({ [name]: cells }, options).columns[0]!;
const times = <T>(count: number, make: (at: number) => T): T[] =>
  Array.from({ length: count }, (_, at) => make(at));
/** Deterministic, evenly spread over [0, 1). */
const spread = (at: number): number => (at * 0.6180339887498949 + 0.1) % 1;

describe('columns', () => {
  test('moments and quantiles are those of the sorted numbers', () => {
    const numbers = fc.array(
      fc.oneof(fc.double({ min: -1e9, max: 1e9, noNaN: true }), fc.integer({ min: -5, max: 5 })),
      { minLength: 1, maxLength: 300 },
    );
    fc.assert(
      fc.property(numbers, (values) => {
        const found = column(values).numbers!;
        const sorted = values.toSorted((a, b) => a - b);
        const at = (share: number) => {
          const place = share * (sorted.length - 1);
          const [low, high] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
          return low * (1 - (place % 1)) + high * (place % 1);
        };
        const near = (a: number, b: number) =>
          expect(Math.abs(a - b)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(b)) + 1e-6);
        near(found.mean, sorted.reduce((sum, value) => sum + value, 0) / sorted.length);
        for (const [name, share] of [
          ['p1', 0.01],
          ['p5', 0.05],
          ['p25', 0.25],
          ['p50', 0.5],
          ['p75', 0.75],
          ['p95', 0.95],
          ['p99', 0.99],
        ] as const)
          near(found.quantiles[name], at(share));
        const unsigned = (value: number) => value + 0; // -0 and 0 are one number.
        expect([found.minimum, found.maximum].map(unsigned)).toEqual(
          [Math.min(...values), Math.max(...values)].map(unsigned),
        );
      }),
    );
  });

  test('different values are those of a Set, numbers by their value', () => {
    const cells = fc.array(
      fc.oneof(
        fc.constantFrom<Cell>(null, '1', '1.0', '01', 'a', 'A', 'true'),
        fc.string({ maxLength: 2 }).filter((text) => !/^[\d.+-]|^$|^\?$|^NA$/.test(text)),
        fc.integer({ min: 0, max: 3 }),
      ),
      { minLength: 1 },
    );
    fc.assert(
      fc.property(cells, (values) => {
        const numbers: Record<string, number> = { '1': 1, '1.0': 1, '01': 1, true: 1 };
        const want = new Set(
          values
            .filter((cell) => cell !== null)
            .map((cell) => (typeof cell === 'string' ? (numbers[cell] ?? cell) : cell)),
        );
        expect(column(values).distinct).toEqual({ count: want.size, exact: true });
        expect(column(values).nulls).toBe(values.filter((cell) => cell === null).length);
      }),
    );
  });

  test.each([
    [10_000, 20_000, true],
    [300_000, 20_000, false],
  ])('%i different values, counted exactly up to %i', (values, most, exact) => {
    const count = new DistinctCount(most);
    const hash: Hash = { low: 0, high: 0 };
    for (let at = 0; at < values * 2; at++) {
      if (at % 2) hashText(`value ${at % values}`, hash);
      else hashNumber((at % values) / 7, hash);
      count.add(hash.low, hash.high);
    }
    const found = count.result();
    expect(found.exact).toBe(exact);
    expect(Math.abs(found.count / values - 1)).toBeLessThan(exact ? 1e-9 : 0.03);
  });

  test('a long table is sampled evenly, the same each time', () => {
    const draw = () => {
      const [sample, kept] = [new RowSample(1000), new Int32Array(1000)];
      for (let batch = 0; batch < 100; batch++)
        for (const [at, place] of sample.places(1000).entries())
          if (place >= 0) kept[place] = batch * 1000 + at;
      return kept.sort();
    };
    const kept = draw();
    expect(kept).toEqual(draw());
    expect(new Set(kept).size).toBe(1000);
    for (const share of [0.25, 0.5, 0.75])
      expect(Math.abs(quantile(kept, share) / 100_000 - share)).toBeLessThan(0.05);
  });

  test.each([
    ['numbers', ['1', '2.5', null], 'number'],
    ['integers', ['3', '-4'], 'integer'],
    ['flags', ['true', 'FALSE', '1'], 'boolean'],
    ['dates', times(40, (at) => (at === 7 ? 'soon' : `2001-01-${10 + (at % 20)}`)), 'date'],
    ['categories', ['a', 'b', '3'], 'category'],
    ['sentences', [`${'word '.repeat(20)}a`, `${'word '.repeat(20)}b`], 'text'],
    ['nothing', [null, null], 'empty'],
  ])('%s have their type', (_what, cells, type) => expect(column(cells).type).toBe(type));

  test.each<[string, Cell[], unknown]>([
    [
      'a word among numbers',
      times(100, (at) => (at === 30 ? 'n/a' : `${at}`)),
      { form: 'text', among: 'numbers', count: 1, rows: [31] },
    ],
    [
      'a number among words',
      times(100, (at) => (at === 30 ? '7' : 'abc'[at % 3]!)),
      { form: 'integer', among: 'texts', count: 1, rows: [31] },
    ],
    [
      'no date among dates',
      times(100, (at) => (at === 30 ? 'soon' : '2001-01-01')),
      { form: 'text', among: 'dates', count: 1, rows: [31] },
    ],
    ['half and half', times(100, (at) => (at % 2 ? '7' : 'a')), undefined],
  ])('%s is seen', (_what, cells, mixed) => expect(column(cells).mixed).toEqual(mixed));
});

describe('personal columns', () => {
  test.each([
    ['ada@example.org', 'e-mail'],
    ['+44 20 7946 0958', 'phone'],
    ['(212) 555-0142', 'phone'],
    ['4111 1111 1111 1111', 'credit card'],
    ['GB82 WEST 1234 5698 7654 32', 'IBAN'],
    ['192.0.2.17', 'IP address'],
    ['2001:db8::1', 'IP address'],
    ['00:1B:44:11:3A:B7', 'MAC address'],
    ['078-05-1120', 'national id (US social security)'],
    ['12345678Z', 'national id (ES DNI)'],
    ['529.982.247-25', 'national id (BR CPF)'],
    ['111222333', 'national id (NL BSN)'],
    ['44051401359', 'national id (PL PESEL)'],
    ['AB123456C', 'national id (GB national insurance)'],
    ['RSSMRA85T10A562S', 'national id (IT codice fiscale)'],
    ['1 84 12 76 451 089 46', 'national id (FR NIR)'],
  ])('%s is a value of %s', (value, kind) => {
    const { personal, ...rest } = column(
      times(20, () => value),
      'x',
      { shown: ['x'] },
    );
    expect(personal.map((sign) => sign.kind)).toContain(kind);
    expect(personal.every(({ by, share }) => by === 'content' && share === 1)).toBe(true);
    // Wherever a column looks personal, no value of it leaves.
    expect(JSON.stringify(rest)).not.toContain(value.slice(0, 6));
  });

  test.each([
    '2001-01-31',
    '2001-01-31T10:00:00Z',
    '4111111111111112',
    'GB82WEST12345698765433',
    '1.2.3',
    '12345678A',
    'a@b',
    '123456789.123',
    '20010131-123456',
    `${'a'.repeat(300)}@example.org`,
  ])('%s is none of them', (value) => expect(contentBits(value)).toBe(0));

  test.each<[string, string | null]>([
    ['customerFirstName', 'name'],
    ['E-Mail', 'e-mail'],
    ['Téléphone', 'phone'],
    ['home_address', 'address'],
    ['ip_address', 'IP address'],
    ['DOB', 'date of birth'],
    ['ssn', 'national id'],
    ['card_number', 'bank'],
    ['latitude', 'location'],
    ['airport_name', null],
    ['distance', null],
    ['tenure', null],
    ['description', null],
    ['embryo', null],
    ['birth_weight', null],
    ['ethnicity', 'special category'],
    ['GeburtsDatum', 'date of birth'],
  ])('the header %s says %s', (name, kind) =>
    expect(headerSigns(name, false).map((sign) => sign.kind)).toEqual(kind === null ? [] : [kind]),
  );
});

describe('rows', () => {
  const base = times(200, (at) => ({ a: at, b: spread(at), c: `text ${at}` }));
  const columns = (rows: readonly { a: number; b: number; c: string }[]) => ({
    a: rows.map(({ a }) => a),
    b: rows.map(({ b }) => b),
    c: rows.map(({ c }) => c),
  });

  test('a row that stood before is found whatever its id is, and whatever order the columns have', () => {
    const table = columns([...base, base[3]!, base[7]!]);
    const found = profile({ row_id: times(202, (at) => at), ...table }).duplicates;
    expect(found).toEqual({ count: 2, rows: [201, 202], without: ['row_id'], exact: true });
    const across = new SplitOverlap();
    profile(table, { dataset: 'train.csv', across });
    profile(
      { c: table.c.slice(0, 9), a: table.a.slice(0, 9), b: table.b.slice(0, 9) },
      { dataset: 'test.csv', across },
    );
    expect(across.overlaps()).toMatchObject([
      { part: 'test.csv', other: 'train.csv', equal: 9, near: 0, of: 9 },
    ]);
  });

  test('swapped cells are another row', () => {
    expect(profile({ a: ['1', '2'], b: ['2', '1'] }).duplicates.count).toBe(0);
    expect(profile({ a: ['x', null], b: [null, 'x'] }).duplicates.count).toBe(0);
  });

  test('rows of the test part that training has too are an error, nearly equal ones a doubt', () => {
    const rows = [
      ...base,
      ...base.slice(0, 10),
      ...base.slice(20, 30).map(({ a, b, c }) => ({ a, b: b + 1e-9, c: c.toUpperCase() })),
    ];
    const split = rows.map((_, at) => (at < 200 ? 'train' : 'test'));
    const { overlaps } = profile({ split, ...columns(rows) });
    expect(overlaps).toEqual([
      { part: 'test', other: 'train', equal: 10, near: 10, of: 20, rows: [201, 202, 203, 204, 205] },
    ]);
    expect(overlapFindings('d.csv', overlaps).map(({ severity, count }) => [severity, count])).toEqual([
      ['error', 10],
      ['doubt', 10],
    ]);
  });

  test('long texts that differ in a word are twins, others are not', () => {
    const words = (from: number) => times(60, (at) => `w${Math.floor(spread(from * 100 + at) * 5000)}`);
    const twins = new TextTwins();
    for (let at = 0; at < 50; at++) twins.add('train', at + 1, words(at).join(' '));
    twins.add('test', 1, words(7).join(' '));
    twins.add('test', 2, words(8).with(30, 'changed').join(' '));
    twins.add('test', 3, words(99).join(' '));
    expect(twins.twins()).toEqual([{ part: 'test', other: 'train', count: 1, rows: [2] }]);
  });
});

describe('the label', () => {
  const rows = 2000;
  const late = times(rows, (at) => (spread(at) > 0.7 ? 'yes' : 'no'));
  const noise = times(rows, (at) => spread(at * 7 + 3));
  const features: Record<string, Cell[]> = {
    copy: late.map((value) => (value === 'yes' ? 'L' : 'E')),
    threshold: late.map((value, at) => (value === 'yes' ? 10 : 0) + noise[at]!),
    folded: late.map((value, at) => (value === 'yes' ? 0 : at % 2 ? 5 : -5) + noise[at]!),
    missing: late.map((value) => (value === 'yes' ? null : 'there')),
    id: times(rows, (at) => `id ${at}`),
    useful: late.map((value, at) => (value === 'yes' ? 0.3 : 0) + noise[at]!),
    noise,
  };

  test('what tells it alone is named; ids and honest features are not', () => {
    const { doubles, label } = profile({ late, ...features }, { label: 'late', shown: ['late'] });
    expect(doubles.map(({ column, measure }) => [column, measure])).toEqual([
      ['copy', 'auc'],
      ['threshold', 'auc'],
      ['folded', 'auc'],
      ['missing', 'auc'],
    ]);
    expect(doubles.every(({ value }) => value >= 0.99)).toBe(true);
    expect(label!.classes.map(({ value }) => value)).toEqual(['no', 'yes']);
  });

  test('a number is told by what it was made of', () => {
    const price = times(rows, (at) => spread(at) * 1000);
    const found = profile(
      { price, net: price.map((value) => value / 1.19), id: features.id!, noise },
      { label: 'price' },
    );
    expect(found.doubles.map(({ column, measure }) => [column, measure])).toEqual([['net', 'explained']]);
  });
});

describe('expectations', () => {
  const cells: Record<string, Cell[]> = {
    age: ['34', '-1', '200', null, 'old'],
    plan: ['basic', 'pro', 'gold', 'basic', 'gold'],
    id: ['a', 'b', 'a', 'c', 'b'],
    when: ['2001-05-01', '2001-12-31T23:00:00Z', '2002-01-01', 'soon', null],
  };
  const misses = (
    line: string,
    options: Partial<ProfileOptions> = {},
  ): Pick<Miss, 'expected' | 'count' | 'rows' | 'values'>[] => {
    const yaml = `task: regression\noutput: {name: y}\ninputs: [{name: a, type: number}]\ndata:\n  expectations:\n    - ${line}\n`;
    const { data } = parseModelFile(parseYaml(yaml, 'model.yaml'));
    return profile(cells, { expectations: data!.expectations!, ...options }).misses.map(
      ({ expected, count, rows, values }) => ({ expected, count, rows, ...(values ? { values } : {}) }),
    );
  };

  test.each<[string, unknown[]]>([
    ['{column: age, type: number}', [{ expected: 'type number', count: 1, rows: [5] }]],
    [
      '{column: age, type: integer, at-least: 0, at-most: 120}',
      [
        { expected: 'type integer', count: 1, rows: [5] },
        { expected: 'at least 0', count: 1, rows: [2] },
        { expected: 'at most 120', count: 1, rows: [3] },
      ],
    ],
    ['{column: age, nulls-at-most: 0.1}', [{ expected: 'missing in at most 10 %', count: 1, rows: [] }]],
    ['{column: age, nulls-at-most: 0.2}', []],
    [
      '{column: plan, one-of: [basic, pro]}',
      [{ expected: 'one of the 2 values listed', count: 2, rows: [3, 5] }],
    ],
    ['{column: id, unique: true}', [{ expected: 'unique', count: 2, rows: [3, 5] }]],
    ['{column: plan, matches: "[a-z]{4,5}"}', [{ expected: 'matches [a-z]{4,5}', count: 1, rows: [2] }]],
    [
      '{column: when, type: date, at-most: "2001-12-31"}',
      [
        { expected: 'type date', count: 1, rows: [4] },
        { expected: 'at most 2001-12-31', count: 1, rows: [3] },
      ],
    ],
    [
      '{column: plan, value: gold, share-at-most: 0.3}',
      [{ expected: 'one value in at most 30 %', count: null, rows: [] }],
    ],
    ['{column: plan, value: gold, share-at-least: 0.4, share-at-most: 0.4}', []],
    [
      '{column: plan, distinct-at-most: 2}',
      [{ expected: 'at most 2 different values', count: null, rows: [] }],
    ],
    [
      '{dataset: d.csv, rows-at-least: 6, duplicates-at-most: 0}',
      [{ expected: 'at least 6 rows', count: null, rows: [] }],
    ],
    [
      '{dataset: d.csv, column: gone, type: number}',
      [{ expected: 'a column of this name', count: null, rows: [] }],
    ],
    ['{dataset: other.csv, column: age, at-least: 100}', []],
  ])('%s', (line, want) => expect(misses(line)).toEqual(want));

  test('values are told of public columns alone, and never where they look personal', () => {
    expect(misses('{column: plan, one-of: [basic]}', { shown: ['plan'] })).toEqual([
      { expected: 'one of the value listed', count: 3, rows: [2, 3, 5], values: ['pro', 'gold'] },
    ]);
  });

  test('a public column that looks personal tells no value either', () => {
    const made = { contact: times(20, (at) => `p${at}@example.org`) };
    const expectations = [{ column: 'contact', 'one-of': ['nobody'] }];
    const found = profile(made, { shown: ['contact'], label: 'contact', withValues: true, expectations });
    expect(found.misses[0]!.count).toBe(20);
    expect(JSON.stringify(found)).not.toContain('@example');
  });

  test('a proposal is met by the data that it was made of, and tells no personal value', () => {
    const value = fc.oneof(
      fc.double({ noNaN: true, min: -1e6, max: 1e6 }),
      fc.integer(),
      fc.constantFrom('a', 'b', 'ada@example.org', '2001-02-03', 'true'),
      fc.constant(null),
    );
    const table = fc.array(fc.tuple(value, value, fc.constantFrom('x', 'y', 'z')), {
      minLength: 1,
      maxLength: 60,
    });
    fc.assert(
      fc.property(table, (rows) => {
        const made: Record<string, Cell[]> = {
          a: rows.map(([a]) => a),
          email: rows.map(([, b]) => (b === null ? null : `m${b}@example.org`)),
          c: rows.map(([, , c]) => c),
        };
        const section = proposeSection([profile(made, { withValues: true })]);
        expect(JSON.stringify(section)).not.toContain('@example.org"');
        const again = profile(made, { expectations: section.expectations! });
        expect(again.misses).toEqual([]);
        expect(
          findingsOf(again, section.personal?.columns ?? []).filter(({ severity }) => severity === 'error'),
        ).toEqual([]);
      }),
    );
  });
});
