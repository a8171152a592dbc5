import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openWorkspace, type Workspace } from '../../workspace/index.ts';
import { addData, objectPath, pullData, pushData, readLock, statusData } from '../index.ts';
import { messageOf, testWorkspace, writeInto } from '../test-workspace.ts';
import { type ChunkSizes, chunkSizes, chunksOf, cutAfter } from './chunker.ts';
import {
  chunkMapKey,
  folderMapKey,
  parseChunkMap,
  parseFolderMap,
  printChunkMap,
  printFolderMap,
} from './maps.ts';

/** Bytes that look random and are the same each time. */
function noise(size: number, seed: string): Buffer {
  const parts = Array.from({ length: Math.ceil(size / 32) }, (_, index) =>
    createHash('sha256').update(`${seed} ${index}`).digest(),
  );
  return Buffer.concat(parts).subarray(0, size);
}

function shared(files: Readonly<Record<string, string | Uint8Array>>): Workspace {
  const { root } = testWorkspace({ 'lockstep.yaml': 'remote: file:remote\n', ...files });
  return openWorkspace(root);
}

function forget({ root }: Workspace): void {
  for (const folder of ['data', '.lockstep']) rmSync(join(root, folder), { recursive: true, force: true });
}

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((item) => item.isFile())
    .map((item) => join(item.parentPath, item.name));

const small: ChunkSizes = {
  ...chunkSizes(0),
  least: 64,
  usual: 256,
  most: 1024,
  maskBefore: -1 << 22,
  maskAfter: -1 << 26,
};

async function cutsOf(bytes: Uint8Array, parts: number): Promise<number[]> {
  const stream = (async function* () {
    for (let at = 0; at < bytes.length; at += parts) yield bytes.subarray(at, at + parts);
  })();
  const cuts: number[] = [];
  for await (const chunk of chunksOf(stream, small)) cuts.push(chunk.length);
  return cuts;
}

test('chunks are the whole file, within their sizes, however the stream comes', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 8000 }),
      fc.integer({ min: 1, max: 9000 }),
      async (bytes, parts) => {
        const cuts = await cutsOf(bytes, parts);
        expect(cuts.reduce((sum, size) => sum + size, 0)).toBe(bytes.length);
        expect(cuts.slice(0, -1).every((size) => size > small.least && size <= small.most)).toBe(true);
        expect(cuts).toEqual(await cutsOf(bytes, 100_000));
      },
    ),
    { numRuns: 1000 },
  );
});

test('an insertion moves only the cuts near it', async () => {
  const bytes = noise(200_000, 'base');
  const changed = Buffer.concat([
    bytes.subarray(0, 90_000),
    Buffer.from('one more row\n'),
    bytes.subarray(90_000),
  ]);
  const digests = async (of: Buffer) => {
    const found = new Set<string>();
    let at = 0;
    for (const size of await cutsOf(of, 65_536)) {
      found.add(
        createHash('sha256')
          .update(of.subarray(at, at + size))
          .digest('hex'),
      );
      at += size;
    }
    return found;
  };
  const before = await digests(bytes);
  const fresh = [...(await digests(changed))].filter((digest) => !before.has(digest));
  expect(before.size).toBeGreaterThan(300);
  expect(fresh.length).toBeLessThan(6);
});

test('where files are cut is fixed for ever', () => {
  const bytes = noise(1_000_000, 'pinned');
  const cuts: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    at = cutAfter(bytes, at, bytes.length, chunkSizes(bytes.length));
    cuts.push(at);
  }
  expect(cuts).toMatchInlineSnapshot(`
    [
      138311,
      217656,
      302304,
      368458,
      409327,
      479879,
      564316,
      631636,
      751186,
      817217,
      835583,
      919877,
      950370,
      1000000,
    ]
  `);
});

