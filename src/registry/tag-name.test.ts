import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkVersion, formatTag, parseTag } from './tag-name.ts';
import { nextVersion } from './version.ts';

describe('tag names', () => {
  test.each([
    ['model@v1.0.0', { event: 'register', model: 'model', version: 'v1.0.0', counter: null }],
    ['model@v1.0.0#1', { event: 'register', model: 'model', version: 'v1.0.0', counter: 1 }],
    [
      'model@v1.0.0-rc.1+b.5',
      { event: 'register', model: 'model', version: 'v1.0.0-rc.1+b.5', counter: null },
    ],
    ['model@v1.0.0!', { event: 'deregister', model: 'model', version: 'v1.0.0', counter: null }],
    ['model@v1.0.0!#2', { event: 'deregister', model: 'model', version: 'v1.0.0', counter: 2 }],
    ['model#prod', { event: 'assign', model: 'model', environment: 'prod', counter: null }],
    ['model#prod#1', { event: 'assign', model: 'model', environment: 'prod', counter: 1 }],
    ['model#prod!', { event: 'unassign', model: 'model', environment: 'prod', counter: null }],
    ['model#prod!#2', { event: 'unassign', model: 'model', environment: 'prod', counter: 2 }],
    ['model@deprecated', { event: 'deprecate', model: 'model', counter: null }],
    ['model@deprecated#3', { event: 'deprecate', model: 'model', counter: 3 }],
    ['model@created', { event: 'create', model: 'model', counter: null }],
    ['cv=pool@v0.0.1', { event: 'register', model: 'cv=pool', version: 'v0.0.1', counter: null }],
  ])('%s', (tag, name) => {
    expect(parseTag(tag)).toEqual(name);
    expect(formatTag(parseTag(tag)!)).toBe(tag);
  });

  test.each([
    'model@v1',
    'model@0.0.1',
    'model-prod',
    'nn#prod#-1',
    '',
    'v1.0.0',
    'm@v01.0.0',
    'm#a b#1',
    `m@v1.0.0#${'9'.repeat(30)}`,
    `${'a'.repeat(600)}@v1.0.0`,
  ])('none of ours: %s', (tag) => expect(parseTag(tag)).toBeNull());

  test('printing what was parsed gives the same name', () => {
    const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}[a-z0-9]$/);
    fc.assert(
      fc.property(word, word, fc.nat(99), fc.boolean(), (model, stage, counter, cancel) => {
        const tag = `${model}#${stage}${cancel ? '!' : ''}#${counter}`;
        expect(formatTag(parseTag(tag)!)).toBe(tag);
      }),
    );
  });
});

test('a version without its v is told what to write', () => {
  expect(() => checkVersion('1.2.0')).toThrowErrorMatchingInlineSnapshot(
    `[LockstepError: E_VERSION: the version "1.2.0" — v and SemVer 2.0, e.g. v1.2.0. Fix: write v1.2.0.]`,
  );
});

test.each([
  [[], 'minor', 'v1.0.0'],
  [['v1.0.0'], 'patch', 'v1.0.1'],
  [['v1.0.0', 'v1.10.0', 'v1.9.0'], 'minor', 'v1.11.0'],
  [['v1.2.3'], 'major', 'v2.0.0'],
  [['v2.0.0-rc.1', 'v1.9.9'], 'major', 'v2.0.0'],
] as const)('after %j the next %s is %s', (existing, bump, next) =>
  expect(nextVersion(existing, bump)).toBe(next),
);
