import { existsSync, readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { digestOf, statePath } from '../../workspace/index.ts';
import { objectPath, openStore } from '../store/store.ts';
import { cleaningStore, usingStore } from '../store/store-use.ts';
import { messageOf, testWorkspace } from '../test-workspace.ts';
import { chunkMapKey, folderMapKey } from '../transfer/maps.ts';
import { readDoomed } from './doomed.ts';
import { gcLocal } from './local.ts';
import { packFiles } from './pack-files.ts';
import { gcRemote } from './remote.ts';
import type { Roots } from './roots.ts';
import { contentOf, digests, makeOld, makeRemote, manifestOf, rootsOf, worlds } from './test-world.ts';

const hour = 3_600_000;

test('the local store keeps all that is needed and nothing old that is not', async () => {
  await fc.assert(
    fc.asyncProperty(worlds, async (world) => {
      const workspace = testWorkspace();
      const store = openStore(workspace);
      const packed = new Set(world.packed);
      const packer = store.openPacker();
      for (const number of digests.keys()) {
        if (packed.has(number)) packer.add(digests[number]!, contentOf(number));
        else await store.put(contentOf(number));
        if (number % 5 === 4) packer.end(); // Several packs.
      }
      packer.end();
      for (const { members } of world.folders) await store.put(manifestOf(members));
      const young = new Set(
        world.young.filter((number) => !packed.has(number)).map((number) => digests[number]!),
      );
      makeOld(store.root, new Set([...young].map((digest) => join(store.root, objectPath(digest)))));
      const { roots, needed } = rootsOf(world);
      const plan = await gcLocal(workspace, roots, { apply: false });
      const { removed, kept } = await gcLocal(workspace, roots, { apply: true });
      expect({ removed, kept }).toEqual({ removed: plan.removed, kept: plan.kept });

      const after = openStore(workspace);
      for (const digest of needed) await after.read(digest);
      const all = [...digests, ...world.folders.map(({ members }) => digestOf(manifestOf(members)))];
      for (const digest of all.filter((one) => !needed.has(one))) {
        const isLoose = existsSync(join(after.root, objectPath(digest)));
        expect(isLoose).toBe(young.has(digest) && !roots.forgotten.has(digest));
        if (roots.forgotten.has(digest)) expect(after.has(digest)).toBe(false);
      }
      for (const { objects, size } of packFiles(after.root)) {
        const live = objects.filter(({ digest }) => needed.has(digest));
        expect(live.reduce((sum, object) => sum + object.size, 0) * 2).toBeGreaterThanOrEqual(size);
      }
      expect((await gcLocal(workspace, roots, { apply: true })).removed.objects).toBe(0);
    }),
    { numRuns: 25 },
  );
});

test('a remote keeps all that is needed, and loses the rest in the second step', async () => {
  await fc.assert(
    fc.asyncProperty(worlds, async (world) => {
      const workspace = testWorkspace();
      const store = openStore(workspace);
      const { remote, folder, placeOf } = await makeRemote(workspace, world);
      const { roots, needed } = rootsOf(world);
      const keys = async () => {
        const found = new Set<string>();
        for (const prefix of ['sha256/', 'chunks/', 'packs/'])
          for await (const { key } of remote.bucket.list(prefix)) found.add(key);
        return found;
      };
      const before = await keys();
      const now = Date.now();
      const first = await gcRemote(remote, store, roots, { apply: true, now });
      expect(await keys()).toEqual(before);
      const doomed = [...((await readDoomed(remote))?.keys ?? [])];
      expect(doomed.length).toBe(first.unneeded.objects);
      const soon = await gcRemote(remote, store, roots, { apply: true, now: now + hour - 1 });
      expect(soon.removed.objects).toBe(0);
      // A push needs one of them after all, and puts it anew.
      const [again] = doomed;
      if (again !== undefined) {
        const later = new Date(Date.now() + 1000);
        utimesSync(join(folder, again), later, later);
      }
      await gcRemote(remote, store, roots, { apply: true, now: now + hour + 2000 });
      const wanted = new Set(again === undefined ? [] : [again]);
      for (const { members, needed: isNeeded } of world.folders) {
        if (!isNeeded) continue;
        wanted.add(objectPath(digestOf(manifestOf(members))));
        wanted.add(folderMapKey(digestOf(manifestOf(members))));
        for (const number of members) {
          const place = placeOf(number);
          if (place) wanted.add(objectPath(place.pack));
          if (place && world.files.includes(number) && needed.has(digests[number]!))
            wanted.add(chunkMapKey(digests[number]!));
        }
      }
      for (const number of [...world.files, ...world.runs]) {
        const digest = digests[number]!;
        const place = placeOf(number);
        if (!needed.has(digest) || (place && !world.files.includes(number))) continue;
        if (place) wanted.add(chunkMapKey(digest));
        wanted.add(objectPath(place?.pack ?? digest));
      }
      for (const digest of needed) if (before.has(objectPath(digest))) wanted.add(objectPath(digest));
      expect([...(await keys())].sort()).toEqual([...wanted].sort());
      const left = await gcRemote(remote, store, roots, {
        apply: true,
        immediately: true,
        now: now + 3 * hour,
      });
      expect(left.removed.objects).toBe(again === undefined ? 0 : 1);
      expect(await readDoomed(remote)).toBeNull();
    }),
    { numRuns: 25 },
  );
});

test('a clean-up and other commands wait for each other, and those who died are waited for by nobody', async () => {
  const workspace = testWorkspace();
  const roots: Roots = { datasets: [], objects: new Map(), forgotten: new Set() };
  const order: string[] = [];
  let finish = () => {};
  const pulling = usingStore(workspace, 'data pull', async () => {
    await usingStore(workspace, 'inside', async () => {});
    await new Promise<void>((resolve) => {
      finish = resolve;
    });
    order.push('pull');
  });
  while (order.length === 0 && readdirSync(statePath(workspace, 'locks', 'store')).length === 0)
    await new Promise((resolve) => setTimeout(resolve, 10));
  expect(await messageOf(() => gcLocal(workspace, roots, { apply: true, waitMs: 0 }))).toMatch(
    /^E_BUSY: data gc waits for process \d+ on .* \(data pull\)/,
  );
  const cleaning = cleaningStore(workspace, { what: 'data gc' }, async () => void order.push('gc'));
  const other = cleaningStore(workspace, { what: 'data gc' }, async () => void order.push('other gc'));
  const late = cleaning.then(() => usingStore(workspace, 'data push', async () => void order.push('push')));
  finish();
  await Promise.all([pulling, cleaning, other, late]);
  expect(order[0]).toBe('pull');
  expect(order.slice(1).sort()).toEqual(['gc', 'other gc', 'push']);
});
