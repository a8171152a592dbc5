import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { digestOf } from '../workspace/index.ts';
import {
  addData,
  checkUnchanged,
  checkVerified,
  pullData,
  pushData,
  readLock,
  statusData,
  verifyData,
  writeLock,
} from './index.ts';
import { messageOf, testWorkspace, writeInto } from './test-workspace.ts';

const states = async (workspace: Parameters<typeof statusData>[0]) =>
  (await statusData(workspace)).datasets.map(({ key, state }) => `${key} ${state}`);

test('a file and a folder go round: add, push, lose everything, pull', async () => {
  const workspace = testWorkspace({
    'data/churn/customers.csv': 'a,b\n1,2\n',
    'data/img/x/1.bin': '\0\r\n',
    'data/img/2.bin': 'zwei',
  });
  const { root } = workspace;
  await addData(workspace, join(root, 'data/churn/customers.csv'));
  await addData(workspace, join(root, 'data/img'));
  expect(readFileSync(join(root, 'data.lock'), 'utf8')).toMatchInlineSnapshot(`
    "version: 1
    datasets:
      churn/customers.csv: {digest: "sha256:492d5ea496056f1a6a6592241032fab764c321596317930b4fa0e1e8bc3b7470", size: 8}
      img/: {digest: "sha256:b6b5158ee3af8769540308cbb8099e35efcea91115169e638c24a55c0d913700", size: 7, files: 2}
    "
  `);
  expect((await pushData(workspace)).pushed).toEqual({ objects: 4, bytes: 163, chunks: 0 });
  expect((await pushData(workspace)).pushed).toEqual({ objects: 0, bytes: 0, chunks: 0 });
  rmSync(join(root, 'data'), { recursive: true });
  rmSync(join(root, '.lockstep'), { recursive: true });
  expect(await states(workspace)).toEqual(['churn/customers.csv missing', 'img/ missing']);
  expect((await pullData(workspace)).fetched).toEqual({ objects: 4, bytes: 163 });
  expect(readFileSync(join(root, 'data/img/x/1.bin'), 'utf8')).toBe('\0\r\n');
  expect(await states(workspace)).toEqual(['churn/customers.csv same', 'img/ same']);
  checkVerified(await verifyData(workspace, { remote: true }));
  expect(readdirSync(join(root, '.lockstep/store/incoming'))).toEqual([]);
});

test('hard links on request: large files are one with the store, and replacing them leaves it whole', async () => {
  const [large, later] = ['one', 'two'].map((text) => Buffer.alloc(2 << 20, text)) as [Buffer, Buffer];
  const workspace = testWorkspace({
    'data/a.bin': large,
    'data/many/b.bin': later,
    'data/many/c.txt': 'small',
  });
  const at = (path: string) => join(workspace.root, 'data', path);
  for (const key of ['a.bin', 'many']) await addData(workspace, at(key));
  await pushData(workspace);
  rmSync(join(workspace.root, 'data'), { recursive: true });
  await pullData(workspace, { hardLinks: true });
  const facts = (path: string) => [statSync(at(path)).nlink, statSync(at(path)).mode & 0o777];
  expect(['a.bin', 'many/b.bin', 'many/c.txt'].map(facts)).toEqual([
    [2, 0o444],
    [2, 0o444],
    [1, 0o644],
  ]);
  expect(await states(workspace)).toEqual(['a.bin same', 'many/ same']);
  rmSync(at('a.bin'));
  writeFileSync(at('a.bin'), later);
  expect(await states(workspace)).toEqual(['a.bin changed', 'many/ same']);
  await pullData(workspace, { hardLinks: true, force: true });
  expect(readFileSync(at('a.bin')).equals(large)).toBe(true);

  // Written by force into the store's own bytes: noticed, and made good from the remote.
  chmodSync(at('a.bin'), 0o644);
  writeFileSync(at('a.bin'), 'damaged');
  await pullData(workspace, { force: true });
  expect([readFileSync(at('a.bin')).equals(large), ...facts('a.bin')]).toEqual([true, 1, 0o644]);
  checkVerified(await verifyData(workspace));
  expect(readdirSync(join(workspace.root, '.lockstep/store/incoming'))).toEqual([]);
});

