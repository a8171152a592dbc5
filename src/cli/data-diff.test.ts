import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { main } from '../../test/bad-inputs/command-line.ts';
import { makeRepository, makeSandbox } from '../../test/git-sandbox.ts';
import { addData, pushData } from '../data/index.ts';
import { git, openWorkspace } from '../workspace/index.ts';

const lines = (rows: readonly number[], cells: (row: number) => unknown[], head: string) =>
  `${head}\n${rows.map((row) => cells(row).join(',')).join('\n')}\n`;
const many = Array.from({ length: 2000 }, (_, row) => row);

test('what changed between commits and in the work tree, from what Git holds of .data/', async () => {
  await using sandbox = await makeSandbox();
  const { root } = await makeRepository(sandbox.folder);
  mkdirSync(join(root, 'pipelines'));
  writeFileSync(join(root, '.gitignore'), '/data/\n/.lockstep/\n');
  const workspace = openWorkspace(root);
  const lock = async (files: Record<string, string>, keys: string[]) => {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(root, 'data', path)), { recursive: true });
      writeFileSync(join(root, 'data', path), content);
    }
    for (const key of keys) await addData(workspace, join(root, 'data', key));
    await pushData(workspace);
  };
  const commit = async () => {
    await git(['add', '--all'], { cwd: root });
    await git(['commit', '--quiet', '-m', 'data'], { cwd: root });
  };
  const diff = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [main, 'data', 'diff', ...args], {
      cwd: root,
      encoding: 'utf8',
    });
    return { status, out: stdout + stderr };
  };
  const flights = lines(many, (row) => [row, row % 100, ['AA', 'DL'][row % 2]], 'id,distance,carrier');
  await lock({ 'flights.csv': flights, 'f/x.png': '1', 'f/y.png': '1', 'notes.txt': 'a' }, [
    'flights.csv',
    'f',
    'notes.txt',
  ]);
  await commit();
  const changed = [...many.slice(10), ...many.slice(0, 400).map((row) => row + 2000)];
  await lock(
    {
      'flights.csv': lines(
        changed,
        (row) => [row, row % 100, row > 1900 ? 'XX' : ['AA', 'DL'][row % 2], 1],
        'id,distance,carrier,fare',
      ),
      'f/y.png': '22',
      'f/z.png': '333',
      'new.csv': 'a\n1\n',
    },
    ['flights.csv', 'f', 'new.csv'],
  );
  const told = diff();
  expect(told.out).toMatchInlineSnapshot(`
    "3 datasets changed from HEAD to the working data.lock
      ~ f/  2 B in 2 files → 6 B in 3 files (+4 B)
          1 file added, 1 file changed
            ~ y.png  1 B → 2 B (+1 B)
            + z.png  3 B
      ~ flights.csv  20.7 KB → 29.8 KB (+9.1 KB)
          rows 2,000 → 2,390: 499 new, 109 gone
          columns added: fare
          2 of 3 distributions moved
            carrier  stability index 1.64, 1 new category
            id       stability index 0.17
      + new.csv  4 B
    "
  `);
  expect(told.status).toBe(0);
  await git(['switch', '--quiet', '--create', 'change'], { cwd: root });
  await commit();
  await git(['switch', '--quiet', 'main'], { cwd: root });
  // Of the other branch, nothing is left here but Git's objects.
  for (const folder of ['.lockstep', 'data']) rmSync(join(root, folder), { recursive: true });
  expect(diff('main', 'change').out.split('\n').slice(1)).toEqual(told.out.split('\n').slice(1));
  const { datasets } = JSON.parse(diff('change', 'main', '--json').out);
  expect(datasets).toMatchObject([
    { path: 'f/', files: [{ path: 'y.png' }, { path: 'z.png' }] },
    { path: 'flights.csv', table: { rows: { before: 2390, after: 2000 }, columns: { removed: ['fare'] } } },
    { path: 'new.csv', before: { size: 4 } },
  ]);
  expect(diff().out).toBe('no dataset changed from HEAD to the working data.lock\n');
  expect(diff('nowhere')).toMatchObject({
    status: 1,
    out: expect.stringMatching(/^E_GIT: no commit "nowhere"/),
  });
}, 60_000);
