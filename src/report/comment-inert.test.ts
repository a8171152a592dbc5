import fc from 'fast-check';
import { expect, test } from 'vitest';
import { commentMarker, renderComment } from './comment.ts';
import { expectHarmless, poisoned } from './poisoned.test-data.ts';

test('nothing from outside does anything, wherever it stands', () => {
  const bit = fc.constantFrom(
    '@org/team',
    '<img src=x>',
    '</details>',
    '|',
    '](',
    '![a](b)',
    '[a](b)',
    '```',
    '\n```\n',
    '`',
    '\n',
    '\\',
    '\\|',
    'https://e.example',
    'www.e.example',
    'a@b.example',
    '#1',
    'GH-1',
    commentMarker,
    '<!--',
    '-->',
    '*',
    '_',
    '~~',
    '$',
    '&lt;',
    ':tada:',
    '4b825dc642cb',
    '# ',
    '- ',
    '> ',
    '1. ',
    ' ',
    'ok',
  );
  fc.assert(
    fc.property(fc.array(bit, { maxLength: 8 }), (bits) => {
      expectHarmless(renderComment(poisoned(`x${bits.join('')}`)));
    }),
    { numRuns: 300, seed: 7 },
  );
});

test('stays within a comment for 100,000 metrics, and says what it leaves out', () => {
  const many = <T>(value: T) =>
    Object.fromEntries(
      Array.from({ length: 100_000 }, (_, index) => [`metric_@_${index}_${'<'.repeat(60)}`, value]),
    );
  const long = '<'.repeat(5_000);
  const big = poisoned(long);
  const comment = renderComment({
    ...big,
    evaluation: { ...big.evaluation, metrics: many({ value: 1, low: 0, high: 2 }) },
    comparison: { ...big.comparison!, metrics: many({ delta: 1, standardError: 1, low: -1, high: 3 }) },
    data: Array.from({ length: 10_000 }, (_, index) => ({ key: `${long}${index}` })),
    notes: Array.from({ length: 10_000 }, () => long),
    stages: Array.from({ length: 500 }, (_, index) => ({ name: `${index}${long}`, kind: 'ran', seconds: 1 })),
  });
  expect(comment.length).toBeLessThanOrEqual(65_536);
  expect(comment).toMatch(/_… and 99,9\d\d more metrics, left out here to keep this comment short\._/);
  expect(comment.endsWith(`\n${commentMarker}\n`)).toBe(true);
});
