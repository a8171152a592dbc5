import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { expect, test } from 'vitest';
import { digestOf } from '../../workspace/index.ts';
import { cellText, column, readTable, selectRows, type Table, writeParquet } from '../index.ts';
import { messageOf, testWorkspace } from '../test-workspace.ts';
import { parseCsv } from './csv-table.ts';

const csv = (text: string, extension = '.csv') => parseCsv(Buffer.from(text), `t${extension}`, extension);
const shown = (table: Table) =>
  table.columns.map(
    (item) =>
      `${item.name} ${item.type}: ${Array.from({ length: table.rows }, (_, row) => cellText(item, row) ?? '-').join(' | ')}`,
  );

test('types are inferred from all cells, and missing has its texts', async () => {
  const table = await csv(
    'n,t,b,big,d,m,mixed\n1,x,true,9007199254740993,2001-01-31,NA,1\n-.5e3,NA,FALSE,1,2001-02-01,,two\n?,null, True ,2,N/A,NaN,3\n',
  );
  expect(shown(table).join('\n')).toMatchInlineSnapshot(`
    "n number: 1 | -500 | -
    t text: x | - | -
    b number: 1 | 0 | 1
    big text: 9007199254740993 | 1 | 2
    d text: 2001-01-31 | 2001-02-01 | -
    m number: - | - | -
    mixed text: 1 | two | 3"
  `);
});

test('delimiters, quotes, byte order mark, CRLF, blank lines and nameless columns', async () => {
  const tables = await Promise.all([
    csv('a;b\r\n1;x,y\r\n\r\n'),
    csv('a\tb\n1\tx\n', '.tsv'),
    csv('\ufeff"a","b, c"\n"1","say ""hi""\nthere"\n\n'),
    csv(',a\n0,x\n1,y\n'),
    csv('a,b\r1,2\r'),
    csv('\n\n a , b \n 1 , x y \n'),
  ]);
  expect(tables.map((table) => shown(table).join('; ')).join('\n')).toMatchInlineSnapshot(`
    "a number: 1; b text: x,y
    a number: 1; b text: x
    a number: 1; b, c text: say "hi"
    there
    column_1 number: 0 | 1; a text: x | y
    a number: 1; b number: 2
    a number: 1; b text: x y"
  `);
});

test('a column that turns to text late keeps every cell as it was written', async () => {
  const cells = Array.from({ length: 3000 }, (_, index) => `00${index}`);
  for (const quote of ['', '"']) {
    const table = await csv(`a,b\n${cells.map((cell) => `${quote}${cell}${quote},1`).join('\n')}\nlate,1\n`);
    expect(column(table, 'a')).toEqual({ name: 'a', type: 'text', values: [...cells, 'late'] });
    expect(column(table, 'b').type).toBe('number');
  }
});

const cell = fc.oneof(
  fc.double().map(String),
  fc.integer().map(String),
  fc.constantFrom(
    '',
    'NA',
    '?',
    'true',
    'x',
    '1.',
    '.5',
    '-',
    '+3',
    '1e5',
    '0x10',
    '1e400',
    '-0',
    '007',
    'Infinity',
    ' 1 ',
    'é',
  ),
  fc.stringMatching(/^[0-9]{1,20}\.[0-9]{0,20}$/),
);

test('the fast reader and csv-parse read alike, and numbers are the nearest doubles', async () => {
  const rows = fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(rows, async (made) => {
      const lines = made.map(([a, b]) => `${a},${b},z`).join('\n');
      const fast = await csv(`a,b,c\n${lines}\n`);
      const quoted = await csv(`"a",b,c\n${lines}\n`);
      expect(fast).toEqual(quoted);
      const first = column(fast, 'a');
      if (first.type !== 'number') return;
      for (const [row, [text]] of made.entries()) {
        if (/\d/.test(text)) expect(first.values[row]).toBe(Number(text));
      }
    }),
    { numRuns: 1000 },
  );
});

test('Parquet gives the table back, and the same bytes every time', async () => {
  const { root } = testWorkspace();
  const table: Table = {
    rows: 4,
    columns: [
      { name: 'n', type: 'number', values: Float64Array.of(1, -0.1, Number.NaN, 1e300) },
      { name: 't', type: 'text', values: ['1', null, '', 'ü🙂'] },
      { name: 'i', type: 'number', values: Float64Array.of(1, 2, 3, 4) },
    ],
  };
  await writeParquet(join(root, 'a.parquet'), table);
  expect(await readTable(join(root, 'a.parquet'))).toEqual(table);
  const bytes = readFileSync(join(root, 'a.parquet'));
  expect(digestOf(bytes)).toMatchInlineSnapshot(
    `"sha256:0370e511b09ba0961dd22301530adc8a35a399e0b359b21207ce8acd1a45988d"`,
  );
  writeFileSync(join(root, 'object'), bytes);
  expect((await readTable(join(root, 'object'))).rows).toBe(4);
});

test("other writers' Parquet: times as ISO text, booleans, large integers, several row groups", async () => {
  const { root } = testWorkspace();
  const file = join(root, 'b.parquet');
  const columnData = [
    {
      name: 'at',
      data: [new Date('2001-01-31T06:30:00Z'), null, new Date('2001-01-31T06:30:00.250Z')],
      type: 'TIMESTAMP' as const,
    },
    { name: 'yes', data: [true, false, null], type: 'BOOLEAN' as const },
    { name: 'id', data: [1n, 2n, 3n], type: 'INT64' as const },
    { name: 'big', data: [9007199254740993n, 2n, null], type: 'INT64' as const },
    { name: 'f', data: [0.5, Number.NaN, null], type: 'FLOAT' as const },
  ];
  writeFileSync(file, new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize: 2 })));
  expect(shown(await readTable(file)).join('\n')).toMatchInlineSnapshot(`
    "at text: 2001-01-31T06:30:00Z | - | 2001-01-31T06:30:00.25Z
    yes number: 1 | 0 | -
    id number: 1 | 2 | 3
    big text: 9007199254740993 | 2 | -
    f number: 0.5 | - | -"
  `);
});

