import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { type Digest, digestOf } from '../../workspace/index.ts';
import { keyFaultOf } from './dataset-path.ts';
import { type Lock, type LockEntry, printLock } from './lock.ts';
import { parseLock } from './lock-parser.ts';
import { PathCollisions } from './path-collisions.ts';

const part = fc.oneof(
  fc.stringMatching(/^[a-z0-9_.-]{1,8}$/),
  fc.string({ minLength: 1, maxLength: 6, unit: 'grapheme' }),
  fc.constantFrom(
    'yes',
    'null',
    'N',
    '1e3',
    '~',
    'a: b',
    '#',
    "'",
    '"q"',
    'é',
    '日本',
    '🙂',
    '- x',
    '{}',
    '\ue000',
  ),
);

const entry = fc
  .record({
    parts: fc.array(part, { minLength: 1, maxLength: 4 }),
    seed: fc.nat(),
    size: fc.maxSafeNat(),
    files: fc.option(fc.integer({ min: 1, max: 1_000_000 }), { nil: undefined }),
  })
  .map(({ parts, seed, size, files }): LockEntry => {
    const digest: Digest = digestOf(String(seed));
    const path = parts.join('/');
    return files === undefined ? { key: path, digest, size } : { key: `${path}/`, digest, size, files };
  });

/** Locks as `data add` could write them: legal paths that do not collide. */
const lock = fc.array(entry, { maxLength: 30 }).map((entries): Lock => {
  const collisions = new PathCollisions();
  const legal = ({ key, files }: LockEntry) =>
    key.endsWith('/') === (files !== undefined) && keyFaultOf(key) === null && collisions.add(key) === null;
  return { entries: entries.filter(legal) };
});

const byKey = (entries: readonly LockEntry[]) => Object.fromEntries(entries.map((item) => [item.key, item]));

test('parse after print gives the lock back, and print after parse the bytes', () => {
  fc.assert(
    fc.property(lock, (made) => {
      const text = printLock(made);
      const parsed = parseLock(Buffer.from(text));
      expect(byKey(parsed.entries)).toEqual(byKey(made.entries));
      expect(printLock(parsed)).toBe(text);
    }),
    { numRuns: 10_000 },
  );
});

test('every lock is YAML with the same meaning', () => {
  fc.assert(
    fc.property(lock, (made) => {
      const read = parse(printLock(made)) as { version: number; datasets: Record<string, object> };
      expect(read.version).toBe(1);
      const expected = made.entries.map(({ key, ...rest }) => [key, rest]);
      expect(read.datasets).toEqual(Object.fromEntries(expected));
    }),
    { numRuns: 300 },
  );
});

test('one changed byte is refused or means another lock', () => {
  const text = Buffer.from(
    printLock({
      entries: [
        { key: 'churn/customers.csv', digest: digestOf('a'), size: 977501 },
        { key: 'digits/images/', digest: digestOf('b'), size: 52428800, files: 60000 },
      ],
    }),
  );
  fc.assert(
    fc.property(fc.nat(text.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const other = Buffer.from(text);
      other[at] = other[at]! ^ change;
      try {
        expect(printLock(parseLock(other))).toBe(other.toString());
      } catch (error) {
        expect((error as { code: string }).code).toMatch(/^E_(LOCK|PATH|DIGEST)_/);
      }
    }),
    { numRuns: 2000 },
  );
});

test('entries are sorted by UTF-8 bytes, where UTF-16 has another order', () => {
  const item = (key: string): LockEntry => ({ key, digest: digestOf(key), size: 1 });
  const text = printLock({ entries: [item('🙂'), item('\ue000'), item('a-b'), item('a/b'), item('Z')] });
  expect(parseLock(text).entries.map(({ key }) => key)).toEqual(['Z', 'a-b', 'a/b', '\ue000', '🙂']);
});
