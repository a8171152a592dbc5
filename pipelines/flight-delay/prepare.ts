// Turns the monthly files into the tables that the model learns from and is judged on. A flight is late when it
// arrives more than 15 minutes behind its schedule, the definition of the Bureau of Transportation Statistics.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Column, column, readTable, type Table, writeParquet } from 'lockstep/table';

const {
  LOCKSTEP_INPUTS: inputs = '',
  LOCKSTEP_OUTPUTS: outputs = '',
  LOCKSTEP_PARAMS: file = '',
} = process.env;
const params = JSON.parse(readFileSync(file, 'utf8')) as Record<
  'train-months' | 'test-months' | 'later-months',
  string[]
>;

await write('train.parquet', params['train-months']);
await write('test.parquet', params['test-months']);
await write('later.parquet', params['later-months']);

async function write(name: string, months: readonly string[]): Promise<void> {
  const tables = await Promise.all(
    months.map((month) => readTable(join(inputs, 'data/flights', `${month}.parquet`))),
  );
  await writeParquet(join(outputs, name), label(stack(tables)));
  console.log(`${name}: ${months.join(', ') || 'no months'}`);
}

/** Adds `late` and drops `delay`, which nobody knows before the flight has landed. */
function label(table: Table): Table {
  const delay = column(table, 'delay');
  if (delay.type !== 'number') throw new Error('delay must be a number of minutes');
  const late: Column = {
    name: 'late',
    type: 'number',
    values: delay.values.map((minutes) => (minutes > 15 ? 1 : 0)),
  };
  return { rows: table.rows, columns: [...table.columns.filter(({ name }) => name !== 'delay'), late] };
}

/** One table under the other; with none, no rows of the same columns. */
function stack(tables: readonly Table[]): Table {
  const names = ['row_id', 'date', 'origin', 'destination', 'distance', 'delay'];
  const columns = names.map((name): Column => {
    const parts = tables.map((table) => column(table, name));
    const text = name !== 'row_id' && name !== 'distance' && name !== 'delay';
    return text
      ? {
          name,
          type: 'text',
          values: parts.flatMap((part) => (part.type === 'text' ? [...part.values] : [])),
        }
      : {
          name,
          type: 'number',
          values: Float64Array.from(
            parts.flatMap((part) => (part.type === 'number' ? [...part.values] : [])),
          ),
        };
  });
  return { rows: tables.reduce((sum, { rows }) => sum + rows, 0), columns };
}
