import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { commitFiles, type GitSandbox, makeSandbox, messageOf } from '../../test/git-sandbox.ts';
import type { ForgetReport } from '../commands/forget.ts';
import { addData, ensureDataset, pullData, pushData, readLock } from '../data/index.ts';
import { git, openWorkspace, type Workspace } from '../workspace/index.ts';
import { command } from './data-forget.ts';

// What is to be forgotten goes from what environments train on too: data.lock and data.<environment>.lock are one world.

let sandbox: GitSandbox;
let ada: Workspace;
beforeEach(async () => {
  sandbox = await makeSandbox();
  const { root } = await sandbox.clone('ada');
  writeFileSync(join(root, 'lockstep.yaml'), `remote: file:${join(sandbox.folder, 'remote')}\n`);
  ada = openWorkspace(root);
  await commitFiles(ada, { '.gitignore': '/.lockstep/\n/data/\n' });
});
afterEach(() => sandbox[Symbol.asyncDispose]());

/** Locks a folder of these files, for everybody or for an environment, and sends it. */
async function add(key: string, files: Record<string, string>, environment?: string): Promise<void> {
  const folder =
    environment === undefined ? join(ada.root, 'data', key) : join(sandbox.folder, environment, key);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  await addData(ada, folder, {
    as: key,
    push: true,
    ...(environment === undefined ? {} : { for: environment }),
  });
}

const forget = async (dataset: string, values: { yes?: boolean; file?: string } = {}) => {
  const given = { reason: 'consent withdrawn', ...values };
  const input = { workspace: ada, cwd: ada.root, positionals: [dataset], values: given, json: false };
  const { json, text } = await command.run(input);
  return { report: json as ForgetReport, lines: text.split('\n') };
};
const keys = (environment?: string) => readLock(ada, environment).entries.map(({ key }) => key);
const lockText = (name: string) => readFileSync(join(ada.root, name), 'utf8');

/** Whether some bytes lie anywhere that Lockstep keeps bytes. */
const isKept = (text: string): boolean =>
  [join(sandbox.folder, 'remote'), ada.root].some((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true }).some(
      (item) => item.isFile() && readFileSync(join(item.parentPath, item.name)).includes(text),
    ),
  );

test('a dataset goes from every lock, in every version that any of them named', async () => {
  await add('people', { 'a.txt': 'ada of main', 'b.txt': 'bob of main' });
  await add('places', { 'a.txt': 'a place' });
  await add('people', { 'a.txt': 'ann of eu' }, 'eu');
  await add('people', { 'a.txt': 'ben, once of staging' }, 'staging');
  await commitFiles(ada, {}, 'data');
  await add('people', { 'a.txt': 'cid of staging' }, 'staging');
  await add('sites', { 'a.txt': 'a site' }, 'staging');
  // An environment that is gone, with its lock: what it named is in Git's history alone.
  rmSync(join(ada.root, 'data.eu.lock'));
  await commitFiles(ada, {}, 'data');

  const plan = await forget('people');
  expect(plan.report).toMatchObject({ applied: false, versions: 4, files: 5 });
  expect(plan.report.locks).toEqual([
    { lock: 'data.lock', entry: expect.objectContaining({ key: 'people/', files: 2 }) },
    { lock: 'data.staging.lock', entry: expect.objectContaining({ key: 'people/', files: 1 }) },
  ]);
  expect(plan.lines).toContain('  in data.lock, data.staging.lock: what it says of it');
  expect(keys('staging')).toEqual(['people/', 'sites/']);

  const done = await forget('data/people', { yes: true });
  expect(done.report.locks).toEqual([
    { lock: 'data.lock', entry: null },
    { lock: 'data.staging.lock', entry: null },
  ]);
  expect(done.lines.at(-1)).toBe(
    'next: commit data.lock, data.staging.lock, data.tombstones.json, and let others pull them',
  );
  for (const text of ['ada of main', 'bob of main', 'ann of eu', 'ben, once of staging', 'cid of staging'])
    expect(isKept(text), text).toBe(false);
  expect([keys(), keys('staging')]).toEqual([['places/'], ['sites/']]);
  expect([isKept('a place'), isKept('a site')]).toEqual([true, true]);
  expect(await messageOf(add('people', { 'a.txt': 'cid of staging' }, 'staging'))).toMatch(
    /^E_DATA_FORGOTTEN: "people\/"/,
  );
});

