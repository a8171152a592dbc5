import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Digest } from '../../workspace/index.ts';
import { type LockMerge, mergeLocks, parseLock, printLock, printMerge } from '../index.ts';
import { parseManifest, printManifest } from '../manifest.ts';
import { messageOf } from '../test-workspace.ts';
import type { Lock, LockEntry } from './lock.ts';
import { PathCollisions } from './path-collisions.ts';

const digest = (text: string): Digest => `sha256:${text.padEnd(64, '0')}`;
const file = (key: string, hex = 'a'): LockEntry => ({ key, digest: digest(hex), size: 1 });
const lock = (...entries: LockEntry[]): Lock => parseLock(printLock({ entries }));
const none = async () => null;
const merge = (base: Lock, ours: Lock, theirs: Lock, more = {}) =>
  mergeLocks({ base, ours, theirs, manifest: none, ...more });

/** Paths of which many can't lie together. */
const pool = ['a', 'a/', 'a/x', 'A', 'a/X', 'b', 'b/x', 'b/y', 'B/Y', 'c', 'caf\u00e9', 'cafe\u0301', 'z/'];
const locks: fc.Arbitrary<Lock> = fc
  .array(fc.tuple(fc.constantFrom(...pool), fc.constantFrom('1', '2', '3')), { maxLength: 9 })
  .map((made) => {
    const seen = new PathCollisions();
    const entries = made.filter(([key]) => seen.add(key) === null);
    return lock(
      ...entries.map(([key, hex]) => ({ ...file(key, hex), ...(key.endsWith('/') ? { files: 1 } : {}) })),
    );
  });
const check = (property: (base: Lock, a: Lock, b: Lock) => Promise<void>) =>
  fc.assert(fc.asyncProperty(locks, locks, locks, property), { numRuns: 2000 });
const has = ({ lock, conflicts }: LockMerge, side: 'ours' | 'theirs', { key }: LockEntry): boolean =>
  lock.entries.some((one) => one.key === key) ||
  conflicts.some((one) => one[side].some(({ path }) => path === key));

test('what one side alone changed is that side’s, and alike on both is no conflict', () =>
  check(async (base, a, b) => {
    for (const [ours, theirs, wanted] of [
      [a, a, a],
      [base, b, b],
      [a, base, a],
    ] as const) {
      const merged = await merge(base, ours, theirs);
      expect(merged.conflicts).toEqual([]);
      expect(printMerge(merged)).toBe(printLock(wanted));
    }
  }));

test('the order of the sides only swaps their names; whatever a side added is there; picks end in a valid lock', () =>
  check(async (base, a, b) => {
    const [one, other] = [await merge(base, a, b), await merge(base, b, a)];
    expect(other.lock).toEqual(one.lock);
    expect(other.conflicts).toEqual(
      one.conflicts.map(({ ours, theirs, ...rest }) => ({ ...rest, ours: theirs, theirs: ours })),
    );
    const known = new Set(base.entries.map(({ key }) => key));
    for (const [side, of] of [['ours', a] as const, ['theirs', b] as const])
      for (const entry of of.entries) if (!known.has(entry.key)) expect(has(one, side, entry)).toBe(true);
    const paths = one.conflicts.map(({ path }) => path);
    const half = {
      ours: paths.filter((_, at) => at % 2 === 0),
      theirs: paths.filter((_, at) => at % 2 > 0),
    };
    for (const picks of [half, { ours: half.theirs, theirs: half.ours }]) {
      const settled = await merge(base, a, b, { picks });
      expect(settled.conflicts).toEqual([]);
      expect(printLock(parseLock(printMerge(settled)))).toBe(printMerge(settled));
    }
  }));

test('a conflict stands between the marks of Git, with all three sides, and is refused as that', async () => {
  const merged = await merge(
    lock(file('m.csv', '0'), file('z.csv')),
    lock(file('a.csv'), file('m.csv', '1'), file('z.csv', '1')),
    lock(file('m.csv', '2'), file('z.csv')),
  );
  const text = printMerge(merged).replaceAll(/([0-9a-f])0{63}/g, '$1…');
  expect(text).toMatchInlineSnapshot(`
    "version: 1
    datasets:
      a.csv: {digest: "sha256:a…", size: 1}
    <<<<<<< ours
      m.csv: {digest: "sha256:1…", size: 1}
    ||||||| base
      m.csv: {digest: "sha256:0…", size: 1}
    =======
      m.csv: {digest: "sha256:2…", size: 1}
    >>>>>>> theirs
      z.csv: {digest: "sha256:1…", size: 1}
    "
  `);
  expect(await messageOf(() => parseLock(printMerge(merged)))).toContain('a conflict that Git left behind');
});

test('a folder that both changed is merged file by file, and its conflicts are files', async () => {
  const folders = new Map<string, string>();
  const folder = (files: Record<string, string>): LockEntry => {
    const all = Object.entries(files).map(([path, hex]) => ({ path, digest: digest(hex), size: 1 }));
    const entry = {
      key: 'f/',
      digest: digest(String(folders.size + 1)),
      size: all.length,
      files: all.length,
    };
    folders.set(entry.digest, printManifest(all));
    return entry;
  };
  const manifest = async (entry: LockEntry) => {
    const text = folders.get(entry.digest);
    return text === undefined ? null : parseManifest(text, entry);
  };
  const base = lock(folder({ x: '1', y: '1', gone: '1' }));
  const ours = lock(folder({ x: '2', y: '1', gone: '1', o: '5' }));
  const clean = await merge(base, ours, lock(folder({ x: '1', y: '3', t: '6' })), { manifest });
  expect(clean.conflicts).toEqual([]);
  expect(clean.folders[0]?.manifest.replaceAll(/0{63} 1/g, '')).toBe('5 o\n6 t\n2 x\n3 y\n');
  expect(clean.lock.entries).toEqual([clean.folders[0]?.entry]);
  const theirs = lock(folder({ x: '4', y: '3', gone: '1' }));
  const torn = await merge(base, ours, theirs, { manifest });
  expect(torn.conflicts.map(({ path }) => path)).toEqual(['f/x']);
  expect(torn.open.map(({ path }) => path)).toEqual(['f/']);
  for (const [ours_, hex] of [
    ['f/x', 2],
    [undefined, 4],
  ] as const) {
    const picks = { ours: ours_ ? [ours_] : [], theirs: ['data/f'] };
    const done = await merge(base, ours, theirs, {
      manifest,
      picks: ours_ ? { ...picks, theirs: [] } : picks,
    });
    expect(done.folders[0]?.manifest.replaceAll(/0{63} 1/g, '')).toBe(`1 gone\n5 o\n${hex} x\n3 y\n`);
  }
  const closed = await merge(base, ours, theirs);
  expect([closed.closed, closed.conflicts.map(({ path }) => path)]).toEqual([['f/'], ['f/']]);
  expect(await messageOf(() => merge(base, ours, ours, { picks: { ours: ['g'], theirs: [] } }))).toMatch(
    /^E_DATA_MISSING: no conflict "g"/,
  );
});