test('what lies outside data/ is copied to a key under it', async () => {
  const workspace = testWorkspace({ 'elsewhere/table.csv': 'a\n1\n', 'elsewhere/more/1.txt': 'one' });
  const { root } = workspace;
  const named = await addData(workspace, join(root, 'elsewhere/table.csv'), { as: 'churn/table.csv' });
  expect([named.entry.key, named.copied]).toEqual(['churn/table.csv', true]);
  expect((await addData(workspace, join(root, 'elsewhere/more'))).entry.key).toBe('more/');
  expect(readFileSync(join(root, 'data/churn/table.csv'), 'utf8')).toBe('a\n1\n');
  expect(readFileSync(join(root, 'data/more/1.txt'), 'utf8')).toBe('one');
  writeInto(root, 'data/other.csv', 'mine');
  expect(
    await messageOf(() => addData(workspace, join(root, 'elsewhere/table.csv'), { as: 'other.csv' })),
  ).toMatchInlineSnapshot(
    `"E_DATA_CHANGED: something else lies at data/other.csv — a free place under data/. Fix: choose another key with --as, or replace it with --force."`,
  );
  expect(readFileSync(join(root, 'data/other.csv'), 'utf8')).toBe('mine');
});

test('what can be no dataset is refused, and the lock stays', async () => {
  const workspace = testWorkspace({ 'data/a.csv': 'a', 'data/A.csv': 'b', 'data/f/x': 'x', 'data/g/x': 'x' });
  const { root } = workspace;
  await addData(workspace, join(root, 'data/a.csv'));
  await addData(workspace, join(root, 'data/g'));
  const before = readFileSync(join(root, 'data.lock'));
  symlinkSync('/etc/passwd', join(root, 'data/f/link'));
  symlinkSync(join(root, 'data/a.csv'), join(root, 'data/link.csv'));
  mkdirSync(join(root, 'data/empty'));
  const socket = createServer();
  await new Promise<void>((resolve) => socket.listen(join(root, 'data/socket'), resolve));
  onTestFinished(() => void socket.close());
  const messages: string[] = [];
  for (const path of ['A.csv', 'f', 'link.csv', 'empty', 'socket', 'nothing.csv', 'g/x', '']) {
    messages.push(await messageOf(() => addData(workspace, join(root, 'data', path))));
  }
  messages.push(await messageOf(() => addData(workspace, join(root, 'data/a.csv'), { as: '../x' })));
  messages.push(await messageOf(() => addData(workspace, join(root, 'data/a.csv'), { as: '.git/hooks/x' })));
  expect(messages.map((message) => message.replaceAll(root, '<root>')).join('\n')).toMatchInlineSnapshot(`
    "E_LOCK_CASE_COLLISION: "a.csv" and "A.csv", one file where case is ignored — paths that differ in more than case. Fix: choose another key with --as, or add the dataset again that holds it.
    E_DATA_KIND: "link" is a symbolic link — plain files and folders. Fix: put the file itself there, or leave it out.
    E_DATA_KIND: "<root>/data/link.csv" is a symbolic link — plain files and folders. Fix: put the file itself there, or leave it out.
    E_DATA_KIND: "<root>/data/empty" is a folder without files — plain files and folders. Fix: put the file itself there, or leave it out.
    E_DATA_KIND: "<root>/data/socket" is a socket — plain files and folders. Fix: put the file itself there, or leave it out.
    E_DATA_MISSING: no file or folder <root>/data/nothing.csv — a file or folder on this machine. Fix: correct the path.
    E_LOCK_DUPLICATE: "g/x" lies inside "g/" — datasets that do not contain each other. Fix: choose another key with --as, or add the dataset again that holds it.
    E_DATA_KIND: "<root>/data" is the folder data/ itself; add what is in it — plain files and folders. Fix: put the file itself there, or leave it out.
    E_PATH_TRAVERSAL: the path "../x" — a path that stays inside data/. Fix: rename the file or folder, and add it again.
    E_PATH_RESERVED: the path ".git/hooks/x" — no part called .git, .github, .lockstep, node_modules. Fix: rename the file or folder, and add it again."
  `);
  expect(readFileSync(join(root, 'data.lock'))).toEqual(before);
});

