// Divides the scans: which share a scan falls to follows from its name and the seed, so that it stays there.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { column, readTable, selectRows, type Table, writeParquet } from 'lockstep/table';

const {
  LOCKSTEP_INPUTS: inputs = '',
  LOCKSTEP_OUTPUTS: outputs = '',
  LOCKSTEP_PARAMS: file = '',
} = process.env;
const params = JSON.parse(readFileSync(file, 'utf8')) as { seed: number; 'test-share': number };

const scans = withOdd(await readTable(join(inputs, 'data/digits/scans.parquet')));
const names = column(scans, 'row_id');
const rows = Array.from({ length: scans.rows }, (_, row) => row);
const isTest = rows.map((row) => share(`${params.seed} ${names.values[row]}`) < params['test-share']);
for (const [name, test] of [
  ['train.parquet', false],
  ['test.parquet', true],
] as const) {
  const part = selectRows(
    scans,
    rows.filter((row) => isTest[row] === test),
  );
  await writeParquet(join(outputs, name), part);
  console.log(`${name}: ${part.rows} scans`);
}

function withOdd(table: Table): Table {
  const digit = column(table, 'digit');
  const values = Float64Array.from(digit.values as Float64Array, (value) => value % 2);
  return { rows: table.rows, columns: [...table.columns, { name: 'odd', type: 'number', values }] };
}

/** 0 to 1, evenly. */
function share(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE(0) / 0x1_0000_0000;
}
