import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { digestOf, openWorkspace } from '../workspace/index.ts';
import { addData, findLock, pullData, pushData, statusData } from './index.ts';

/*
 * Promise P30: kills of each command (twenty, or LOCKSTEP_KILLS), and a disk that is full at each place that writes. Nothing is ever half
 * there under its final name, and the same command run again finishes.
 */
const kills = Number(process.env.LOCKSTEP_KILLS ?? 20);
const room = (path: string) => pathToFileURL(join(import.meta.dirname, path)).href;

/** Work on a workspace as a process of its own; exits 1 with the error's message. */
const program = (root: string, work: string) => `
  const { addData, pullData, pushData } = await import('${room('index.ts')}');
  const { openWorkspace } = await import('${room('../workspace/index.ts')}');
  const workspace = openWorkspace('${root}');
  try { await ${work}; } catch (error) { console.error(error.message ?? error); process.exit(1); }`;

const start = (root: string, work: string): ChildProcess =>
  spawn(process.execPath, ['--input-type=module', '-e', program(root, work)], { stdio: 'ignore' });

/** 400 small files and a large one. */
function makeProject(folder: string): void {
  mkdirSync(join(folder, 'pipelines'), { recursive: true });
  writeFileSync(join(folder, 'lockstep.yaml'), 'remote: file:remote\n');
  for (let index = 0; index < 400; index++) {
    mkdirSync(join(folder, `data/many/${index % 10}`), { recursive: true });
    writeFileSync(join(folder, `data/many/${index % 10}/${index}.txt`), `${index} `.repeat(500));
  }
  const parts = Array.from({ length: 300_000 }, (_, index) =>
    createHash('sha256').update(`${index}`).digest(),
  );
  writeFileSync(join(folder, 'data/large.bin'), Buffer.concat(parts));
}

const filesBelow = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((item) => item.isFile())
        .map((item) => join(item.parentPath, item.name))
    : [];

/** What goes by a digest has it; there is nothing under data/ that the lock does not name whole. */
function checkWhole(root: string, locked: ReadonlyMap<string, string>): void {
  for (const base of ['remote', '.lockstep/store'])
    for (const path of filesBelow(join(root, base, 'sha256'))) {
      const hex = path.slice(-65).replace('/', '');
      if (/^[0-9a-f]{64}$/.test(hex)) expect(digestOf(readFileSync(path)), path).toBe(`sha256:${hex}`);
    }
  for (const path of filesBelow(join(root, 'data')))
    expect(digestOf(readFileSync(path)), path).toBe(locked.get(path.slice(root.length)));
}

const digestsOf = (root: string): ReadonlyMap<string, string> =>
  new Map(
    filesBelow(join(root, 'data')).map((path) => [path.slice(root.length), digestOf(readFileSync(path))]),
  );

const works = {
  add: `Promise.all([addData(workspace, workspace.root + '/data/many'), addData(workspace, workspace.root + '/data/large.bin')])`,
  push: 'pushData(workspace)',
  pull: 'pullData(workspace)',
} as const;

test.each(['add', 'push', 'pull'] as const)(
  '%s, killed again and again, is never half there and ends when run again',
  async (name) => {
    const base = mkdtempSync(join(tmpdir(), 'lockstep-kills-'));
    onTestFinished(() => rmSync(base, { recursive: true, force: true }));
    const ready = join(base, 'ready');
    makeProject(ready);
    const locked = digestsOf(ready);
    const workspace = openWorkspace(ready);
    if (name !== 'add')
      for (const path of ['many', 'large.bin']) await addData(workspace, join(ready, 'data', path));
    if (name === 'pull') {
      await pushData(workspace);
      for (const folder of ['data', '.lockstep']) rmSync(join(ready, folder), { recursive: true });
    }
    const root = join(base, 'root');
    const renew = () => {
      rmSync(root, { recursive: true, force: true });
      cpSync(ready, root, { recursive: true });
    };
    renew();
    const began = performance.now();
    const [code] = await once(start(root, works[name]), 'exit');
    const takes = performance.now() - began;
    expect(code).toBe(0);
    let cut = 0;
    for (let kill = 0; kill < kills; kill++) {
      renew();
      const child = start(root, works[name]);
      await sleep((takes * (kill + 1)) / kills);
      child.kill('SIGKILL');
      const [, signal] = child.exitCode === null ? await once(child, 'exit') : [null, null];
      if (signal === 'SIGKILL') cut++;
      checkWhole(root, locked);
      for (const { key } of findLock(openWorkspace(root))?.entries ?? [])
        expect(['large.bin', 'many/']).toContain(key);
    }
    expect(cut).toBeGreaterThan(kills / 3);
    const [last] = await once(start(root, works[name]), 'exit');
    expect(last).toBe(0);
    if (name !== 'pull') {
      await pushData(openWorkspace(root));
      for (const folder of ['data', '.lockstep'])
        rmSync(join(root, folder), { recursive: true, force: true });
    }
    await pullData(openWorkspace(root));
    expect((await statusData(openWorkspace(root))).datasets.map(({ state }) => state)).toEqual([
      'same',
      'same',
    ]);
    expect(digestsOf(root)).toEqual(locked);
  },
  600_000,
);

/** A file system of so many KiB at `place`, for one command of a shell; null where this user may not. */
const mayMount = spawnSync('unshare', ['-rm', 'true']).status === 0;

test.skipIf(!mayMount)(
  'a disk that is full says so at every place that writes, and nothing is half there',
  async () => {
    const base = mkdtempSync(join(tmpdir(), 'lockstep-full-'));
    onTestFinished(() => rmSync(base, { recursive: true, force: true }));
    const ready = join(base, 'ready');
    makeProject(ready);
    const workspace = openWorkspace(ready);
    for (const path of ['many', 'large.bin']) await addData(workspace, join(ready, 'data', path));
    await pushData(workspace);
    const place = join(base, 'small');
    mkdirSync(place);
    const seen = new Set<string>();
    // The project needs some 23 MB; its remote stays outside.
    for (let megabytes = 1; megabytes <= 34; megabytes++) {
      const script = `mount -t tmpfs -o size=${megabytes}m none ${place} && mkdir ${place}/pipelines &&
      printf 'remote: file:${ready}/remote\\n' > ${place}/lockstep.yaml && cp ${ready}/data.lock ${place}/ &&
      "$NODE" --input-type=module -e "$PROGRAM"; code=$?;
      find ${place}/data ${place}/.lockstep/store/sha256 -type f -exec sha256sum {} + 2>/dev/null; exit $code`;
      const { status, stdout, stderr } = spawnSync('unshare', ['-rm', 'sh', '-c', script], {
        encoding: 'utf8',
        env: { ...process.env, NODE: process.execPath, PROGRAM: program(place, works.pull) },
      });
      seen.add(status === 0 ? 'done' : stderr.slice(0, 12).trim());
      if (status !== 0)
        expect(stderr, `${megabytes} MB`).toMatch(
          /^E_DISK_FULL: no space left to write in .*need|^E_DISK_FULL: /,
        );
      for (const line of stdout.split('\n').filter((text) => text.includes('/data/'))) {
        const [hex, path] = line.split('  ');
        expect(digestOf(readFileSync(join(ready, path!.slice(place.length)))), line).toBe(`sha256:${hex}`);
      }
    }
    expect([...seen].sort()).toEqual(['E_DISK_FULL:', 'done']);
  },
  600_000,
);
