import { spawnSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { packTar, type TarEntry } from 'modern-tar';
import { expect, onTestFinished, test } from 'vitest';
import { type LockEntry, objectPath, openStore, storeAt } from '../../src/data/index.ts';
import { digestOf, openWorkspace } from '../../src/workspace/index.ts';
import { tarOptions } from '../kit/cache.ts';
import { adoptObjects } from './object-cache.ts';

const rows = 'a,b\n1,2\n';
const digest = digestOf(rows);
const entry: LockEntry = { key: 'rows.csv', digest, size: rows.length };
const object = objectPath(digest);

const file = (name: string, body: string, mode = 0o644): TarEntry => ({
  header: { name, size: body.length, mode },
  body,
});
const link = (name: string, linkname: string, type: 'symlink' | 'link' = 'symlink'): TarEntry => ({
  header: { name, size: 0, type, linkname },
});

function sandbox() {
  const root = mkdtempSync(join(tmpdir(), 'lockstep-poison-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const folder of ['repo/pipelines', 'temp/cache', 'outside'])
    mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, 'outside/secret'), rows);
  writeFileSync(join(root, 'repo/train.ts'), 'ours');
  const [outside, folder] = [join(root, 'outside'), join(root, 'temp/cache')];
  return { root, outside, folder, workspace: openWorkspace(join(root, 'repo')) };
}

/** As the cache client unpacks, with what we tell tar. */
async function unpack(entries: readonly TarEntry[], folder: string): Promise<void> {
  const archive = `${folder}.tar`;
  writeFileSync(archive, await packTar([...entries]));
  spawnSync('tar', ['-xf', archive, '-P', '-C', folder], {
    env: { ...process.env, TAR_OPTIONS: tarOptions },
  });
  rmSync(archive);
}

/** Every file of a tree and what it holds. */
function shown(root: string): string[] {
  const { stdout } = spawnSync(
    'find',
    [root, '(', '-type', 'f', '-o', '-type', 'l', '-o', '-type', 'p', ')'],
    {
      encoding: 'utf8',
    },
  );
  return stdout
    .split('\n')
    .filter(Boolean)
    .map(
      (path) =>
        `${relative(root, path)}: ${lstatSync(path).isFile() ? readFileSync(path, 'utf8').trim() : 'odd'}`,
    )
    .sort();
}

const poisons: Readonly<Record<string, (place: ReturnType<typeof sandbox>) => readonly TarEntry[]>> = {
  'other bytes under the name': () => [file(object, 'a,b\n6,6\n')],
  'a truncated object': () => [file(object, 'a,b')],
  'a file by an absolute name': ({ root }) => [
    file(join(root, 'repo/train.ts'), 'theirs'),
    file(object, rows),
  ],
  'a file that climbs out': () => [
    file('../../repo/train.ts', 'theirs'),
    file('x/../../../repo/train.ts', 'theirs'),
  ],
  'a link in the place of an object': ({ outside }) => [link(object, join(outside, 'secret'))],
  'a folder that is a link, and a file through it': ({ root }) => [
    link('sha256', join(root, 'repo')),
    file('sha256/train.ts', 'theirs'),
  ],
  'a hard link to a file outside, then written through': ({ root }) => [
    link(object, join(root, 'repo/train.ts'), 'link'),
    file(object, 'theirs'),
  ],
  'a foreign file beside the objects': () => [
    file('.lockstep/runs/x/record.json', '{}'),
    file('sha256/zz/foreign', 'theirs'),
    file(object, rows, 0o4777),
  ],
};

test.each(Object.entries(poisons))('%s: nothing foreign survives', async (_, poison) => {
  const place = sandbox();
  const before = shown(join(place.root, 'repo'));
  await unpack(poison(place), place.folder);
  const store = openStore(place.workspace);
  await adoptObjects(place.folder, store, [entry]);
  rmSync(place.folder, { recursive: true });
  const kept = store.has(digest);
  const own = `.lockstep/store/${object}: ${rows.trim()}`;
  expect(shown(join(place.root, 'repo'))).toEqual([...(kept ? [own] : []), ...before].sort());
  expect(shown(place.outside)).toEqual([`secret: ${rows.trim()}`]);
  if (kept) expect(lstatSync(store.pathOf(digest)).mode & 0o7777).toBe(0o644);
});

test('whole objects are taken, a folder by its manifest', async () => {
  const place = sandbox();
  const manifest = `${digest.slice('sha256:'.length)} ${rows.length} rows.csv\n`;
  const folder: LockEntry = { key: 'many/', digest: digestOf(manifest), size: rows.length, files: 1 };
  await unpack([file(objectPath(folder.digest), manifest), file(object, rows)], place.folder);
  const store = openStore(place.workspace);
  await adoptObjects(place.folder, store, [folder]);
  expect((await store.read(digest)).toString()).toBe(rows);
  expect(existsSync(store.pathOf(folder.digest))).toBe(true);
});

test('packs are taken object by object, and only what is a file and whole', async () => {
  const manifest = `${digest.slice('sha256:'.length)} ${rows.length} rows.csv\n`;
  const folder: LockEntry = { key: 'many/', digest: digestOf(manifest), size: rows.length, files: 1 };
  const made = sandbox();
  const packer = storeAt(made.folder).openPacker();
  packer.add(digest, Buffer.from(rows));
  packer.end();
  const packs = Object.fromEntries(
    readdirSync(join(made.folder, 'packs')).map((name) => [
      name,
      readFileSync(join(made.folder, 'packs', name)),
    ]),
  );
  const changes: Readonly<Record<string, (place: string) => void>> = {
    whole: () => {},
    'other bytes': (place) => writeFileSync(place, 'a,b\n6,6\n'),
    'cut off': (place) => truncateSync(place, 3),
    'a link': (place) => {
      renameSync(place, `${place}.real`);
      symlinkSync(`${place}.real`, place);
    },
    'a pipe': (place) => {
      rmSync(place);
      spawnSync('mkfifo', [place]);
    },
  };
  for (const [name, change] of Object.entries(changes)) {
    const place = sandbox();
    await storeAt(place.folder).put(manifest);
    mkdirSync(join(place.folder, 'packs'));
    for (const [file, bytes] of Object.entries(packs))
      writeFileSync(join(place.folder, 'packs', file), bytes);
    change(join(place.folder, 'packs', Object.keys(packs).find((file) => file.endsWith('.pack'))!));
    const store = openStore(place.workspace);
    await adoptObjects(place.folder, store, [folder]);
    expect(store.has(digest), name).toBe(name === 'whole');
  }
});
