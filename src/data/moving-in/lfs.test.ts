import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type LfsServerOptions, startLfsServer } from '../../../test/fakes/lfs-server.ts';
import { digestOf, hexOf, openWorkspace } from '../../workspace/index.ts';
import { messageOf, testWorkspace, writeInto } from '../test-workspace.ts';
import { bringIn, lfsOffer } from './index.ts';
import { serverFor } from './lfs-server.ts';

const oidOf = (bytes: string) => hexOf(digestOf(bytes));
const pointer = (bytes: string, more = '') =>
  `version https://git-lfs.github.com/spec/v1\noid sha256:${oidOf(bytes)}\nsize ${bytes.length}\n${more}`;

/** A repository whose HEAD has these files, without git-lfs. */
function committed(files: Readonly<Record<string, string>>, own = false) {
  const root = mkdtempSync(join(tmpdir(), 'lockstep-lfs-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, content] of Object.entries(files)) writeInto(root, path, content);
  const git = (...args: string[]) => {
    const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', '-c', 'safe.directory=*'];
    const { status, stderr } = spawnSync('git', [...identity, ...args], { cwd: root, encoding: 'utf8' });
    expect(status, stderr).toBe(0);
  };
  git('init', '-q');
  git('add', '-A');
  git('commit', '-qm', 'x');
  const into = own ? openWorkspace(root) : testWorkspace();
  const move = async (only?: string[]) => {
    const offer = await lfsOffer(root, { only });
    return bringIn(into, offer.planned);
  };
  return {
    root,
    git,
    into,
    move,
    data: (path: string) => readFileSync(join(into.root, 'data', path), 'utf8'),
  };
}

async function serving(options: LfsServerOptions, ...contents: string[]) {
  const server = await startLfsServer(options);
  onTestFinished(server.close);
  for (const bytes of contents) server.objects.set(oidOf(bytes), Buffer.from(bytes));
  return server;
}

test('pointers of HEAD find their bytes in the LFS cache, the work tree and the server, in this order', async () => {
  const [near, here, far] = ['in the cache', 'in the work tree', 'far away'.repeat(200_000)] as const;
  const { root, git, move, data, into } = committed({
    'data/near.bin': pointer(near),
    'data/here.bin': pointer(here),
    'models/far.bin': pointer(far),
    'models/far-too.bin': pointer(far),
    'README.md': `A pointer looks like this:\n${pointer('x')}`,
  });
  writeInto(
    root,
    `.git/lfs/objects/${oidOf(near).slice(0, 2)}/${oidOf(near).slice(2, 4)}/${oidOf(near)}`,
    near,
  );
  writeInto(root, 'data/here.bin', here);
  const server = await serving({ cuts: 2 }, far);
  git('config', 'lfs.url', server.url);
  const { imported, read } = await move();
  expect(imported.map(({ entry }) => [entry.key, entry.digest, entry.size])).toEqual([
    ['here.bin', digestOf(here), here.length],
    ['near.bin', digestOf(near), near.length],
    ['models/far-too.bin', digestOf(far), far.length],
    ['models/far.bin', digestOf(far), far.length],
  ]);
  expect(read).toEqual({ 'its LFS cache': 1, 'its work tree': 1, 'its LFS server': 2 });
  expect([data('models/far.bin'), data('here.bin')]).toEqual([far, here]);
  // One question for one object, then its bytes: cut twice, gone on with twice.
  const get = `GET /object/${oidOf(far)}`;
  expect(server.asked).toEqual(['POST /team/data.git/info/lfs/objects/batch', get, get, get]);
  rmSync(join(into.root, 'data'), { recursive: true });
  expect((await move(['models'])).read).toEqual({ 'the store': 2 });
});

test('in the repository itself the bytes take the place of their pointers, and of nothing else', async () => {
  const { root, move, data } = committed(
    { 'data/a.bin': pointer('bytes of a'), 'data/b.bin': pointer('b') },
    true,
  );
  for (const bytes of ['bytes of a', 'b'])
    writeInto(
      root,
      `.git/lfs/objects/${oidOf(bytes).slice(0, 2)}/${oidOf(bytes).slice(2, 4)}/${oidOf(bytes)}`,
      bytes,
    );
  writeInto(root, 'data/b.bin', pointer('another'));
  expect(await messageOf(() => move())).toMatch(/^E_DATA_CHANGED: something else lies at data\/b\.bin /);
  expect(data('a.bin')).toBe(pointer('bytes of a'));
  expect((await move(['data/a.bin'])).read).toEqual({ 'the store': 1 });
  expect(data('a.bin')).toBe('bytes of a');
});

test('a server that lies, lacks the object or wants a login is told from one that serves', async () => {
  const said: Record<string, string> = {};
  const tried = async (name: string, options: LfsServerOptions, fill: string, helper = '') => {
    const { move, git, into } = committed({ 'a.bin': pointer('right') });
    const server = await serving(options);
    if (fill !== '') server.objects.set(oidOf('right'), Buffer.from(fill));
    git('config', 'lfs.url', server.url);
    git('config', 'credential.helper', helper);
    said[name] = (await messageOf(move))
      .replaceAll(server.url, '<server>')
      .replaceAll(/127.0.0.1:\d+/g, '<host>');
    expect(existsSync(join(into.root, 'data.lock')), name).toBe(said[name].startsWith('accepted'));
  };
  await tried('other bytes', {}, 'wrong');
  await tried('too many bytes', {}, 'right and more');
  await tried('nothing', {}, '');
  await tried('a login', { login: 'ada:secret' }, 'right');
  await tried(
    'a login that Git knows',
    { login: 'ada:secret' },
    'right',
    '!f() { echo username=ada; echo password=secret; }; f',
  );
  expect(said['a login that Git knows']).toMatch(/^accepted/);
  delete said['a login that Git knows'];
  expect(said).toMatchInlineSnapshot(`
    {
      "a login": "E_REMOTE_CREDENTIALS: <server>/objects/batch wants to know who asks — a user that Git knows for this host. Fix: set up \`git credential\` for it, or run \`git lfs fetch\` first.",
      "nothing": "E_OBJECT_MISSING: "a.bin" (sha256:27042f4e6eca7d0b2a7ee4026df2ecfa51d3339e6d122aa099118ecd8563bad9) is in none of: its LFS server — bytes that can be read from here. Fix: fetch them with the tool that keeps them, or leave it out: name what you want with --only.",
      "other bytes": "E_DIGEST_MISMATCH: "a.bin" is sha256:8810ad581e59f2bc3928b261707a71308f7e139eb04820366dc4d5c18d980225 in its LFS server, after 5 bytes — expected sha256:27042f4e6eca7d0b2a7ee4026df2ecfa51d3339e6d122aa099118ecd8563bad9 of 5 bytes. Fix: put the right bytes there, or leave it out: name what you want with --only.",
      "too many bytes": "E_DIGEST_MISMATCH: "a.bin" is sha256:5ca0041c160694ed5e964543641a1121b9dded943cb1ba3d74290077fd1bda85 in its LFS server, after 14 bytes — expected sha256:27042f4e6eca7d0b2a7ee4026df2ecfa51d3339e6d122aa099118ecd8563bad9 of 5 bytes. Fix: put the right bytes there, or leave it out: name what you want with --only.",
    }
  `);
});

test('pointers are read strictly', async () => {
  const long = pointer('x', `x-note ${'x'.repeat(1000)}\n`);
  const cases = {
    'over 1,024 bytes': long,
    'a short oid': pointer('x').replace(/oid sha256:../, 'oid sha256:'),
    'another hash': pointer('x').replace('sha256', 'md5'),
    'no size': pointer('x').replace(/size.*\n/, ''),
    'a negative size': pointer('x').replace('size 1', 'size -1'),
    'another version': pointer('x').replace('spec/v1', 'spec/v2'),
    'an extension': pointer('x').replace('oid', `ext-0-foo sha256:${oidOf('y')}\noid`),
  };
  const said: Record<string, string> = {};
  for (const [name, bytes] of Object.entries(cases))
    said[name] = await messageOf(committed({ 'a.bin': bytes }).move);
  const none = committed({ 'a.bin': 'x' });
  said['no pointers'] = (await messageOf(none.move)).replace(none.root, '<theirs>');
  expect(said).toMatchInlineSnapshot(`
    {
      "a negative size": "E_CONFIG_VALUE: the size "-1" in a.bin:3 — a number of bytes.",
      "a short oid": "E_DIGEST_FORMAT: the oid "sha256:711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881" in a.bin — sha256: and 64 lower-case hex digits.",
      "an extension": "E_CONFIG_VALUE: a Git LFS extension in a.bin:2 — a pointer without extensions.",
      "another hash": "E_DIGEST_FORMAT: the oid "md5:2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881" in a.bin — sha256: and 64 lower-case hex digits.",
      "another version": "E_CONFIG_VALUE: the line "version https://git-lfs.github.com/spec/v2" in a.bin:1 — version https://git-lfs.github.com/spec/v1.",
      "no pointers": "E_DATA_MISSING: no Git LFS pointers in <theirs> (HEAD) — files that begin with "version https://git-lfs.github.com/spec/v1". Fix: name the repository that has them: lockstep data import lfs <folder>.",
      "no size": "E_CONFIG_VALUE: the size "" in a.bin — a number of bytes.",
      "over 1,024 bytes": "E_CONFIG_TOO_LARGE: a Git LFS pointer of 1134 bytes in a.bin — at most 1024 bytes. Fix: restore the pointer, or leave the file out: name what you want with --only.",
    }
  `);
});

test.each([
  ['https://github.com/acme/data', 'https://github.com/acme/data.git/info/lfs'],
  ['https://github.com/acme/data.git', 'https://github.com/acme/data.git/info/lfs'],
  ['git@github.com:acme/data.git', 'https://github.com/acme/data.git/info/lfs'],
  ['ssh://git@host.example:2222/acme/data', 'https://host.example/acme/data.git/info/lfs'],
  ['/srv/git/data.git', '/srv/git/data.git'],
])('the LFS server of %s is %s', (remote, server) => {
  expect(serverFor(remote)).toBe(server);
});