test('pull keeps local changes unless told otherwise, and replaces earlier versions', async () => {
  const workspace = testWorkspace({ 'data/a.csv': 'one', 'data/f/1': '1', 'data/f/2': '2' });
  const { root } = workspace;
  await addData(workspace, join(root, 'data/a.csv'));
  await addData(workspace, join(root, 'data/f'));
  const first = readLock(workspace);
  writeInto(root, 'data/a.csv', 'two');
  await addData(workspace, join(root, 'data/a.csv'));
  writeLock(workspace, first);
  await pullData(workspace);
  expect(readFileSync(join(root, 'data/a.csv'), 'utf8')).toBe('one');

  writeInto(root, 'data/a.csv', 'mine');
  writeInto(root, 'data/f/3', 'more');
  rmSync(join(root, 'data/f/1'));
  expect(await messageOf(() => pullData(workspace))).toMatchInlineSnapshot(
    `"E_DATA_CHANGED: data/a.csv was changed here — files as an earlier lock had them, or none. Fix: \`lockstep data add\` keeps the change, \`lockstep data pull --force\` drops it."`,
  );
  expect(await messageOf(() => pullData(workspace, { only: ['f'] }))).toMatchInlineSnapshot(
    `"E_DATA_CHANGED: data/f/ was changed here (3) — files as an earlier lock had them, or none. Fix: \`lockstep data add\` keeps the change, \`lockstep data pull --force\` drops it."`,
  );
  expect(existsSync(join(root, 'data/f/1'))).toBe(false);
  await pullData(workspace, { force: true });
  expect(readFileSync(join(root, 'data/a.csv'), 'utf8')).toBe('one');
  expect(readdirSync(join(root, 'data/f'))).toEqual(['1', '2']);
});

test('status says what differs, notices a change of equal size and time, and --check refuses', async () => {
  const workspace = testWorkspace({ 'data/a.csv': 'one', 'data/b.csv': 'b', 'data/c.csv': 'c' });
  const { root } = workspace;
  for (const key of ['a.csv', 'b.csv']) await addData(workspace, join(root, 'data', key));
  const past = new Date('2020-01-01T00:00:00.123Z');
  utimesSync(join(root, 'data/a.csv'), past, past);
  await statusData(workspace);
  writeFileSync(join(root, 'data/a.csv'), 'eno');
  utimesSync(join(root, 'data/a.csv'), past, past);
  rmSync(join(root, 'data/b.csv'));
  const status = await statusData(workspace);
  expect(status.datasets.map(({ key, state }) => [key, state])).toEqual([
    ['a.csv', 'changed'],
    ['b.csv', 'missing'],
  ]);
  expect(status.unlocked).toEqual(['c.csv']);
  expect(await messageOf(() => checkUnchanged(status))).toMatchInlineSnapshot(
    `"E_DATA_CHANGED: 2 of 2 datasets are not as data.lock says: "a.csv" is changed, and 1 more — every dataset under data/ as locked. Fix: \`lockstep data add\` keeps the changes, \`lockstep data pull --force\` drops them."`,
  );
});

test('a file that changes within one tick of the clock is never remembered', async () => {
  const workspace = testWorkspace({ 'data/a.csv': '0' });
  const path = join(workspace.root, 'data/a.csv');
  await addData(workspace, path);
  for (let round = 1; round <= 50; round++) {
    writeFileSync(path, String(round % 10));
    await statusData(workspace);
    writeFileSync(path, String((round + 1) % 10));
    const expected =
      digestOf(String((round + 1) % 10)) === readLock(workspace).entries[0]!.digest ? 'same' : 'changed';
    expect(await states(workspace)).toEqual([`a.csv ${expected}`]);
  }
});