test('maps are read as they were written; others are refused', async () => {
  const digest = (name: string) => `sha256:${createHash('sha256').update(name).digest('hex')}` as const;
  const chunks = [
    { digest: digest('a'), pack: digest('p'), offset: 0, size: 5 },
    { digest: digest('b'), pack: digest('q'), offset: 7, size: 6 },
  ];
  expect(parseChunkMap(Buffer.from(printChunkMap({ size: 11, chunks })), 11, 'm')).toEqual({
    size: 11,
    chunks,
  });
  const folder = [{ pack: digest('p'), offset: 3 }, null];
  expect(parseFolderMap(Buffer.from(printFolderMap(folder)), 2, 'm')).toEqual(folder);
  const text = printChunkMap({ size: 11, chunks });
  for (const bad of [
    '',
    '[]',
    text.replace('"v":1', '"v":2'),
    text.replace(',7,', ',-7,'),
    text.replace(',1,7', ',2,7'),
    text.replaceAll('11', '12'),
    text.slice(0, -3),
  ])
    expect(await messageOf(() => parseChunkMap(Buffer.from(bad), 11, 'm'))).toMatch(/^E_REMOTE_NOT_DATA: /);
  expect(await messageOf(() => parseFolderMap(Buffer.from(printFolderMap(folder)), 3, 'm'))).toMatch(
    /^E_REMOTE_NOT_DATA/,
  );
});

test('many small files travel in packs, a changed one alone, and come back', async () => {
  const names = Array.from({ length: 300 }, (_, index) => `data/f/${index % 7}/${index}.txt`);
  const workspace = shared(Object.fromEntries(names.map((name) => [name, `row of ${name}\n`.repeat(9)])));
  const { root } = workspace;
  await addData(workspace, join(root, 'data/f'));
  const first = await pushData(workspace);
  expect(first.pushed.objects).toBe(301);
  // One pack, the manifest and the map.
  expect(filesBelow(join(root, 'remote'))).toHaveLength(3);
  expect((await pushData(workspace)).pushed).toEqual({ objects: 0, bytes: 0, chunks: 0 });
  forget(workspace);
  expect((await pullData(workspace)).fetched.objects).toBe(301);
  for (const name of names) expect(readFileSync(join(root, name), 'utf8')).toBe(`row of ${name}\n`.repeat(9));
  expect((await statusData(workspace)).datasets[0]!.state).toBe('same');
  writeFileSync(join(root, names[5]!), 'another');
  await addData(workspace, join(root, 'data/f'));
  // Without Git's history and with an empty cache all of it is new; with what this machine knows, one file is.
  expect((await pushData(workspace)).pushed.objects).toBe(301);
});

test('a large file travels in chunks; a changed row moves the chunk it is in', async () => {
  const bytes = noise(10_000_000, 'large');
  const workspace = shared({ 'data/l.bin': bytes });
  const { root } = workspace;
  const git = (...args: string[]) => runGit(root, args);
  git('init', '--quiet');
  await addData(workspace, join(root, 'data/l.bin'));
  git('add', 'data.lock');
  git('commit', '--quiet', '--message', 'one');
  const first = await pushData(workspace);
  expect(first.pushed.chunks).toBeGreaterThan(100);
  // What fits one pack whole is found at its own address, too.
  expect(existsSync(join(root, 'remote', objectPath(readLock(workspace).entries[0]!.digest)))).toBe(true);
  forget(workspace);
  await pullData(workspace);
  expect(readFileSync(join(root, 'data/l.bin')).equals(bytes)).toBe(true);

  const changed = Buffer.from(bytes);
  changed.write('another row', 5_000_000);
  writeFileSync(join(root, 'data/l.bin'), changed);
  await addData(workspace, join(root, 'data/l.bin'));
  const second = await pushData(workspace);
  expect(second.pushed.chunks).toBeLessThanOrEqual(2);
  expect(second.pushed.bytes).toBeLessThan(600_000);
  git('commit', '--quiet', '--all', '--message', 'two');
  // Another machine that has the first version fetches what it lacks.
  git('checkout', '--quiet', 'HEAD~1', '--', 'data.lock');
  forget(workspace);
  await pullData(workspace);
  git('checkout', '--quiet', 'HEAD', '--', 'data.lock');
  const { fetched } = await pullData(workspace);
  expect(fetched.bytes).toBeLessThan(600_000);
  expect(readFileSync(join(root, 'data/l.bin')).equals(changed)).toBe(true);
});

