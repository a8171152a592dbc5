import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { messageOf } from '../../test/git-sandbox.ts';
import { toyModelYaml } from '../../test/toy-model.ts';
import { addData, column, readTable, writeParquet } from '../data/index.ts';
import type { Report } from '../pipeline/index.ts';
import type { ReleaseRecord } from '../registry/index.ts';
import { openWorkspace, resolveCommit } from '../workspace/index.ts';
import { checkDataOf, profileData, qualityError } from './data-quality.ts';
import { ownData } from './environment-data.ts';
import { addOwn, giveData, rowsCsv } from './retrain.fixture.ts';
import { runModel } from './run.ts';
import { toyProject } from './test-workspace.ts';
import { trainCandidate } from './train.ts';

const template = dirname(dirname(import.meta.dirname));
const folder = mkdtempSync(join(tmpdir(), 'lockstep-quality-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the flights of the template', () => {
  const root = join(folder, 'flights');
  for (const part of ['.data', 'data.lock', 'lockstep.yaml', 'models', 'pipelines'])
    cpSync(join(template, part), join(root, part), { recursive: true });
  const workspace = openWorkspace(root);

  test('a month is profiled as its own columns count', async () => {
    const key = 'flights/2001-02.parquet';
    const { tables, findings } = await profileData(workspace, { datasets: [key] });
    const [profile] = tables;
    const digest = /2001-02\.parquet: \{digest: "sha256:(..)(\w+)"/.exec(
      readFileSync(join(root, 'data.lock'), 'utf8'),
    )!;
    const table = await readTable(join(root, '.data/sha256', digest[1]!, digest[2]!));
    const delay = (column(table, 'delay').values as Float64Array).toSorted();
    expect(profile!.rows).toBe(table.rows);
    expect(profile!.columns.map(({ name, type, distinct, nulls }) => [name, type, distinct, nulls])).toEqual(
      table.columns.map(({ name, values }) => [
        name,
        {
          row_id: 'integer',
          date: 'date',
          origin: 'category',
          destination: 'category',
          distance: 'integer',
          delay: 'integer',
        }[name],
        { count: new Set(values as Iterable<unknown>).size, exact: true },
        0,
      ]),
    );
    const numbers = profile!.columns.at(-1)!.numbers!;
    expect([numbers.minimum, numbers.quantiles.p50, numbers.maximum]).toEqual([
      delay[0],
      (delay[(delay.length - 1) >> 1]! + delay[delay.length >> 1]!) / 2,
      delay.at(-1),
    ]);
    expect(numbers.mean).toBeCloseTo(delay.reduce((sum, value) => sum + value, 0) / delay.length, 9);
    const rows = new Map<string, number>();
    for (let row = 0; row < table.rows; row++) {
      const text = JSON.stringify(table.columns.slice(1).map(({ values }) => values[row]));
      rows.set(text, (rows.get(text) ?? 0) + 1);
    }
    expect(profile!.duplicates.count).toBe(table.rows - rows.size);
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  test('a label made from a column that was left in is found out', async () => {
    const digest = /2001-03\.parquet: \{digest: "sha256:(..)(\w+)"/.exec(
      readFileSync(join(root, 'data.lock'), 'utf8'),
    )!;
    const table = await readTable(join(root, '.data/sha256', digest[1]!, digest[2]!));
    const late = (column(table, 'delay').values as Float64Array).map((minutes) => (minutes > 15 ? 1 : 0));
    await writeParquet(join(folder, 'labelled.parquet'), {
      rows: table.rows,
      columns: [...table.columns, { name: 'late', type: 'number', values: late }],
    });
    await addData(workspace, join(folder, 'labelled.parquet'), { as: 'flights/2001-03.parquet' });
    const { findings } = await profileData(workspace, { datasets: ['flights/2001-03.parquet'] });
    expect(findings.filter(({ kind }) => kind === 'label').map((finding) => finding.column)).toEqual([
      'delay',
    ]);
  });
});

const section = (lines: string) => ({ 'models/toy/model.yaml': `${toyModelYaml}data:\n${lines}` });

describe('before a model is trained', () => {
  test('data that is not as expected stops the run, and every hit has a row', async () => {
    await using toy = await toyProject(
      section(
        '  expectations:\n    - {dataset: toy/rows.csv, column: distance, at-most: 900}\n    - {column: carrier, one-of: [AA, DL]}\n    - {column: id, unique: true}\n    - {column: gone, unique: true}\n',
      ),
    );
    await expect(runModel(toy, 'toy')).rejects.toMatchObject({ code: 'E_DATA_QUALITY' });
    const report = await profileData(toy, { model: 'toy' });
    const far = Array.from({ length: 400 }, (_, row) => row + 1).filter(
      (row) => ((row - 1) * 37) % 1000 > 900,
    );
    expect(report.misses.map(({ dataset, column, count, rows }) => [dataset, column, count, rows])).toEqual([
      ['toy/rows.csv', 'distance', far.length, far.slice(0, 5)],
      ['toy/rows.csv', 'carrier', 133, [3, 6, 9, 12, 15]],
      ['any of toy', 'gone', null, []],
    ]);
    expect(qualityError(report, 'toy')!.message).toMatchInlineSnapshot(
      `"E_DATA_QUALITY: toy/rows.csv, distance: at most 900, but 42 cells are not; toy/rows.csv, carrier: one of the 2 values listed, but 133 cells are not; any of toy, gone: a column of this name, but no dataset has it — data as \`data:\` in model.yaml expects it, personal columns declared there. Fix: mend the data, or change what is expected of it (\`lockstep data profile --check --model toy\` lists every hit)."`,
    );
  });

  test('data that passed is not looked at again until it or what is expected changes', async () => {
    await using toy = await toyProject(
      section('  expectations:\n    - {column: distance, at-least: 0, at-most: 1000}\n'),
    );
    await runModel(toy, 'toy');
    const memo = join(toy.root, '.lockstep/cache/quality-toy');
    utimesSync(memo, 1, 1);
    await checkDataOf(toy, 'toy');
    expect(statSync(memo).mtimeMs).toBe(1000);
    const path = join(toy.root, 'models/toy/model.yaml');
    writeFileSync(path, readFileSync(path, 'utf8').replace('1000}', '500}'));
    await expect(checkDataOf(toy, 'toy')).rejects.toThrow('toy/rows.csv, distance: at most 500');
    writeFileSync(path, toyModelYaml);
    await checkDataOf(toy, 'toy');
    expect(existsSync(memo)).toBe(true);
  });
});

describe('before an environment trains on its own data', () => {
  test('that data is looked at, by what the commit expects, and not what lies in the work tree', async () => {
    await using toy = await toyProject(
      section('  expectations:\n    - {column: distance, at-least: 0, at-most: 1000}\n'),
    );
    const commit = (await resolveCommit(toy.root, 'HEAD'))!;
    const started: string[] = [];
    const report: Report = (event) => void (event.kind === 'stage-started' && started.push(event.stage));
    const train = async () => {
      const release = { model: 'toy', version: 'v1.0.0', commit } as ReleaseRecord;
      return trainCandidate(toy, 'toy', { own: await ownData(toy, release, 'staging'), report });
    };
    await giveData(toy, 'staging', rowsCsv(500));
    expect(await messageOf(train())).toMatchInlineSnapshot(
      `"E_DATA_QUALITY: toy/rows.csv, distance: at most 1000, but 204 cells are not — data as \`data:\` in model.yaml expects it, personal columns declared there. Fix: mend the data of staging, or change what is expected of it (\`lockstep data profile --check --model toy --for staging\` lists every hit)."`,
    );
    expect(started).toEqual([]);
    const about = { model: 'toy', own: { environment: 'staging' } };
    expect((await profileData(toy, about)).misses.map(({ column, count }) => [column, count])).toEqual([
      [
        'distance',
        Array.from({ length: 400 }, (_, row) => (row * 37) % 1000).filter((one) => one > 500).length,
      ],
    ]);
    expect((await profileData(toy, { model: 'toy' })).misses).toEqual([]);

    // What anybody else expects by now is not the version's.
    writeFileSync(join(toy.root, 'models/toy/model.yaml'), toyModelYaml);
    expect(await messageOf(train())).toMatch(/^E_DATA_QUALITY: /);
    const strict = section('  expectations:\n    - {column: distance, at-most: 1}\n');
    writeFileSync(join(toy.root, 'models/toy/model.yaml'), strict['models/toy/model.yaml']);
    await giveData(toy, 'staging', rowsCsv(0, true));
    await train();
    expect(started).toEqual(['prepare', 'train']);
  });

  test('an environment without data of its own is told how to give it some', async () => {
    await using toy = await toyProject();
    const about = { model: 'toy', own: { environment: 'staging' } };
    expect(await messageOf(profileData(toy, about))).toMatch(
      /^E_LOCK_MISSING: no data\.staging\.lock in .* Fix: run `lockstep data add <file or folder> --for staging`/,
    );
    await addOwn(toy, 'staging', rowsCsv(0));
    expect((await profileData(toy, about)).tables.map(({ dataset }) => dataset)).toEqual(['toy/rows.csv']);
  });
});

describe('parts of a dataset', () => {
  const root = join(folder, 'parts');
  const rows = (from: number, to: number, extra = '') =>
    `a,email\n${Array.from({ length: to - from }, (_, at) => `${(at + from) * 1.5},p${at + from}@example.org\n`).join('')}${extra}`;
  cpSync(join(template, 'lockstep.yaml'), join(root, 'lockstep.yaml'));
  const put = (name: string, text: string) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };

  test('files of train and test are compared, and what cannot be read is told with the rest', async () => {
    const workspace = openWorkspace(root);
    const datasets = [
      put('test.csv', rows(90, 120)),
      put('train.csv', rows(0, 100)),
      put('bad.csv', 'a,b\n1\n'),
    ];
    const { tables, findings } = await profileData(workspace, { datasets });
    expect(tables.map(({ rows }) => rows)).toEqual([30, 100]);
    expect(
      findings.map(({ dataset, column, severity, what }) => [
        dataset.split('/').at(-1),
        column,
        severity,
        what.replaceAll(folder, ''),
      ]),
    ).toEqual([
      ['train.csv', 'email', 'error', 'looks personal: e-mail by its header, e-mail by its content (100 %)'],
      ['test.csv', 'email', 'error', 'looks personal: e-mail by its header, e-mail by its content (100 %)'],
      [
        'bad.csv',
        undefined,
        'error',
        'E_TABLE_FORMAT: a row of 1 cell in /bad.csv:2 — 2 cells, as the header has. Fix: mend this line (a cell that holds the delimiter needs quotes).',
      ],
      ['test.csv', undefined, 'error', '10 rows (33.3 %) of /test.csv stand in /train.csv too'],
    ]);
  });
});
