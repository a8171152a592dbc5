import { spawn } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { main } from '../../test/bad-inputs/command-line.ts';
import { exitOf } from '../workspace/index.ts';

function makeRepository() {
  const root = mkdtempSync(join(tmpdir(), 'lockstep-gc-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  mkdirSync(join(root, 'data/many'), { recursive: true });
  mkdirSync(join(root, 'pipelines'));
  writeFileSync(join(root, 'lockstep.yaml'), 'remote: file:remote\n');
  const lockstep = async (...args: string[]) => {
    const child = spawn(process.execPath, [main, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    const [out, err, { code }] = await Promise.all([text(child.stdout), text(child.stderr), exitOf(child)]);
    return `${code} ${out}${err}`.replaceAll(root, '<root>');
  };
  const age = (folder: string) => {
    const time = new Date(Date.now() - 7_200_000);
    for (const item of readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
      if (item.isFile()) utimesSync(join(item.parentPath, item.name), time, time);
  };
  return { root, lockstep, age };
}

test('the plan first, then what it says', async () => {
  const { root, lockstep, age } = makeRepository();
  writeFileSync(join(root, 'data/many/a.txt'), 'a'.repeat(100));
  await lockstep('data', 'add', 'data/many', '--push');
  writeFileSync(join(root, 'data/many/a.txt'), 'b'.repeat(50));
  await lockstep('data', 'add', 'data/many', '--push');
  // A folder that a killed pull was about to place.
  mkdirSync(join(root, '.lockstep/store/incoming/file.tmp-1-0.d/inside'), { recursive: true });
  writeFileSync(join(root, '.lockstep/store/incoming/file.tmp-1-0.d/inside/a.txt'), 'a'.repeat(100));
  utimesSync(join(root, '.lockstep/store/incoming/file.tmp-1-0.d'), 0, 0);
  for (const folder of ['.lockstep/store', 'remote']) age(folder);
  const said: string[] = [];
  for (const line of [
    'data gc',
    'data gc --apply',
    'data gc',
    'data gc --remote',
    'data gc --history some',
    'data forget many --reason asked',
  ])
    said.push(await lockstep(...line.split(' ')));
  expect(said.join('')).toMatchInlineSnapshot(`
    "0 the local store: 3 objects (275 B) that nobody needs; 1 packs go, 0 are written anew
      keeps 2 objects (124 B): work tree
    nothing is removed yet: add --apply
    0 the local store: 3 objects (275 B) removed; 1 packs go, 0 are written anew
      keeps 2 objects (124 B): work tree
    0 the local store: 0 objects (0 B) that nobody needs
      keeps 2 objects (124 B): work tree
    1 E_GIT: <root> is no Git repository, so nobody knows who needs what — a clone that knows everything the remote serves. Fix: run it in a clone.
    2 E_USAGE: --history takes a number of days, not "some" (lockstep data gc --help)
    0 would be forgotten: many/, 1 version, 1 file
      in data.lock: what it says of it
      under data/: the working copy
      in the local store: 2 objects, and 0 cached outputs made of it
      in file:remote: 3 objects, written anew: 1 packs, 0 maps
    not reached:
      other people's clones (there \`lockstep data gc --apply\`, once they have data.tombstones.json), backups, notebooks
      models made with it: none that this clone knows of
    nothing is deleted yet: add --yes, when nobody pushes meanwhile
    "
  `);
});

test('clean-ups while datasets are pulled: everybody finishes, nothing is lost', async () => {
  const { root, lockstep, age } = makeRepository();
  for (let number = 0; number < 200; number++)
    writeFileSync(join(root, `data/many/${number}`), `file ${number}`);
  await lockstep('data', 'add', 'data/many', '--push');
  for (let round = 0; round < 2; round++) {
    rmSync(join(root, 'data'), { recursive: true });
    rmSync(join(root, '.lockstep/store'), { recursive: true });
    const done = await Promise.all([
      lockstep('data', 'pull'),
      lockstep('data', 'gc', '--apply'),
      lockstep('data', 'gc', '--apply'),
      lockstep('data', 'pull'),
    ]);
    for (const line of done) expect(line).toMatch(/^0 /);
    expect(readFileSync(join(root, 'data/many/199'), 'utf8')).toBe('file 199');
    age('.lockstep/store');
    expect(await lockstep('data', 'gc', '--apply')).toMatch(/^0 the local store: 0 objects/);
    expect(await lockstep('data', 'verify')).toMatch(/store same/);
  }
});
