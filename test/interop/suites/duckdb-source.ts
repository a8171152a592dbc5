import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readTable } from '../../../src/data/index.ts';
import type { Suite, Tools } from '../suite.ts';
import { makeProject } from '../tools/project.ts';

export const suite: Suite = {
  name: 'duckdb-source',
  shows:
    'a dataset is refreshed from a query that DuckDB answers, byte for byte the same as long as its rows are',
  minutes: 2,
  long: true,
  needs: { npm: ['@duckdb/node-api@1.5.6-r.1'] },
  run: refreshByQuery,
};

const sources = `sources:
  sums.parquet:
    sql: SELECT region, count(*) AS n, sum(amount) AS total FROM 'lake/{date}/*.csv' GROUP BY region ORDER BY region
    date: "2026-11-26"
  types.parquet: {sql: "SELECT * FROM types ORDER BY id", from: $WAREHOUSE}
  broken.parquet: {sql: "SELECT nothing FROM types ORDER BY 1", from: warehouse.duckdb, schedule: never}
`;
const types = `CREATE TABLE types AS SELECT 1 AS id, 1.25::DECIMAL(9,2) AS price, true AS late, DATE '2026-11-26' AS day,
  TIMESTAMP '2026-11-26 04:05:06.5' AS at, TIMESTAMPTZ '2026-11-26 04:05:06+02' AS zoned, 9007199254740993 AS big,
  42::BIGINT AS small, 'é' AS name UNION ALL SELECT 2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL`;
const makeWarehouse = `const { DuckDBInstance } = (await import(process.argv[1])).default;
const instance = await DuckDBInstance.create(process.argv[2]);
const connection = await instance.connect();
await connection.run(process.argv[3]);
connection.closeSync(); instance.closeSync();`;

async function refreshByQuery(tools: Tools): Promise<string> {
  const project = await makeProject(tools);
  const { root, environment } = project;
  writeFileSync(join(root, 'lockstep.yaml'), sources);
  const program = [join(root, 'src/cli/main.ts'), 'data', 'refresh', 'sums.parquet'];
  const bare = await tools.programs.tryRun(process.execPath, program, { cwd: root, env: environment });
  assert.match(bare.err, /E_NATIVE_MISSING: .*npm i -D @duckdb\/node-api@1\.5/);

  environment.LOCKSTEP_MODULES = tools.modules;
  environment.WAREHOUSE = join(root, 'warehouse.duckdb');
  const duckdb = pathToFileURL(join(tools.modules, '@duckdb/node-api/lib/index.js')).href;
  const script = ['--input-type=module', '-e', makeWarehouse, duckdb, environment.WAREHOUSE, types];
  await tools.programs.run(process.execPath, script, { cwd: root, env: environment });
  const lake = join(root, 'lake/2026-11-26');
  mkdirSync(lake, { recursive: true });
  for (const part of [0, 1, 2]) writeFileSync(join(lake, `${part}.csv`), rows(part));

  const refresh = async (...args: string[]) =>
    (
      (await project.lockstep('data', 'refresh', 'sums.parquet', 'types.parquet', ...args)).datasets as {
        state: string;
      }[]
    ).map(({ state }) => state);
  assert.deepEqual(await refresh(), ['added', 'added']);
  const lock = readFileSync(join(root, 'data.lock'), 'utf8');
  // Sums of floats and the order of groups differ from run to run where several threads make them.
  for (let again = 0; again < 3; again++) assert.deepEqual(await refresh(), ['unchanged', 'unchanged']);
  rmSync(join(root, 'data.sources.json'));
  assert.deepEqual(await refresh(), ['recorded', 'recorded']);
  assert.equal(readFileSync(join(root, 'data.lock'), 'utf8'), lock);

  const sums = await readTable(join(root, 'data/sums.parquet'));
  assert.deepEqual([sums.rows, [...sums.columns[1]!.values]], [3, [20_000, 20_000, 20_000]]);
  const { columns } = await readTable(join(root, 'data/types.parquet'));
  assert.deepEqual(Object.fromEntries(columns.map(({ name, values }) => [name, values[0]])), {
    id: 1,
    price: 1.25,
    late: 1,
    day: '2026-11-26',
    at: '2026-11-26T04:05:06.5',
    zoned: '2026-11-26T02:05:06Z',
    big: '9007199254740993',
    small: 42,
    name: 'é',
  });
  const wrong = await tools.programs.tryRun(process.execPath, [...program.slice(0, -1), 'broken.parquet'], {
    cwd: root,
    env: environment,
  });
  assert.match(wrong.err, /E_SOURCE_FAILED: the query of "broken\.parquet": Binder Error: .*nothing/);
  writeFileSync(join(lake, '3.csv'), 'region,amount\nwest,1\n');
  assert.deepEqual(await refresh(), ['updated', 'unchanged']);
  return `${sums.rows} groups of 60,000 rows and ${columns.length} types, five times the same bytes`;
}

const rows = (part: number): string =>
  `region,amount\n${Array.from({ length: 20_000 }, (_, row) => `${['east', 'north', 'south'][(row + part) % 3]},${(row * 7.13 + part) / 3}`).join('\n')}\n`;
