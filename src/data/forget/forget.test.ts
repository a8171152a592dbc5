import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Digest } from '../../workspace/index.ts';
import { fetchEntries } from '../datasets.ts';
import {
  contentOf,
  digests,
  fileEntry,
  folderEntry,
  makeRemote,
  manifestOf,
  readMember,
  readObject,
  worlds,
} from '../gc/test-world.ts';
import type { LockEntry } from '../lock/lock.ts';
import { lockName, readLock, writeLock } from '../lock/lock-file.ts';
import { openStore, storeAt } from '../store/store.ts';
import { findTombstone, readTombstones } from '../store/tombstones.ts';
import { messageOf, testWorkspace, writeInto } from '../test-workspace.ts';
import { type ForgetRequest, forgetData } from './forget.ts';

const request = (
  entries: readonly LockEntry[],
  key: string,
  more: Partial<ForgetRequest> = {},
): ForgetRequest => {
  const current = entries.find((entry) => entry.key === key)!;
  return {
    key,
    versions: [{ key, digest: current.digest, folder: current.files !== undefined, why: 'work tree' }],
    current: [{ ...current, lock: lockName() }],
    others: entries.filter((entry) => entry.key !== key).map((entry) => ({ ...entry, lock: lockName() })),
    reason: 'consent withdrawn',
    by: 'Ada <ada@example.com>',
    at: '2026-11-27T05:00:00.000Z',
    derived: new Set(),
    apply: true,
    ...more,
  };
};

/** Whether bytes lie in any file below a folder, as part of whatever. */
const isBelow = (folder: string, bytes: Buffer): boolean =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).some(
    (item) => item.isFile() && readFileSync(join(item.parentPath, item.name)).includes(bytes),
  );

const worldWith = fc.record({
  world: worlds.filter(({ folders }) => folders.length > 0),
  one: fc.boolean(),
});

test('forgotten bytes are nowhere, and all other datasets are as they were', async () => {
  await fc.assert(
    fc.asyncProperty(worldWith, async ({ world, one }) => {
      const workspace = testWorkspace({ 'lockstep.yaml': 'remote: file:remote\n' });
      const { folder, remote } = await makeRemote(workspace, world);
      const store = openStore(workspace);
      const packer = store.openPacker();
      for (const number of digests.keys()) {
        if (number % 2 === 0) packer.add(digests[number]!, contentOf(number));
        else await store.put(contentOf(number));
      }
      packer.end();
      const entries = [
        ...world.folders.map(({ members }, at) => folderEntry(`d${at}`, members)),
        ...world.files.map(fileEntry),
      ];
      for (const { members } of world.folders) await store.put(manifestOf(members));
      writeLock(workspace, { entries });
      const [{ members }] = world.folders as [(typeof world.folders)[number]];
      for (const number of members) writeInto(workspace.root, `data/d0/f${number}`, contentOf(number));

      const file = one ? `f${members[0]}` : undefined;
      const asked = one ? [members[0]!] : members;
      const elsewhere = new Set([
        ...world.folders.slice(1).flatMap((other) => other.members),
        ...world.files,
      ]);
      const gone = asked.filter((number) => !elsewhere.has(number));
      const sameManifest = world.folders
        .slice(1)
        .some((other) => manifestOf(other.members) === manifestOf(members));
      if (sameManifest) return; // Two keys of the very same folder: not one of them can go.
      if (one && gone.length === 0) {
        expect(await messageOf(() => forgetData(workspace, request(entries, 'd0/', { file })))).toMatch(
          /^E_DATA_MISSING: all bytes of "d0\/" belong to "/,
        );
        return;
      }
      const plan = await forgetData(workspace, request(entries, 'd0/', { file, apply: false }));
      const done = await forgetData(workspace, request(entries, 'd0/', { file }));
      expect({ ...done, applied: false, locks: plan.locks }).toEqual(plan);

      for (const number of gone) {
        expect(isBelow(folder, contentOf(number))).toBe(false);
        expect(isBelow(join(workspace.root, '.lockstep'), contentOf(number))).toBe(false);
        expect(existsSync(join(workspace.root, `data/d0/f${number}`))).toBe(false);
      }
      for (const [at, other] of world.folders.slice(1).entries()) {
        const store = storeAt(join(workspace.root, `fresh-${at}`));
        await fetchEntries(workspace, [folderEntry(`d${at + 1}`, other.members)], store);
        for (const number of other.members) await store.read(digests[number]!);
      }
      for (const number of world.files) expect(await readObject(remote, number)).toEqual(contentOf(number));
      const left = new Set(gone);
      for (const number of elsewhere) await openStore(workspace).read(digests[number]!);
      const lock = readLock(workspace).entries;
      const rest = members.filter((number) => !asked.includes(number));
      expect(lock.filter(({ key }) => key !== 'd0/').length).toBe(entries.length - 1);
      expect(lock.find(({ key }) => key === 'd0/')).toEqual(
        rest.length === 0 ? undefined : folderEntry('d0', rest),
      );
      for (const number of one ? rest : [])
        expect(await readMember(remote, members, number)).toEqual(contentOf(number));
      const tombs = readTombstones(workspace).map(({ digest }) => digest);
      const expected: Digest[] = one
        ? [...left].map((number) => digests[number]!)
        : [folderEntry('d0', members).digest];
      expect(tombs).toEqual(expected);
      for (const digest of expected)
        expect((await findTombstone(remote, digest))?.reason).toBe('consent withdrawn');
    }),
    { numRuns: 25 },
  );
});
