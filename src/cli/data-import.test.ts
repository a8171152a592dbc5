import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { main } from '../../test/bad-inputs/command-line.ts';

const hash = (kind: 'md5' | 'sha256', bytes: string) => createHash(kind).update(bytes).digest('hex');
const page = readFileSync(new URL('../../docs/moving-in.md', import.meta.url), 'utf8');

/** What the page's commands are about, beside an empty repository. */
function neighbourhood(web: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-import-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const dvc = (bytes: string, path: string) =>
    `outs:\n- md5: ${hash('md5', bytes)}\n  hash: md5\n  path: ${path}\n`;
  const files: Readonly<Record<string, string>> = {
    'ours/pipelines/.keep': '',
    'ours/datasets.txt': `${hash('sha256', 'web')} 3 ${web}/web.csv\n`,
    'churn-dvc/.dvc/config': '',
    'churn-dvc/dvc.yaml': 'stages: {train: {cmd: x}}\n',
    'churn-dvc/data/customers.csv': 'a,b\n',
    'churn-dvc/data/customers.csv.dvc': dvc('a,b\n', 'customers.csv'),
    'churn-dvc/data/more.csv': 'c,d\n',
    'churn-dvc/data/more.csv.dvc': dvc('c,d\n', 'more.csv'),
    'churn-lfs/a.bin': `version https://git-lfs.github.com/spec/v1\noid sha256:${hash('sha256', 'lfs')}\nsize 3\n`,
    [`churn-lfs/.git/lfs/objects/${hash('sha256', 'lfs').replace(/^(..)(..).*/, '$1/$2/$&')}`]: 'lfs',
    'exports/x/1.csv': '1',
    'exports/y.csv': '2',
    'flights/croissant.json': JSON.stringify({
      name: 'flights',
      license: 'CC0-1.0',
      distribution: [
        { '@type': 'FileObject', name: 'f.csv', contentUrl: 'f.csv', sha256: hash('sha256', 'f') },
      ],
    }),
    'flights/f.csv': 'f',
    'churn-card/README.md': '---\nlicense: mit\n---\nCustomers who left.\n',
  };
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com'];
  for (const args of [
    ['init', '-q'],
    ['add', 'a.bin'],
    ['commit', '-qm', 'x'],
  ])
    expect(spawnSync('git', [...identity, ...args], { cwd: join(folder, 'churn-lfs') }).status).toBe(0);
  return folder;
}

/** Not in step with this process, whose server answers it. */
async function lockstep(cwd: string, args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [main, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (out += String(chunk)));
  const code = await new Promise((resolve) => child.on('close', resolve));
  return `${code} ${out}`;
}

test('the commands of docs/moving-in.md do what it says', async () => {
  const server = createServer((_, response) => response.end('web'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const web = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const folder = neighbourhood(web);
  const ours = join(folder, 'ours');
  const commands = /```sh\n([\s\S]*?)```/.exec(page)![1]!.trim().split('\n');
  const said: string[] = [];
  for (const line of commands) said.push(await lockstep(ours, line.split(' ').slice(1)));
  expect(said.join('').replaceAll(folder, '..').replaceAll(web, '<web>')).toMatchInlineSnapshot(`
    "0 locked data/customers.csv (4 B) from data/customers.csv.dvc
    1 file from its work tree, verified
    not taken: stages of dvc.yaml: train
    next: commit data.lock, and \`lockstep data push\` so that others can pull it
    next: see docs/moving-in.md for what is not taken
    0 unchanged data/customers.csv (4 B) from data/customers.csv.dvc
    locked data/more.csv (4 B) from data/more.csv.dvc
    1 file from the store, verified
    1 file from its work tree, verified
    not taken: stages of dvc.yaml: train
    next: commit data.lock, and \`lockstep data push\` so that others can pull it
    next: see docs/moving-in.md for what is not taken
    0 locked data/lfs/a.bin (3 B) from a.bin
    1 file from its LFS cache, verified
    not taken: filter=lfs lines of .gitattributes
    next: commit data.lock, and \`lockstep data push\` so that others can pull it
    next: see docs/moving-in.md for what is not taken
    0 locked data/exports/x/ (1 file, 1 B) from ../exports/x
    locked data/exports/y.csv (1 B) from ../exports/y.csv
    2 files from the folder, verified
    next: commit data.lock, and \`lockstep data push\` so that others can pull it
    0 locked data/web/web.csv (3 B) from <web>/web.csv
    1 file from <web>/web.csv, verified
    next: commit data.lock, and \`lockstep data push\` so that others can pull it
    0 locked data/flights/f.csv (1 B) from f.csv
    1 file from beside ../flights/croissant.json, verified
    written into lockstep.yaml:
    datasets:
      "flights/f.csv": {licence: "CC0-1.0"}
    next: commit data.lock, and \`lockstep data push\` so that others can pull it
    0 written into lockstep.yaml:
    datasets:
      "customers.csv": {licence: "mit", description: "Customers who left."}
    "
  `);
  expect(await lockstep(ours, ['data', 'status', '--check'])).toMatch(/^0 7 of 7 datasets/);
  expect(readFileSync(join(ours, 'lockstep.yaml'), 'utf8')).toMatchInlineSnapshot(`
    "datasets:
      "customers.csv": {licence: "mit", description: "Customers who left."}
      "flights/f.csv": {licence: "CC0-1.0"}
    "
  `);
  expect(readdirSync(join(ours, '.lockstep/store/incoming'))).toEqual([]);
});

test('what makes no sense is a usage error', async () => {
  const folder = neighbourhood('http://127.0.0.1');
  const ours = join(folder, 'ours');
  const said = [];
  for (const args of [['git'], ['urls'], ['card', 'x'], ['dvc', 'x', 'y']])
    said.push(await lockstep(ours, ['data', 'import', ...args]));
  expect(said.join('')).toMatchInlineSnapshot(`
    "2 E_USAGE: "git" is no source — one of dvc, lfs, folder, urls, croissant, card (lockstep data import --help)
    2 E_USAGE: lockstep data import urls needs a file (lockstep data import --help)
    2 E_USAGE: lockstep data import needs --as (lockstep data import --help)
    2 E_USAGE: lockstep data import takes no "y" — usage: lockstep data import <dvc|lfs|folder|urls|croissant|card> [path]
    "
  `);
});