test('what is no table gets its own error with the line', async () => {
  const { root } = testWorkspace();
  const infinite = parquetWriteBuffer({
    columnData: [{ name: 'x', data: [1, Number.POSITIVE_INFINITY], type: 'DOUBLE' }],
  });
  const nested = parquetWriteBuffer({
    columnData: [{ name: 'x', data: [[1], [2]] }],
    schema: [
      { name: 'root', num_children: 1 },
      { name: 'x', num_children: 1, converted_type: 'LIST', repetition_type: 'OPTIONAL' },
      { name: 'list', num_children: 1, repetition_type: 'REPEATED' },
      { name: 'element', type: 'DOUBLE', repetition_type: 'OPTIONAL' },
    ],
  });
  const files: Record<string, string | Uint8Array> = {
    'empty.csv': '',
    'blank.csv': '\n \n',
    'header.csv': 'a,b\n',
    'ragged.csv': 'a,b\n1,2\n1,2,3\n',
    'ragged-quoted.csv': 'a,b\n"1",2\n1\n',
    'twice.csv': 'a,b,a\n1,2,3\n',
    'open-quote.csv': 'a,b\n"1,2\n3,4\n',
    'latin.csv': Buffer.from('a\nx\ncaf\xe9\n', 'latin1'),
    'utf16.csv': Buffer.from('\ufeffa,b\n1,2\n', 'utf16le'),
    'sheet.csv': 'PK\u0003\u0004',
    'packed.csv': Buffer.from([0x1f, 0x8b, 8, 0]),
    'nul.csv': 'a\n1\0\n',
    'not.parquet': 'a,b\n1,2\n',
    'cut.parquet': Buffer.from('PAR1 and then nothing'),
    'infinite.parquet': new Uint8Array(infinite),
    'nested.parquet': new Uint8Array(nested),
  };
  const messages: string[] = [await messageOf(() => readTable(join(root, 'none.csv'), 'none.csv'))];
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(root, name), content);
    messages.push(await messageOf(() => readTable(join(root, name), name)));
  }
  const table = await csv('contract,region\na,b\n');
  messages.push(await messageOf(() => column(table, 'contrat')));
  expect(messages.join('\n')).toMatchInlineSnapshot(`
    "E_DATA_MISSING: cannot read none.csv (ENOENT) — a CSV, TSV or Parquet file. Fix: correct the path.
    E_TABLE_EMPTY: an empty file in empty.csv — a header line and at least one row. Fix: check the export that made it.
    E_TABLE_EMPTY: an empty file in blank.csv — a header line and at least one row. Fix: check the export that made it.
    E_TABLE_EMPTY: a header and no rows in header.csv — a header line and at least one row. Fix: check the export that made it.
    E_TABLE_FORMAT: a row of 3 cells in ragged.csv:3 — 2 cells, as the header has. Fix: mend this line (a cell that holds the delimiter needs quotes).
    E_TABLE_FORMAT: a row of 1 cell in ragged-quoted.csv:3 — 2 cells, as the header has. Fix: mend this line (a cell that holds the delimiter needs quotes).
    E_TABLE_COLUMN: column "a" stands twice, at positions 1 and 3 in twice.csv:1 — one name a column. Fix: rename one of them.
    E_TABLE_FORMAT: Quote Not Closed: the parsing is finished with an opening quote in open-quote.csv:3 — CSV as RFC 4180 has it. Fix: mend the quotes on this line.
    E_TABLE_FORMAT: bytes that are not UTF-8 in latin.csv:3 — CSV or TSV in UTF-8, or Parquet. Fix: export the table as CSV (UTF-8) or Parquet.
    E_TABLE_FORMAT: UTF-16 text in utf16.csv — CSV or TSV in UTF-8, or Parquet. Fix: export the table as CSV (UTF-8) or Parquet.
    E_TABLE_FORMAT: a ZIP archive, as spreadsheets are in sheet.csv — CSV or TSV in UTF-8, or Parquet. Fix: export the table as CSV (UTF-8) or Parquet.
    E_TABLE_FORMAT: a gzip file in packed.csv — CSV or TSV in UTF-8, or Parquet. Fix: export the table as CSV (UTF-8) or Parquet.
    E_TABLE_FORMAT: a NUL byte in nul.csv:2 — CSV or TSV in UTF-8, or Parquet. Fix: export the table as CSV (UTF-8) or Parquet.
    E_TABLE_FORMAT: a file that is not Parquet in not.parquet — Parquet, which begins with PAR1. Fix: give the file its true extension, or write it again.
    E_TABLE_FORMAT: a Parquet file that cannot be read (parquet file invalid (footer != PAR1)) in cut.parquet — a whole Parquet file. Fix: write or fetch the file again.
    E_TABLE_VALUE: an infinite number in column "x", row 2 in infinite.parquet — finite numbers, or missing. Fix: write it as missing, or as a number.
    E_TABLE_FORMAT: column "x" holds lists or records in nested.parquet — columns of numbers, texts, dates or booleans. Fix: flatten the column, or leave it out.
    E_TABLE_COLUMN: no column "contrat" — contract, region. Fix: did you mean "contract"?"
  `);
});

test('rows are selected in the order asked for', async () => {
  const table = await csv('a,b\n1,x\n2,\n3,z\n');
  expect(shown(selectRows(table, [2, 1, 1]))).toEqual(['a number: 3 | 2 | 2', 'b text: z | - | -']);
});
