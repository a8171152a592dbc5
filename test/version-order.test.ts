import { expect, test } from 'vitest';
import { wrongVersions } from './version-order.ts';

const named = [
  { version: 'a', from: 0 },
  { version: 'b', from: 100 },
  { version: 'a', from: 200 },
];
const answers = (...list: readonly (readonly [number, number, string])[]) =>
  list.map(([start, end, version]) => ({ start, end, version, outcome: 200 }));

test('lagging behind and skipping is right; running ahead, going back and strangers are wrong', () => {
  expect(
    wrongVersions(answers([0, 10, 'a'], [120, 130, 'a'], [150, 160, 'b'], [240, 250, 'a']), named),
  ).toEqual([]);
  expect(wrongVersions(answers([0, 10, 'a'], [300, 310, 'a']), named)).toEqual([]);
  const ahead = answers([50, 60, 'b']);
  expect(wrongVersions(ahead, named)).toEqual(ahead);
  const back = answers([110, 120, 'b'], [130, 140, 'a']);
  expect(wrongVersions(back, named)).toEqual([back[1]]);
  // Under way at the same time: which of the two is older can't be told.
  expect(wrongVersions(answers([110, 150, 'b'], [120, 160, 'a']), named)).toEqual([]);
  const stranger = answers([10, 20, 'c']);
  expect(wrongVersions(stranger, named)).toEqual(stranger);
});
