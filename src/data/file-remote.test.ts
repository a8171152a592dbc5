import { existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Digest, openWorkspace } from '../workspace/index.ts';
import { addData, objectPath, openStore, pullData, pushData, readLock, writeLock } from './index.ts';
import { messageOf, testWorkspace, writeInto } from './test-workspace.ts';

/** A workspace whose data lies in `.data/` only. */
async function pushed(files: Record<string, string | Uint8Array>) {
  const workspace = testWorkspace(files);
  const { root } = workspace;
  const digests: Record<string, Digest> = {};
  for (const path of Object.keys(files)) {
    const { entry } = await addData(workspace, join(root, path));
    digests[path] = entry.digest;
  }
  await pushData(workspace);
  forget(root);
  return { workspace, root, objectOf: (path: string) => join(root, '.data', objectPath(digests[path]!)) };
}

function forget(root: string): void {
  rmSync(join(root, '.lockstep'), { recursive: true, force: true });
  rmSync(join(root, 'data'), { recursive: true, force: true });
}

const filesBelow = (root: string, folder: string): string[] =>
  (existsSync(join(root, folder))
    ? readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    : []
  )
    .filter((item) => item.isFile())
    .map((item) => item.name);

test('damage of nine kinds in three sizes never reaches the store or data/', async () => {
  const damages: Record<string, (bytes: Buffer) => Buffer> = {
    'a flipped bit at the start': (bytes) => flip(bytes, 0),
    'a flipped bit in the middle': (bytes) => flip(bytes, bytes.length >> 1),
    'a flipped bit at the end': (bytes) => flip(bytes, bytes.length - 1),
    'cut by a byte': (bytes) => bytes.subarray(0, -1),
    'cut in half': (bytes) => bytes.subarray(0, bytes.length >> 1),
    empty: () => Buffer.alloc(0),
    'a byte more': (bytes) => Buffer.concat([bytes, Buffer.from([0])]),
    doubled: (bytes) => Buffer.concat([bytes, bytes]),
    zeros: (bytes) => Buffer.alloc(bytes.length),
  };
  for (const size of [10, 5000, 3_000_000]) {
    const { workspace, root, objectOf } = await pushed({ 'data/a.bin': Buffer.alloc(size, 'abc') });
    const object = objectOf('data/a.bin');
    const whole = readFileSync(object);
    for (const [name, damage] of Object.entries(damages)) {
      writeFileSync(object, damage(whole));
      const message = await messageOf(() => pullData(workspace));
      expect(message, `${name}, ${size} bytes`).toMatch(/^E_(SIZE|DIGEST)_MISMATCH: /);
      expect(filesBelow(root, '.lockstep/store')).toEqual([]);
      forget(root);
    }
    writeFileSync(object, whole);
    await pullData(workspace);
    expect(readFileSync(join(root, 'data/a.bin'))).toEqual(whole);
  }
});

const flip = (bytes: Buffer, at: number): Buffer => {
  const other = Buffer.from(bytes);
  other[at] = other[at]! ^ 1;
  return other;
};

test('messages name the dataset, the digest and what came', async () => {
  const { workspace, root, objectOf } = await pushed({ 'data/a.bin': '0123456789' });
  const object = objectOf('data/a.bin');
  writeFileSync(object, '0123456789+');
  expect(await messageOf(() => pullData(workspace))).toMatchInlineSnapshot(
    `"E_SIZE_MISMATCH: "a.bin" (sha256:84d89877f0d4041efb6bf91a16f0248f2fd573e6af05c19f96bedb9f882f7882) has 11 bytes in file:.data — the 10 bytes of data.lock. Fix: add the dataset again where it is right, or put the right bytes into file:.data."`,
  );
  writeFileSync(object, '0123456788');
  expect(await messageOf(() => pullData(workspace))).toMatchInlineSnapshot(
    `"E_DIGEST_MISMATCH: "a.bin" is sha256:f76ecd51c0dbb2c408bc0e4080870432f5ce5e37b6b985acb7b19dd594be53c6 in file:.data, after 10 bytes — expected sha256:84d89877f0d4041efb6bf91a16f0248f2fd573e6af05c19f96bedb9f882f7882. Fix: put the right bytes into file:.data, for instance by \`lockstep data push\` from a checkout that has them."`,
  );
  rmSync(object);
  expect(await messageOf(() => pullData(workspace))).toMatchInlineSnapshot(
    `"E_OBJECT_MISSING: "a.bin" (sha256:84d89877f0d4041efb6bf91a16f0248f2fd573e6af05c19f96bedb9f882f7882) is not in file:.data — every object that data.lock names. Fix: run \`lockstep data push\` in a checkout that has the data."`,
  );
  expect(await messageOf(() => pushData(workspace))).toMatchInlineSnapshot(
    `"E_OBJECT_MISSING: "a.bin" (sha256:84d89877f0d4041efb6bf91a16f0248f2fd573e6af05c19f96bedb9f882f7882) is not in the local store or under data/ — every object that data.lock names. Fix: run \`lockstep data push\` in a checkout that has the data."`,
  );
  expect(filesBelow(root, '.lockstep/store')).toEqual([]);
});

