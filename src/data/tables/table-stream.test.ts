import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { type Cell, numberOf, readTable, streamTable, type TableStream } from '../index.ts';

const folder = mkdtempSync(join(tmpdir(), 'lockstep-stream-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const write = (content: string | Buffer): string => {
  const path = join(folder, 'table.csv');
  writeFileSync(path, content);
  return path;
};

function columnsOf(stream: TableStream): Cell[][] {
  const columns: Cell[][] = stream.names.map(() => []);
  for (const batch of stream.batches) {
    for (const [at, cells] of batch.columns.entries()) columns[at]!.push(...Array.from(cells));
  }
  return columns;
}

const cell = fc.oneof(
  fc.constantFrom('', 'NA', '?', 'true', '0', '-1.5', '1e3', 'a b', ' x ', 'é', '2001-01-31'),
  fc.string({ maxLength: 6 }).filter((text) => !/["\u0000-\u001f\u007f]/.test(text)),
  fc.constantFrom('a,b', 'say "hi"', 'two\nlines').map((text) => `"${text.replaceAll('"', '""')}"`),
);

test('a table in batches is the table that training reads, whatever quotes, blanks and line ends it has', async () => {
  const rows = fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(rows, fc.constantFrom('\n', '\r\n'), fc.boolean(), async (cells, newline, last) => {
      const lines = [
        'one,two',
        ...cells.map(
          ([a, b]) =>
            `${a.replaceAll(',', a.startsWith('"') ? ',' : ';')},${b.replaceAll(',', b.startsWith('"') ? ',' : ';')}`,
        ),
      ];
      const path = write(lines.join(newline) + (last ? newline : ''));
      const table = await readTable(path);
      const streamed = columnsOf(await streamTable(path));
      for (const [at, column] of table.columns.entries()) {
        const texts = streamed[at]!;
        const want = column.type === 'text' ? column.values : Array.from(column.values);
        const got =
          column.type === 'text'
            ? texts
            : texts.map((text) => (text === null ? Number.NaN : numberOf(text as string)));
        expect(got).toEqual(want);
      }
    }),
    { numRuns: 100 },
  );
});

test('records that lie across chunks of 4 MB are whole', async () => {
  const text = `"é ${'long, '.repeat(40)}\n"`;
  const path = write(`n,text\n${Array.from({ length: 40_000 }, (_, row) => `${row},${text}`).join('\n')}\n`);
  const [numbers, texts] = columnsOf(await streamTable(path));
  expect(numbers).toEqual(Array.from({ length: 40_000 }, (_, row) => String(row)));
  expect(new Set(texts)).toEqual(new Set([text.slice(1, -1)]));
});

test('headers and cells tell what the reader would drop', async () => {
  const stream = await streamTable(write('\ufeff,a,a\n1, x,"b\rc"\n2,y ,z\n'));
  const columns = columnsOf(stream);
  expect({
    names: stream.names,
    header: stream.header,
    mark: stream.mark,
    faults: stream.faults,
    columns,
  }).toEqual({
    names: ['column_1', 'a', 'a_3'],
    header: ['', 'a', 'a'],
    mark: true,
    faults: [
      { padded: 0, control: 0, paddedRows: [], controlRows: [] },
      { padded: 2, control: 0, paddedRows: [1, 2], controlRows: [] },
      { padded: 0, control: 1, paddedRows: [], controlRows: [1] },
    ],
    columns: [
      ['1', '2'],
      ['x', 'y'],
      ['b\rc', 'z'],
    ],
  });
});

test.each([
  ['a ragged row', 'a,b\n1,2\n3\n', 'E_TABLE_FORMAT: a row of 1 cell in t.csv:3'],
  ['a quote never closed', 'a,b\n1,"2\n', 'E_TABLE_FORMAT: a quote that is never closed in t.csv:2'],
  [
    'a quote inside',
    'a,b\n1,2"3\n',
    'E_TABLE_FORMAT: a quote inside a cell that does not begin with one in t.csv:2',
  ],
  ['text after a quote', 'a,b\n"1"2,3\n', 'E_TABLE_FORMAT: text after a closing quote in t.csv:2'],
  ['no rows', 'a,b\n', 'E_TABLE_EMPTY: a header and no rows'],
  ['nothing', ' \n', 'E_TABLE_EMPTY: an empty file'],
  ['a ZIP archive', 'PK\u0003\u0004', 'E_TABLE_FORMAT: a ZIP archive'],
  ['NUL', 'a\n\u0000\n', 'E_TABLE_FORMAT: a NUL byte'],
  ['other bytes than UTF-8', Buffer.from([97, 10, 0xff, 10]), 'E_TABLE_FORMAT: bytes that are not UTF-8'],
])('%s is refused', async (_what, content, message) => {
  const read = async () => columnsOf(await streamTable(write(content), 't.csv'));
  await expect(read()).rejects.toThrow(message);
});