test('what an environment trains on moves by its changes too, as its own lock in Git tells', async () => {
  const bytes = noise(10_000_000, 'large');
  const workspace = shared({ 'theirs/l.bin': bytes });
  const { root } = workspace;
  const add = () => addData(workspace, join(root, 'theirs/l.bin'), { as: 'l.bin', for: 'staging' });
  runGit(root, ['init', '--quiet']);
  await add();
  runGit(root, ['add', 'data.staging.lock']);
  runGit(root, ['commit', '--quiet', '--message', 'one']);
  expect((await pushData(workspace, [], 'staging')).pushed.chunks).toBeGreaterThan(100);
  bytes.write('another row', 5_000_000);
  writeFileSync(join(root, 'theirs/l.bin'), bytes);
  await add();
  expect((await pushData(workspace, [], 'staging')).pushed.chunks).toBeLessThanOrEqual(2);
});

test('a sparse checkout of a folder is as locked, and grows', async () => {
  const workspace = shared({
    'data/f/train/a': 'a',
    'data/f/train/b': 'b',
    'data/f/test/c': 'c',
    'data/f/d.csv': 'd',
  });
  const { root } = workspace;
  await addData(workspace, join(root, 'data/f'));
  await pushData(workspace);
  forget(workspace);
  await pullData(workspace, { files: ['train/', '*.csv'] });
  const there = () =>
    filesBelow(join(root, 'data'))
      .map((path) => path.slice(root.length + 6))
      .sort();
  expect(there()).toEqual(['f/d.csv', 'f/train/a', 'f/train/b']);
  expect((await statusData(workspace)).datasets[0]!.state).toBe('same');
  expect(await messageOf(() => pullData(workspace, { files: ['nothing/'] }))).toMatch(
    /^E_DATA_MISSING: no file of "f\/"/,
  );
  // What is refused is not remembered.
  expect((await statusData(workspace)).datasets[0]!.state).toBe('same');
  await pullData(workspace);
  expect(there()).toHaveLength(3);
  await pullData(workspace, { files: null });
  expect(there()).toHaveLength(4);
  await pullData(workspace, { files: ['test/'] });
  expect(there()).toEqual(['f/test/c']);
  writeInto(root, 'data/f/test/c', 'changed');
  expect((await statusData(workspace)).datasets[0]!.state).toBe('changed');
});

test('a map that lies is found out', async () => {
  const workspace = shared({ 'data/f/1': 'one', 'data/f/2': 'two', 'data/l.bin': noise(9_000_000, 'l') });
  const { root } = workspace;
  for (const name of ['f', 'l.bin']) await addData(workspace, join(root, 'data', name));
  await pushData(workspace);
  const [folder, large] = readLock(workspace).entries;
  const lie = async (key: string, change: (text: string) => string, what: RegExp) => {
    const path = join(root, 'remote', key);
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, change(text));
    forget(workspace);
    expect(await messageOf(() => pullData(workspace))).toMatch(what);
    expect(existsSync(join(root, 'data'))).toBe(false);
    writeFileSync(path, text);
  };
  await lie(
    folderMapKey(folder!.digest),
    (text) => text.replace('"at":[0,0', '"at":[0,1'),
    /^E_DIGEST_MISMATCH: "f\/1"/,
  );
  await lie(
    folderMapKey(folder!.digest),
    (text) => text.replace(/"packs":\["[0-9a-f]{4}/, '"packs":["0000'),
    /^E_OBJECT_MISSING: "f\//,
  );
  const swapped = (text: string) =>
    text.replace(/(\["[0-9a-f]{64}",0,)(\d+)(,\d+\],\["[0-9a-f]{64}",0,)(\d+)/, '$1$4$3$2');
  await lie(chunkMapKey(large!.digest), swapped, /^E_DIGEST_MISMATCH: "l.bin"/);
  await pullData(workspace);
  expect(statSync(join(root, 'data/l.bin')).size).toBe(9_000_000);
});

function runGit(root: string, args: readonly string[]): void {
  const { status, stderr } = spawnSync(
    'git',
    ['-c', 'user.name=t', '-c', 'user.email=t@example.com', '-c', 'safe.directory=*', ...args],
    {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null' },
    },
  );
  if (status !== 0) throw new Error(stderr);
}