test('no lock, no such dataset, and a link where data would be written', async () => {
  const workspace = testWorkspace({ 'data/churn/a.csv': 'x' });
  const { root } = workspace;
  expect((await messageOf(() => readLock(workspace))).replace(root, '<root>')).toMatchInlineSnapshot(
    `"E_LOCK_MISSING: no data.lock in <root> — a data.lock at the root of the repository. Fix: run \`lockstep data add <file or folder>\`."`,
  );
  await addData(workspace, join(root, 'data/churn/a.csv'));
  expect(await messageOf(() => pullData(workspace, { only: ['churn/b.csv'] }))).toMatchInlineSnapshot(
    `"E_DATA_MISSING: no dataset "churn/b.csv" in data.lock — churn/a.csv. Fix: did you mean "churn/a.csv"?"`,
  );
  rmSync(join(root, 'data/churn'), { recursive: true });
  symlinkSync('/tmp', join(root, 'data/churn'));
  expect(await messageOf(() => pullData(workspace))).toMatchInlineSnapshot(
    `"E_DATA_KIND: data/churn is a symbolic link, and "churn/a.csv" would be written through it — plain folders under data/. Fix: remove the link data/churn."`,
  );
});

test('a file where a folder should be is named, and nothing is half-written', async () => {
  const messages: string[] = [];
  for (const place of ['data', '.data', '.lockstep']) {
    const own = testWorkspace({ 'elsewhere/a.csv': 'x', [place]: 'a file' });
    const add = () => addData(own, join(own.root, 'elsewhere/a.csv'));
    messages.push(
      (await messageOf(place === '.data' ? async () => (await add()) && pushData(own) : add)).replace(
        own.root,
        '<root>',
      ),
    );
    if (place !== '.data') expect(existsSync(join(own.root, 'data.lock'))).toBe(false);
  }
  expect(messages.join('\n')).toMatchInlineSnapshot(`
    "E_DATA_KIND: the folder <root>/data cannot be made (EEXIST) — a folder there, or nothing. Fix: move away what stands in its place.
    E_DATA_KIND: the folder <root>/.data/sha256/2d cannot be made (ENOTDIR) — a folder there, or nothing. Fix: move away what stands in its place.
    E_DATA_KIND: the folder <root>/.lockstep/locks cannot be made (ENOTDIR) — a folder there, or nothing. Fix: move away what stands in its place."
  `);
});

test('what an environment trains on is verified where it lies, and has nothing under data/', async () => {
  const workspace = testWorkspace({ 'data/rows.csv': 'a\n1\n', 'elsewhere/rows.csv': 'a\n2\n' });
  const { root } = workspace;
  await addData(workspace, join(root, 'data/rows.csv'));
  const own = { as: 'rows.csv', for: 'staging', push: true };
  const { digest } = (await addData(workspace, join(root, 'elsewhere/rows.csv'), own)).entry;
  const verify = async (remote: boolean) => {
    const found = await verifyData(workspace, { for: 'staging', remote });
    checkVerified(found, 'staging');
    return found.map(({ data, store, remote }) => [data, store, remote]);
  };
  expect(await verify(true)).toEqual([['absent', 'same', 'same']]);
  expect(await messageOf(() => verifyData(workspace, { for: 'staging', only: ['row.csv'] }))).toMatch(
    /^E_DATA_MISSING: no dataset "row\.csv" in data\.staging\.lock — rows\.csv\. Fix: did you mean "rows\.csv"\?/,
  );
  expect(await messageOf(() => pushData(workspace, ['other'], 'staging'))).toMatchInlineSnapshot(
    `"E_DATA_MISSING: no dataset "other" in data.staging.lock — rows.csv. Fix: run \`lockstep data add\` with --for staging."`,
  );
  const path = join(root, '.lockstep/store/sha256', digest.slice(7, 9), digest.slice(9));
  chmodSync(path, 0o644);
  writeFileSync(path, 'a\n3\n');
  expect(await messageOf(() => verify(false))).toMatchInlineSnapshot(
    `"E_DIGEST_MISMATCH: "rows.csv" has other bytes in the local store — expected sha256:fa39ab7bea456781477b3697b4380ea256af38b0fe75aa3b0d477fc74be511be. Fix: nothing to do: the damaged copy is gone and is fetched anew when it is trained on."`,
  );
  expect(await messageOf(() => verify(false))).toMatchInlineSnapshot(
    `"E_OBJECT_MISSING: "rows.csv" (sha256:fa39ab7bea456781477b3697b4380ea256af38b0fe75aa3b0d477fc74be511be) is not in the local store — at least one copy here. Fix: verify the remote with --remote, or lock it again where it lies: \`lockstep data add <file or folder> --as rows.csv --for staging --push\`."`,
  );
  expect(await verify(true)).toEqual([['absent', 'absent', 'same']]);
});
