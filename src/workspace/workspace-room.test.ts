import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import canonicalize from 'canonicalize';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeAtomic } from './atomic-file.ts';
import { canonicalJson, digestOfJson } from './canonical-json.ts';
import { digestFile, digestOf, parseDigest } from './digest.ts';
import { LockstepError } from './errors.ts';
import { git, readAtCommit, resolveCommit, tryGit } from './git.ts';
import { acquireLock, withLock } from './lock-file.ts';
import { isAlive, spawnOwn } from './process.ts';
import { isWatched } from './progress.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lockstep-workspace-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('an error is one line of what, where, allowed and fix, without control characters', () => {
  const error = new LockstepError('E_NAME', {
    what: 'the name "a\u001b[31m\u202e"',
    where: { file: 'a\n.yaml', line: 2, column: 3 },
    allowed: 'letters',
    fix: 'rename it',
  });
  expect(error.message).toMatchInlineSnapshot(
    `"E_NAME: the name "a\\u001b[31m\\u202e" in a\\u000a.yaml:2:3 — letters. Fix: rename it."`,
  );
});

test.each<unknown>([
  { b: 1, a: { d: [], c: {} } },
  { a: 1, b: [{ c: 'ä', d: null }, true, -0, 1e21, 1e-7] },
  { '9': 1, '10': 2, a: 3 },
  { '10': 1, '9': 2 },
  { a: undefined, b: [undefined, () => 1] },
  { a: new Date(0), b: new Map([[1, 2]]) },
  { ä: 1, z: 2, '\u{1f600}': 3, '\uffff': 4 },
  Object('boxed'),
  [Object(1)],
  Object.assign([], { 1: 'after a hole' }),
  Object.assign(Object.create(null), { b: 1, a: 2 }),
  'text',
])('canonical JSON is that of the package, whether or not it is asked: %j', (value) => {
  expect(canonicalJson(value)).toBe((canonicalize as unknown as (value: unknown) => string)(value));
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, '\ud800', { '\udc00': 1 }, [[Number.NaN]]])(
  'what has no canonical JSON is refused: %#',
  (value) => {
    expect(() => canonicalJson(value)).toThrow();
  },
);

test('canonical JSON follows RFC 8785: sorted names, shortest numbers', () => {
  expect(canonicalJson({ b: 1e21, a: [1.0, -0, 'ä\n'], A: null })).toBe(
    '{"A":null,"a":[1,0,"ä\\n"],"b":1e+21}',
  );
  expect(digestOfJson({ a: 1, b: 2 })).toBe(digestOfJson({ b: 2, a: 1 }));
});

test('a file has the digest of its bytes', async () => {
  const path = join(folder, 'x');
  writeAtomic(path, 'abc');
  const known = 'sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
  expect(await digestFile(path)).toEqual({ digest: known, size: 3 });
  expect(digestOf('abc')).toBe(known);
  for (const wrong of [known.toUpperCase(), known.slice(0, -1), `md5:${known.slice(7)}`]) {
    expect(() => parseDigest(wrong)).toThrow('E_DIGEST_FORMAT');
  }
});

test('a write that fails leaves the old file and nothing beside it', () => {
  const path = join(folder, 'kept');
  writeAtomic(path, 'old');
  writeFileSync(join(folder, 'a-file'), '');
  expect(() => writeAtomic(join(folder, 'a-file', 'x'), 'new')).toThrow();
  expect(readFileSync(path, 'utf8')).toBe('old');
});

test('git commands work in a fresh repository and say what went wrong', async () => {
  await git(['init', '-q', '-b', 'main'], { cwd: folder });
  expect(await resolveCommit(folder, 'HEAD')).toBeNull();
  writeFileSync(join(folder, 'a'), 'one\r\n');
  await git(['add', 'a'], { cwd: folder });
  const identity = {
    GIT_AUTHOR_NAME: 'A',
    GIT_AUTHOR_EMAIL: 'a@example.com',
    GIT_COMMITTER_NAME: 'A',
    GIT_COMMITTER_EMAIL: 'a@example.com',
  };
  await git(['commit', '-q', '-m', 'x'], { cwd: folder, env: identity });
  const head = await resolveCommit(folder, 'HEAD');
  expect(String(await readAtCommit(folder, head!, 'a'))).toBe('one\r\n');
  expect(await readAtCommit(folder, head!, 'b')).toBeNull();
  expect((await tryGit(['rev-parse', '--verify', 'nothing'], { cwd: folder })).status).not.toBe(0);
  await expect(git(['cat-file', '-t', 'nothing'], { cwd: folder })).rejects.toThrow(
    /^E_GIT: git cat-file -t nothing ended with 128/,
  );
});

test('nothing is drawn in a log, nor on the terminal that a runner gives a job', () => {
  const terminal = { isTTY: true };
  expect(isWatched(terminal, { TERM: 'xterm' }, 'linux')).toBe(true);
  expect(isWatched(terminal, {}, 'win32')).toBe(true);
  expect(isWatched({}, { TERM: 'xterm' }, 'linux')).toBe(false);
  expect(isWatched(terminal, { TERM: 'xterm', CI: 'true' }, 'linux')).toBe(false);
  expect(isWatched(terminal, {}, 'linux')).toBe(false);
  expect(isWatched(terminal, { TERM: 'dumb' }, 'linux')).toBe(false);
});

test('a lock is held by one, refused to the second, and taken over from the dead', async () => {
  const path = join(folder, 'a.lock');
  const release = await acquireLock(path, { what: 'run flight-delay' });
  await expect(acquireLock(path, { what: 'gc' })).rejects.toThrow(
    new RegExp(
      `^E_BUSY: gc waits for process ${process.pid} on .* \\(run flight-delay, since .*\\) in .*a.lock. Fix: let it finish, or stop it.$`,
    ),
  );
  const order: string[] = [];
  const second = withLock(path, { what: 'second', waitMs: 5000 }, async () => order.push('second'));
  order.push('first');
  release();
  await second;
  expect(order).toEqual(['first', 'second']);
  const dead = spawn(process.execPath, ['-e', '']);
  await new Promise((resolve) => dead.once('exit', resolve));
  const { hostname } = await import('node:os');
  writeFileSync(path, JSON.stringify({ pid: dead.pid, host: hostname(), started: 'then', what: 'x' }));
  (await acquireLock(path, { what: 'third' }))();
  expect(existsSync(path)).toBe(false);
});

test('a child of ours ends when its parent is killed with -9', async () => {
  const child = join(folder, 'child.mjs');
  const parent = join(folder, 'parent.mjs');
  const here = join(import.meta.dirname, 'process.ts');
  writeFileSync(
    child,
    `import { watchParent } from ${JSON.stringify(here)};\nwatchParent();\nconsole.log(process.pid);\nsetInterval(() => {}, 1000);\n`,
  );
  writeFileSync(
    parent,
    `import { spawnOwn } from ${JSON.stringify(here)};\nspawnOwn(${JSON.stringify(child)}, []);\nsetInterval(() => {}, 1000);\n`,
  );
  const started = spawnOwn(parent, [], { stdout: 'pipe' });
  const pid = Number(String(await new Promise((resolve) => started.stdout!.once('data', resolve))));
  expect(isAlive(pid)).toBe(true);
  started.kill('SIGKILL');
  for (let tries = 0; isAlive(pid) && tries < 100; tries++) await sleep(50);
  expect(isAlive(pid)).toBe(false);
});
