import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { commitFiles, makeRepository, makeSandbox } from '../../test/git-sandbox.ts';
import { git } from './git.ts';
import { gitRecords } from './git-output.ts';
import { eachBlob, readBlobs } from './git-tree.ts';

async function all(args: readonly string[], cwd: string, most = Number.POSITIVE_INFINITY): Promise<string[]> {
  const found: string[] = [];
  for await (const record of gitRecords(args, { cwd }, '\0')) {
    found.push(record);
    if (found.length === most) break;
  }
  return found;
}

test('records come whole however they are cut into chunks, and what is before the first mark is none', async () => {
  await using sandbox = await makeSandbox();
  const repository = await makeRepository(sandbox.folder);
  const { root } = repository;
  const long = 'é'.repeat(50_000);
  await commitFiles(repository, { 'a.txt': 'a' }, `one ${long}`);
  await commitFiles(repository, { 'b.txt': 'b' }, `two ${long}`);
  const format = '--format=before%x00%s';
  const [two, one] = await all(['log', format, '-2'], root);
  expect(two!.replace(/\nbefore$/, '')).toBe(`two ${long}`);
  expect(one!.trimEnd()).toBe(`one ${long}`);
  expect(await all(['log', format, '-2'], root, 1)).toEqual([two]);
  expect(await all(['log', '--format=%H', '-2'], root)).toEqual([]);
  expect(await git(['status', '--short'], { cwd: root })).toBe('');
});

test('what git refuses is an error, in its words', async () => {
  await using sandbox = await makeSandbox();
  const { root } = await makeRepository(sandbox.folder);
  await expect(all(['log', 'nothing-of-that-name'], root)).rejects.toThrow(/E_GIT.*nothing-of-that-name/);
});

test('objects come whole, of many chunks or many to one, each once and in their order; what is not there is left out', async () => {
  await using sandbox = await makeSandbox();
  const { root } = await makeRepository(sandbox.folder);
  const contents = [
    Buffer.alloc(0),
    randomBytes(700_000),
    ...Array.from({ length: 300 }, () => randomBytes(90)),
  ];
  contents.splice(20, 0, randomBytes(65_536));
  const oids = await Promise.all(
    contents.map(async (input) => (await git(['hash-object', '-w', '--stdin'], { cwd: root, input })).trim()),
  );
  const absent = 'f'.repeat(40);
  const found: [string, Buffer][] = [];
  for await (const blob of eachBlob(root, [...oids.slice(0, 2), absent, ...oids])) found.push(blob);
  expect(found.map(([oid]) => oid)).toEqual(oids);
  expect(found.every(([, bytes], index) => bytes.equals(contents[index]!))).toBe(true);
  expect(await readBlobs(root, [absent])).toEqual(new Map());
});