test('a lock that states another size than its digest has is found, with the object at hand', async () => {
  const workspace = testWorkspace({ 'data/a.bin': '0123456789+' });
  const { entry } = await addData(workspace, join(workspace.root, 'data/a.bin'));
  writeLock(workspace, { entries: [{ ...entry, size: 10 }] });
  rmSync(join(workspace.root, 'data/a.bin'));
  expect(await messageOf(() => pullData(workspace))).toMatchInlineSnapshot(
    `"E_SIZE_MISMATCH: "a.bin" (sha256:f5148c2951c74a84b002929f7ed918d5070b1ec605929fb412f2912dd329bf73) has 11 bytes in the local store — the 10 bytes of data.lock. Fix: add the dataset again where it is right, or put the right bytes into the local store."`,
  );
});

test('a manifest is not believed: its paths are checked though its digest is right', async () => {
  const workspace = testWorkspace();
  const store = openStore(workspace);
  const hex = 'a'.repeat(64);
  const messages: string[] = [];
  for (const line of [
    `${hex} 1 ../../x`,
    `${hex} 1 /etc/x`,
    `${hex} 1 .git/x`,
    `${hex} 1 a\n${hex} 1 A`,
    `${hex} 1 b\n${hex} 1 a`,
    `${hex}  1 a`,
    `${hex} 2 a`,
  ]) {
    const { digest } = await store.put(`${line}\n`);
    writeLock(workspace, { entries: [{ key: 'f/', digest, size: 1, files: 1 }] });
    messages.push(await messageOf(() => pullData(workspace)));
  }
  expect(messages.join('\n')).toMatchInlineSnapshot(`
    "E_PATH_TRAVERSAL: the path "../../x" in manifest of f/:1 — a path that stays inside data/. Fix: rename the file or folder, and add it again.
    E_PATH_ABSOLUTE: the path "/etc/x" in manifest of f/:1 — a path relative to data/. Fix: rename the file or folder, and add it again.
    E_PATH_RESERVED: the path ".git/x" in manifest of f/:1 — no part called .git, .github, .lockstep, node_modules. Fix: rename the file or folder, and add it again.
    E_LOCK_CASE_COLLISION: "a" and "A", one file where case is ignored in manifest of f/:2 — paths that differ in more than case.
    E_LOCK_NONCANONICAL: "a" unsorted in manifest of f/:2 — lines sorted by path. Fix: add the folder again.
    E_LOCK_NONCANONICAL: another line in manifest of f/:1 — <64 hex> <size> <path>. Fix: add the folder again.
    E_SIZE_MISMATCH: the manifest of "f/" names 1 files of 2 bytes — 1 files of 1 bytes, as data.lock says. Fix: add the folder again where it is right."
  `);
});

test('the embedded remote keeps the limits that Git has, before anything is sent', async () => {
  const workspace = testWorkspace();
  const { root } = workspace;
  const sparse = (name: string, size: number) => {
    writeInto(root, `data/${name}`, name);
    truncateSync(join(root, 'data', name), size);
  };
  sparse('large.bin', 25_000_001);
  await addData(workspace, join(root, 'data/large.bin'));
  expect(await messageOf(() => pushData(workspace))).toMatchInlineSnapshot(
    `"E_REMOTE_TOO_LARGE: "large.bin" needs an object of 25,000,001 bytes in .data/, which Git tracks — at most 25,000,000 bytes a file. Fix: set \`remote: file:/a/shared/folder\` (or another remote) in lockstep.yaml, or lock a sample of the data."`,
  );
  rmSync(join(root, 'data.lock'));
  for (const name of ['1', '2', '3', '4', '5']) {
    sparse(name, 24_000_000);
    await addData(workspace, join(root, 'data', name));
  }
  expect(await messageOf(() => pushData(workspace))).toMatchInlineSnapshot(
    `"E_REMOTE_TOO_LARGE: the push would take .data/, which Git tracks, to 120,000,000 bytes — at most 100,000,000 bytes in all. Fix: set \`remote: file:/a/shared/folder\` (or another remote) in lockstep.yaml, or lock a sample of the data."`,
  );
  expect(() => readdirSync(join(root, '.data'))).toThrow('ENOENT');

  writeInto(root, 'lockstep.yaml', 'remote: file:shared\n');
  const pushedTo = await pushData(openWorkspace(root));
  expect([pushedTo.remote, pushedTo.pushed.objects]).toEqual(['file:shared', 5]);
  expect(readLock(workspace).entries).toHaveLength(5);
});