test('what only an environment locks is found, and data.lock stays as it is', async () => {
  await add('places', { 'a.txt': 'a place' });
  await add('people', { 'a.txt': 'cid of staging' }, 'staging');
  const before = lockText('data.lock');
  expect((await forget('people', { yes: true })).report.locks).toEqual([
    { lock: 'data.staging.lock', entry: null },
  ]);
  expect(lockText('data.lock')).toBe(before);
  expect(lockText('data.staging.lock')).toBe('version: 1\ndatasets: {}\n');
  expect(isKept('cid of staging')).toBe(false);
  expect(await messageOf(forget('persons'))).toMatchInlineSnapshot(
    `"E_DATA_MISSING: no lock in this clone's history names "persons" — a dataset that is or was in data.lock, or in an environment's data.<environment>.lock. Fix: take its key from one of them: \`lockstep data status\` lists those of data.lock."`,
  );
});

test('bytes that an environment has under another key stay, and the lock that has them is named', async () => {
  await add('people', { 'a.txt': 'the same', 'b.txt': 'bob alone' });
  await add('guests', { 'a.txt': 'the same', 'c.txt': 'cid' }, 'staging');
  const { lines } = await forget('people', { yes: true });
  expect(lines).toContain(
    '  stays, since other datasets have the same bytes: guests/a.txt of data.staging.lock',
  );
  expect([isKept('the same'), isKept('bob alone')]).toEqual([true, false]);
  rmSync(join(ada.root, '.lockstep/store'), { recursive: true });
  await ensureDataset(ada, readLock(ada, 'staging'), 'guests/');

  await add('all', { 'c.txt': 'cid' });
  expect(await messageOf(forget('all', { file: 'c.txt' }))).toMatchInlineSnapshot(
    `"E_DATA_MISSING: all bytes of "all/" belong to "guests/c.txt" of data.staging.lock too, and so stay — a dataset whose bytes are its own. Fix: forget guests/c.txt as well, that one first taken out of data.staging.lock."`,
  );
});

test('one file of a folder goes from the folder of each lock that has it, and the others come back', async () => {
  await add('people', { 'a.txt': 'ada lovelace', 'b.txt': 'bob' });
  await add('people', { 'a.txt': 'another ada', 'c.txt': 'cid', 'd.txt': 'dan' }, 'staging');
  await add('people', { 'e.txt': 'eve' }, 'production');
  const untouched = lockText('data.production.lock');
  await commitFiles(ada, {}, 'data');
  const { report } = await forget('people', { file: 'a.txt', yes: true });
  expect(report.locks.map(({ lock, entry }) => [lock, entry?.files])).toEqual([
    ['data.lock', 1],
    ['data.production.lock', 1],
    ['data.staging.lock', 2],
  ]);
  expect([isKept('ada lovelace'), isKept('another ada')]).toEqual([false, false]);
  expect(lockText('data.production.lock')).toBe(untouched);
  for (const environment of [undefined, 'staging', 'production']) await pushData(ada, [], environment);
  for (const folder of ['data', '.lockstep/store']) rmSync(join(ada.root, folder), { recursive: true });
  await pullData(ada);
  expect(readdirSync(join(ada.root, 'data/people'))).toEqual(['b.txt']);
  for (const environment of ['staging', 'production'])
    await ensureDataset(ada, readLock(ada, environment), 'people/');
  expect(isKept('dan') && isKept('eve')).toBe(true);
  expect(existsSync(join(ada.root, 'data/people/a.txt'))).toBe(false);
  expect(await git(['status', '--porcelain'], { cwd: ada.root })).toMatch(
    / M data\.lock\n M data\.staging\.lock\n/,
  );
});
