import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { emptyLock, readLock, withEntry, writeLock } from '../data/index.ts';
import { testWorkspace } from '../data/test-workspace.ts';
import { digestOf, isLockstepError } from '../workspace/index.ts';
import { refreshData } from './refresh.ts';
import { handOverRefresh, takeOverRefresh } from './refresh-handover.ts';

test('of a hand-over only what is declared here and whole is believed', async () => {
  const declared = {
    'lockstep.yaml': 'sources: {a.csv: {bucket: "file:in/a.csv"}, "d/": {bucket: "file:in/d/"}}\n',
  };
  const input = { ...declared, 'in/a.csv': 'a\n1\n', 'in/d/x': 'x', 'in/d/empty': '' };
  const maker = testWorkspace(input);
  const changes = (await refreshData(maker)).filter((one) => 'after' in one);
  const folder = join(maker.root, 'handed');
  await handOverRefresh(maker, changes, folder);
  const taken = async () => {
    const here = testWorkspace(declared);
    try {
      return (await takeOverRefresh(here, folder)).changes.map(({ after }) => after.key).join();
    } catch (error) {
      return isLockstepError(error) ? error.code : error;
    }
  };
  expect(await taken()).toBe('a.csv,d/');
  const [objects, lock, story] = ['objects', 'data.lock', 'data.sources.json'].map((name) => ({
    path: join(folder, name),
    bytes: readFileSync(join(folder, name)),
  }));
  const spoilt = async (
    path: string,
    bytes: Uint8Array | string,
    restore: { path: string; bytes: Buffer },
  ) => {
    writeFileSync(path, bytes);
    const said = await taken();
    writeFileSync(restore.path, restore.bytes);
    return said;
  };
  const flipped = Buffer.from(objects!.bytes);
  flipped[70] = flipped[70]! ^ 1;
  expect(await spoilt(objects!.path, flipped, objects!)).toBe('E_DIGEST_MISMATCH');
  expect(await spoilt(objects!.path, objects!.bytes.subarray(0, -1), objects!)).toBe('E_HANDOVER_SHAPE');
  expect(await spoilt(objects!.path, '', objects!)).toBe('');
  const other = story!.bytes.toString().replace(/("source":"sha256:)./g, '$10');
  expect(await spoilt(story!.path, other === story!.bytes.toString() ? '{}' : other, story!)).toBe('');
  // A dataset that no source declares, with bytes of its own.
  const extra = readLock(maker);
  writeLock(maker, withEntry(extra, { key: 'evil.csv', digest: digestOf('x'), size: 1 }));
  expect(await spoilt(lock!.path, readFileSync(join(maker.root, 'data.lock')), lock!)).toBe('a.csv,d/');
  writeLock(maker, emptyLock);
  expect(await spoilt(lock!.path, readFileSync(join(maker.root, 'data.lock')), lock!)).toBe('');
});
