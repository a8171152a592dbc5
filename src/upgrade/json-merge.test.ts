import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergeContents } from './content-merge.ts';
import { mergeJson } from './json-merge.ts';
import type { Ownership } from './ownership.ts';

const rules = { whole: () => false, winner: () => 'nobody' as const };

test('where one side changed nothing, the other is the result; alike is no conflict', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (before, after) => {
      expect(mergeJson(before, after, before, rules)).toEqual({ value: after, conflicts: [] });
      expect(mergeJson(before, before, after, rules)).toEqual({ value: after, conflicts: [] });
      expect(mergeJson(before, after, after, rules)).toEqual({ value: after, conflicts: [] });
    }),
    { numRuns: 1000 },
  );
});

test('names are merged one by one; a value that both changed is named and stays yours', () => {
  const base = { a: 1, b: { c: 1, d: 1 }, e: 1 };
  const yours = { a: 2, b: { c: 2, d: 1 }, e: 1, own: true };
  const release = { a: 3, b: { c: 1 }, e: 1, new: true };
  expect(mergeJson(base, yours, release, rules)).toEqual({
    value: { a: 2, b: { c: 2 }, e: 1, new: true, own: true },
    conflicts: ['a'],
  });
});

async function merged(ownership: Ownership, base: object, yours: object, release: object) {
  const [before, mine, next] = [base, yours, release].map((value) => Buffer.from(JSON.stringify(value)));
  const noLines = async () => ({ clean: false, text: Buffer.from('lines') });
  const merge = await mergeContents(ownership, { base: before!, yours: mine!, release: next! }, noLines);
  return merge.kind === 'merged' ? JSON.parse(merge.bytes.toString()) : merge.why;
}

test('package.json: the version is the release’s, names stay in order, one dependency changed twice is a conflict', async () => {
  const base = { version: '1', dependencies: { a: '1', c: '1' } };
  const result = await merged(
    'manifest',
    base,
    { version: '7', dependencies: { a: '1', b: '1', c: '1' } },
    { version: '2', dependencies: { a: '2', c: '1' } },
  );
  expect(result).toEqual({ version: '2', dependencies: { a: '2', b: '1', c: '1' } });
  expect(Object.keys(result.dependencies)).toEqual(['a', 'b', 'c']);
  expect(
    await merged(
      'manifest',
      base,
      { version: '1', dependencies: { a: '3', c: '1' } },
      { version: '2', dependencies: { a: '2', c: '1' } },
    ),
  ).toBe('you and the release changed the same lines');
});

test('package-lock.json: packages of both, each with one side’s version and digest', async () => {
  const at = (version: string) => ({ version, integrity: `of ${version}` });
  const root = (dependencies: object) => ({ name: 'x', dependencies });
  const base = { packages: { '': root({ a: '1' }), 'node_modules/a': at('1') } };
  const yours = {
    packages: {
      '': root({ a: '1', b: '1' }),
      'node_modules/a': { ...at('1'), integrity: 'other' },
      'node_modules/b': at('1'),
    },
  };
  const release = { packages: { '': root({ a: '2' }), 'node_modules/a': at('2') } };
  expect(await merged('lock', base, yours, release)).toEqual({
    packages: { '': root({ a: '2', b: '1' }), 'node_modules/a': at('2'), 'node_modules/b': at('1') },
  });
});
