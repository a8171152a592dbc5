import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { main } from '../../test/bad-inputs/command-line.ts';

/** A model of customers with one expectation that they do not meet. */
function project() {
  const root = mkdtempSync(join(tmpdir(), 'lockstep-profile-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const put = (path: string, text: string) => {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const rows = Array.from({ length: 40 }, (_, at) => {
    const age = at === 11 ? '' : at === 12 ? '430' : String(20 + ((at * 7) % 50));
    return `${at},${age},${['basic', 'pro'][at % 2]},m${at}@example.org,${at % 4 === 0 ? 'yes' : 'no'}`;
  });
  const head = 'id,age,plan,contact,churned';
  put('customers.csv', `${head}\n${rows.join('\n')}\n`);
  put('staging/customers.csv', `${head}\n${rows.slice(12).join('\n')}\n`);
  put(
    'pipelines/churn/pipeline.yaml',
    `stages:
  prepare: {run: node prepare.mjs, inputs: [prepare.mjs, "data:churn/customers.csv"], outputs: [model.onnx, test.csv]}
evaluate: {model: model.onnx, data: test.csv, target: churned, positive: "yes", row-id: id}
`,
  );
  put('pipelines/churn/prepare.mjs', '');
  put(
    'models/churn/model.yaml',
    `task: binary-classification
output: {name: churned, positive: "yes"}
inputs: [{name: age, type: number}, {name: plan, type: category, public: true}]
data:
  expectations:
    - {column: age, at-least: 0, at-most: 120}
    - {column: plan, one-of: [basic]}
    - {column: churned, value: "yes", share-at-least: 0.2, share-at-most: 0.3}
`,
  );
  const lockstep = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
      cwd: root,
      encoding: 'utf8',
    });
    return { status, stdout, stderr };
  };
  lockstep('data', 'add', 'customers.csv', '--as', 'churn/customers.csv');
  return lockstep;
}

test('a profile is one table that tells values of public columns alone', () => {
  const { status, stdout } = project()('data', 'profile');
  expect(status).toBe(0);
  expect(stdout).toMatchInlineSnapshot(`
    "churn/customers.csv: 40 rows, 5 columns, 0 duplicate rows, label churned 75 % · 25 %
      column   type      missing  distinct    1 %  median   99 %  shape
      id       integer         ·        40   0.39    19.5  38.61  █▆▇▇▇▇▆█
      age      integer     2.5 %        39  20.76      43  292.8  █▄     ▁
      plan     category        ·         2                        basic 50 % · pro 50 %
      contact  category        ·        40                        personal? e-mail
      churned  category        ·         2                        75 % · 25 %

    Worth a look:
      ✗ churn/customers.csv, contact: looks personal: e-mail by its content (100 %)

    2 expectations not met: \`lockstep data profile --check\`
    "
  `);
});

test('a check lists every hit and fails, and says the same to machines', () => {
  const lockstep = project();
  const check = lockstep('data', 'profile', '--check', '--model', 'churn');
  expect([check.status, check.stdout, check.stderr]).toMatchInlineSnapshot(`
    [
      1,
      "1 table, 40 rows, 3 expectations: 2 not met
      ✗ churn/customers.csv, age: at most 120, but 1 cell is not (row 13)
      ✗ churn/customers.csv, plan: one of the value listed, but 20 cells are not (rows 2, 4, 6, 8, 10): pro
    Worth a look:
      ✗ churn/customers.csv, contact: looks personal: e-mail by its content (100 %)
    ",
      "E_DATA_QUALITY: churn/customers.csv, age: at most 120, but 1 cell is not; churn/customers.csv, plan: one of the value listed, but 20 cells are not; churn/customers.csv, contact: looks personal: e-mail by its content (100 %) — data as \`data:\` in model.yaml expects it, personal columns declared there. Fix: mend the data, or change what is expected of it (\`lockstep data profile --check --model churn\` lists every hit).
    ",
    ]
  `);
  const json = lockstep('data', 'profile', '--check', '--json');
  const { error, misses } = JSON.parse(json.stdout) as { error: unknown; misses: unknown[] };
  expect([json.status, error]).toEqual([1, expect.objectContaining({ code: 'E_DATA_QUALITY' })]);
  expect(misses).toEqual([
    {
      dataset: 'churn/customers.csv',
      column: 'age',
      expected: 'at most 120',
      found: '1 cell is not',
      count: 1,
      rows: [13],
    },
    {
      dataset: 'churn/customers.csv',
      column: 'plan',
      expected: 'one of the value listed',
      found: '20 cells are not',
      count: 20,
      rows: [2, 4, 6, 8, 10],
      values: ['pro'],
    },
  ]);
});

test('a proposal is a section of model.yaml', () => {
  const { stdout } = project()('data', 'profile', 'churn/customers.csv', '--propose');
  expect(stdout).toMatchInlineSnapshot(`
    "data:
      expectations:
        - {dataset: churn/customers.csv, rows-at-least: 20, duplicates-at-most: 0}
        - {dataset: churn/customers.csv, column: id, type: integer, unique: true, nulls-at-most: 0}
        - {dataset: churn/customers.csv, column: age, type: integer, at-least: 0, at-most: 840, nulls-at-most: 0.05}
        - {dataset: churn/customers.csv, column: plan, type: category, one-of: [basic, pro], nulls-at-most: 0}
        - {dataset: churn/customers.csv, column: contact, type: category, unique: true, nulls-at-most: 0}
        - {dataset: churn/customers.csv, column: churned, type: category, one-of: ["no", "yes"], nulls-at-most: 0}
      personal: {columns: [contact], reason: say here why the model needs them}
    "
  `);
});

test('an environment’s own data is looked at in the place of everybody’s', () => {
  const lockstep = project();
  lockstep('data', 'add', 'staging/customers.csv', '--as', 'churn/customers.csv', '--for', 'staging');
  const check = lockstep('data', 'profile', '--check', '--model', 'churn', '--for', 'staging');
  expect([check.status, check.stdout, check.stderr]).toMatchInlineSnapshot(`
    [
      1,
      "1 table, 28 rows, 3 expectations: 2 not met
      ✗ churn/customers.csv, age: at most 120, but 1 cell is not (row 1)
      ✗ churn/customers.csv, plan: one of the value listed, but 14 cells are not (rows 2, 4, 6, 8, 10): pro
    Worth a look:
      ✗ churn/customers.csv, contact: looks personal: e-mail by its content (100 %)
    ",
      "E_DATA_QUALITY: churn/customers.csv, age: at most 120, but 1 cell is not; churn/customers.csv, plan: one of the value listed, but 14 cells are not; churn/customers.csv, contact: looks personal: e-mail by its content (100 %) — data as \`data:\` in model.yaml expects it, personal columns declared there. Fix: mend the data of staging, or change what is expected of it (\`lockstep data profile --check --model churn --for staging\` lists every hit).
    ",
    ]
  `);
  expect(lockstep('data', 'profile', '--for', 'stagin').stderr).toMatchInlineSnapshot(`
    "E_ENV_UNKNOWN: no environment "stagin" — dev, staging, production. Fix: did you mean "staging"?
    "
  `);
});
