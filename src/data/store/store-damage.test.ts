import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  addData,
  checkVerified,
  ensureDataset,
  openStore,
  placeDataset,
  pullData,
  pushData,
  readLock,
  verifyData,
} from '../index.ts';
import { messageOf, testWorkspace, writeInto } from '../test-workspace.ts';

test('a damaged store heals, from data/ or from the remote', async () => {
  const workspace = testWorkspace({ 'data/a.csv': 'right' });
  const { root } = workspace;
  const { entry } = await addData(workspace, join(root, 'data/a.csv'));
  await pushData(workspace);
  const store = openStore(workspace);
  const target = join(root, '.lockstep/work/a.csv');
  const damage = () => writeFileSync(store.pathOf(entry.digest), 'wrong');
  damage();
  await placeDataset(workspace, entry, target);
  rmSync(join(root, 'data'), { recursive: true });
  damage();
  await placeDataset(workspace, entry, target);
  expect(readFileSync(target, 'utf8')).toBe('right');
  rmSync(join(root, '.data'), { recursive: true });
  rmSync(target);
  damage();
  expect(await messageOf(() => placeDataset(workspace, entry, target))).toMatch(/^E_OBJECT_MISSING/);
  expect(existsSync(target)).toBe(false);
  writeInto(root, 'data/a.csv', 'right');
  await ensureDataset(workspace, readLock(workspace), 'a.csv');
  await placeDataset(workspace, entry, target);
  expect(readFileSync(target, 'utf8')).toBe('right');
});

test.each([
  ['everything', /./],
  ['packs', /pack$/],
  ['indices of packs', /idx$/],
])('a store poisoned in %s gives the locked bytes all the same', async (_, poisoned) => {
  const workspace = testWorkspace({ 'data/f/1': 'one', 'data/f/2': 'two', 'data/f/3': 'three' });
  const { root } = workspace;
  const { entry } = await addData(workspace, join(root, 'data/f'));
  await pushData(workspace);
  const objects = readdirSync(join(root, '.lockstep/store'), { recursive: true, withFileTypes: true }).filter(
    (item) => item.isFile(),
  );
  expect(objects).toHaveLength(3);
  for (const item of objects)
    if (poisoned.test(item.name)) writeFileSync(join(item.parentPath, item.name), 'poison'.repeat(20));
  rmSync(join(root, 'data/f/2'));
  await pullData(workspace);
  expect(['1', '2', '3'].map((name) => readFileSync(join(root, 'data/f', name), 'utf8'))).toEqual([
    'one',
    'two',
    'three',
  ]);
  rmSync(join(root, 'data'), { recursive: true });
  await placeDataset(workspace, entry, join(root, 'elsewhere'));
  expect(readFileSync(join(root, 'elsewhere/2'), 'utf8')).toBe('two');
});

test('verify finds damage that status has no reason to look for', async () => {
  const workspace = testWorkspace({ 'data/a.csv': 'right' });
  const { root } = workspace;
  const { entry } = await addData(workspace, join(root, 'data/a.csv'));
  writeFileSync(openStore(workspace).pathOf(entry.digest), 'wrong');
  const found = await verifyData(workspace);
  expect(found[0]).toMatchObject({ data: 'same', store: 'different', remote: 'not asked' });
  expect(await messageOf(() => checkVerified(found))).toMatchInlineSnapshot(
    `"E_DIGEST_MISMATCH: "a.csv" has other bytes in the local store — expected sha256:27042f4e6eca7d0b2a7ee4026df2ecfa51d3339e6d122aa099118ecd8563bad9. Fix: run \`lockstep data pull\`: the damaged copy is gone and is fetched anew."`,
  );
  rmSync(join(root, 'data/a.csv'));
  expect(await messageOf(async () => checkVerified(await verifyData(workspace)))).toMatchInlineSnapshot(
    `"E_OBJECT_MISSING: "a.csv" (sha256:27042f4e6eca7d0b2a7ee4026df2ecfa51d3339e6d122aa099118ecd8563bad9) is neither under data/ nor in the local store — at least one copy here. Fix: run \`lockstep data pull\`, or verify the remote with --remote."`,
  );
});
