import { mkdirSync } from 'node:fs';
import type { ErrorCode } from '../../src/workspace/index.ts';
import type { BadInput } from './bad-input.ts';
import { rowsCsv } from './repository.ts';

const init = (target: string, ...more: string[]) => [
  ...['init', 'new', '--data', 'table.csv', '--target', target],
  ...more,
];
const table = (
  name: string,
  code: ErrorCode,
  content: string | Uint8Array,
  command: readonly string[] = init('y'),
): BadInput => ({ name, code, command, given: (repository) => repository.write('table.csv', content) });

const pairs = (count: number, y: (row: number) => string): string =>
  `x,y\n${Array.from({ length: count }, (_, row) => `${row},${y(row)}`).join('\n')}\n`;

/** A stranger's table, as `init` meets it. */
export const tables: readonly BadInput[] = [
  { name: 'a table that is not there', command: init('y'), code: 'E_DATA_MISSING' },
  {
    name: 'a folder',
    given: (repository) => mkdirSync(repository.path('table.csv')),
    command: init('y'),
    code: 'E_DATA_MISSING',
  },
  table('an empty table', 'E_TABLE_EMPTY', ''),
  table('only a header', 'E_TABLE_EMPTY', 'x,y\n'),
  table('lines of different length', 'E_TABLE_FORMAT', 'x,y\n1,2\n3\n4,5,6\n'),
  table('a quote that never ends', 'E_TABLE_FORMAT', 'x,y\n1,"2\n3,4\n'),
  table('a column twice', 'E_TABLE_COLUMN', 'x,x,y\n1,2,3\n'),
  table(
    'bytes that are no UTF-8',
    'E_TABLE_FORMAT',
    Buffer.from([0x78, 0x2c, 0x79, 10, 0xe9, 0x2c, 0x31, 10]),
  ),
  table('a Parquet file cut off', 'E_TABLE_FORMAT', Buffer.from('PAR1 and then nothing')),
  table('a spreadsheet', 'E_TABLE_FORMAT', Buffer.from('PK\u0003\u0004xl/workbook.xml')),
  table('a target that is not there', 'E_TABLE_COLUMN', rowsCsv(), init('lste')),
  table(
    'a target with one value',
    'E_EVALUATE_TARGET',
    pairs(50, () => 'yes'),
  ),
  table(
    'a target with three classes',
    'E_EVALUATE_TARGET',
    pairs(60, (row) => 'abc'[row % 3]!),
  ),
  table('a positive class nobody has', 'E_EVALUATE_TARGET', rowsCsv(), init('late', '--positive', 'maybe')),
  table('nothing but the target', 'E_TABLE_COLUMN', 'y\nyes\nno\n'),
  table('a date column that is not there', 'E_TABLE_COLUMN', rowsCsv(), init('late', '--time', 'day')),
  table('a row id that is not there', 'E_TABLE_COLUMN', rowsCsv(), init('late', '--row-id', 'key')),
  {
    name: 'a model that is there already',
    given: (repository) => repository.write('table.csv', rowsCsv()),
    command: ['init', 'toy', '--data', 'table.csv', '--target', 'late'],
    code: 'E_CONFIG_VALUE',
  },
  {
    name: 'a model name with capitals',
    given: (repository) => repository.write('table.csv', rowsCsv()),
    command: ['init', 'My_Model', '--data', 'table.csv', '--target', 'late'],
    code: 'E_NAME',
  },
];
