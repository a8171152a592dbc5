import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { column, readTable } from '../src/data/index.ts';
import { main } from './bad-inputs/command-line.ts';

// The author's day, as a stranger lives it: a table that nobody here prepared, `init`, `run`, a report. The real
// command line, in a repository with nothing committed and no identity, from a folder below its root.

const folder = mkdtempSync(join(tmpdir(), 'lockstep-author-'));
const environment = {
  PATH: process.env.PATH,
  HOME: folder,
  NODE_COMPILE_CACHE: join(import.meta.dirname, '../.lockstep/cache/compiled'),
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
};

afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ran {
  readonly code: number | null;
  readonly error: string;
  // biome-ignore lint/suspicious/noExplicitAny: what the command printed, looked at field by field
  readonly json: any;
}

function author(name: string, table: string, file = 'my table.csv') {
  const root = join(folder, name);
  mkdirSync(join(root, 'notes'), { recursive: true });
  execFileSync('git', ['init', '--quiet', root], { env: environment });
  const data = join(folder, `${name} ${file}`);
  writeFileSync(data, table);
  const lockstep = (...args: string[]): Ran => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args, '--json'], {
      cwd: join(root, 'notes'),
      env: environment,
      encoding: 'utf8',
    });
    return { code: status, error: stderr, json: JSON.parse(stdout.trim().split('\n').at(-1)!) };
  };
  const init = (target: string, ...rest: string[]) =>
    lockstep('init', 'my-model', '--data', data, `--target=${target}`, ...rest);
  return { root, init, run: () => lockstep('run', 'my-model') };
}

/** Numbers in [0, 1), the same on every machine. */
const noise = (row: number, salt: number): number => {
  const value = Math.sin(row * 12.9898 + salt * 78.233) * 43758.5453;
  return value - Math.floor(value);
};

/** ROC AUC by counting pairs: none of our own code. */
function auc(scores: ArrayLike<number>, positive: readonly boolean[]): number {
  let [won, pairs] = [0, 0];
  for (let a = 0; a < positive.length; a++) {
    if (!positive[a]) continue;
    for (let b = 0; b < positive.length; b++) {
      if (positive[b]) continue;
      pairs++;
      won += scores[a]! > scores[b]! ? 1 : scores[a]! === scores[b]! ? 0.5 : 0;
    }
  }
  return won / pairs;
}

test('a table with text, dates, quotes, gaps and a few rows without a target: from CSV to a report', async () => {
  const rows = 300;
  const label = (row: number) => (row % 50 === 7 ? ['', 'NA', '?'][row % 3]! : truth(row) ? 'yes' : 'no');
  const truth = (row: number) => noise(row, 1) + (row % 4 === 0 ? 0.4 : 0) + 0.3 * noise(row, 2) > 0.75;
  const line = (row: number) =>
    [
      row % 9 === 0 ? 'N/A' : noise(row, 1).toFixed(4),
      `"${['north, old', 'south ""new""', 'east\nwest', 'é'][row % 4]}"`,
      `2024-0${1 + (row % 9)}-1${row % 10}T0${row % 10}:30`,
      `"note ${row}, unlike any other"`,
      '',
      'same',
      2 ** 60 + row * 4096,
      label(row),
    ].join(',');
  const header = '"size, in m²",a.b/c,when,text,empty,constant,"#id",sold?';
  const table = `\uFEFF${header}\r\n${Array.from({ length: rows }, (_, row) => line(row)).join('\r\n')}\r\n`;
  const { root, init, run } = author('all-sorts', table);

  const made = init('sold?');
  expect({ code: made.code, error: made.error }).toEqual({ code: 0, error: '' });
  expect(made.json).toMatchObject({ task: 'binary-classification', positive: 'yes', folds: 5, rows });

  const { code, json, error } = run();
  expect(code, error).toBe(0);
  expect(Object.keys(json)).toEqual(
    expect.arrayContaining([
      ...['model', 'verdict', 'reasons', 'metrics', 'modelFile', 'modelDigest', 'report', 'predictions'],
      ...['seconds', 'cached'],
    ]),
  );
  expect(json).toMatchObject({ model: 'my-model', verdict: 'pass', cached: false });
  for (const metric of Object.values(json.metrics)) expect(metric).toHaveProperty('value');
  // What a commit of everything would take: no data, no cache, and above all no key.
  const untracked = execFileSync('git', ['status', '--porcelain', '--untracked-files=all'], {
    cwd: root,
    env: environment,
    encoding: 'utf8',
  });
  expect(untracked).toContain('?? data.lock');
  expect(untracked).not.toMatch(/^\?\? "?(\.lockstep|data\/)/m);
  expect(readFileSync(join(root, '.gitignore'), 'utf8')).toBe('/data/\n');
  expect(error).toContain('note: 6 rows without a value of sold? were left out');
  expect(error).toContain('note: empty: missing in every row, not used');
  const report = readFileSync(join(root, json.report), 'utf8');
  expect(report).toContain('constant: the same value in every row, not used');
  expect(existsSync(join(root, json.modelFile))).toBe(true);

  const predictions = await readTable(join(root, json.predictions));
  expect(predictions.columns.map(({ name }) => name)).toEqual(['row_id', 'fold', 'score']);
  const ids = Array.from(column(predictions, 'row_id').values as Float64Array);
  const labelled = Array.from({ length: rows }, (_, row) => row).filter((row) => row % 50 !== 7);
  expect(ids.toSorted((a, b) => a - b)).toEqual(labelled);
  const scores = column(predictions, 'score').values as Float64Array;
  expect(json.metrics.roc_auc.value).toBeCloseTo(auc(scores, ids.map(truth)), 9);

  const again = run();
  expect(again.code).toBe(0);
  expect(again.json).toMatchObject({ verdict: 'pass', cached: true, modelDigest: json.modelDigest });
});

test('numbers to predict, separated by semicolons; and a target that nothing tells is not passed', () => {
  const line = (row: number, y: number) => `${noise(row, 1)};${row % 7};${y}\n`;
  const tableOf = (y: (row: number) => number) =>
    `x;group;y\n${Array.from({ length: 400 }, (_, row) => line(row, y(row))).join('')}`;
  const learnable = author(
    'learnable',
    tableOf((row) => 5 * noise(row, 1) + (row % 7)),
  );
  expect(learnable.init('y').json).toMatchObject({ task: 'regression' });
  const { code, json } = learnable.run();
  expect({ code, verdict: json.verdict }).toEqual({ code: 0, verdict: 'pass' });
  expect(json.metrics.r2.value).toBeGreaterThan(0.9);

  const random = author(
    'random',
    tableOf((row) => (noise(row, 9) > 0.5 ? 1 : 0)),
  );
  expect(random.init('y').json).toMatchObject({ task: 'binary-classification', positive: '1' });
  const judged = random.run();
  expect([3, 4]).toContain(judged.code);
  expect(judged.json.reasons.length).toBeGreaterThan(0);
});

test('one category that tells a little: equal rows everywhere, and still a fair judgement', () => {
  const line = (row: number) =>
    `${'abcd'[row % 4]},${noise(row, 3) < 0.3 + 0.15 * (row % 4) ? 'won' : 'lost'}\n`;
  const { init, run } = author(
    'two-columns',
    `kind,outcome\n${Array.from({ length: 600 }, (_, row) => line(row)).join('')}`,
  );
  expect(init('outcome').code).toBe(0);
  const { code, json } = run();
  expect({ code, verdict: json.verdict }).toEqual({ code: 0, verdict: 'pass' });
  expect(json.metrics.roc_auc.value).toBeGreaterThan(0.58);
});
