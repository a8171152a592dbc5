import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { eachLimited } from '../each-limited.ts';
import { type Bucket, type ByteRange, type Download, mostUpload } from './bucket.ts';

/** Of each shape that keys have (docs/formats/remote.md). */
const shapes = [
  `sha256/0a/${'f9'.repeat(31)}`,
  `chunks/sha256/0a/${'f9'.repeat(31)}.json`,
  `runs/${'0b'.repeat(32)}.json`,
  'gc/doomed.json',
];
const sizes = { empty: 0, small: 10_000, large: 16 * 1024 * 1024 } as const;
const listed = 1_050; // Two pages where a page is a thousand.

/**
 * What every bucket that can be written keeps to; throws (node:assert) at the first thing it does not. Works below
 * `contract-<random>/`, and leaves nothing there. `secrets`: texts that no name and no message may hold.
 */
export async function bucketContract(
  open: () => Promise<Bucket>,
  secrets: readonly string[] = [],
): Promise<void> {
  const bucket = await open();
  const base = `contract-${createHash('sha256').update(`${Date.now()} ${process.pid}`).digest('hex').slice(0, 12)}/`;
  const held = new Map<string, Buffer>();
  for (const key of shapes) held.set(base + key, bytesOf(sizes.small, key));
  for (const [key, size] of Object.entries(sizes)) held.set(base + key, bytesOf(size, key));
  assert.ok(sizes.large <= mostUpload);
  for (const [key, bytes] of held) await put(bucket, key, bytes);
  try {
    await readingContract(open, held, secrets);
    await assertVersions(bucket, `${base}small`);
    await assertListing(bucket, base, held);
  } finally {
    await bucket.remove((await allOf(bucket.list(base))).map(({ key }) => key));
  }
  assert.deepEqual(await allOf(bucket.list(base)), [], 'what was removed is not listed');
}

/** What a bucket that is only read keeps to, given what lies there. */
export async function readingContract(
  open: () => Promise<Bucket>,
  held: ReadonlyMap<string, Uint8Array>,
  secrets: readonly string[] = [],
): Promise<void> {
  const bucket = await open();
  assert.match(bucket.name, /^[a-z0-9]+:./);
  assert.doesNotMatch(bucket.name, /[@?]/);
  for (const secret of secrets) assert.ok(!bucket.name.includes(secret), 'its name holds a secret');
  for (const [key, bytes] of held) {
    assert.deepEqual(await bucket.stat(key), { size: bytes.length }, `stat ${key}`);
    await assertRange(bucket, key, bytes);
    const [middle, end] = [Math.floor(bytes.length / 3), Math.floor(bytes.length / 2)];
    if (middle === end) continue;
    const { validator } = await assertRange(bucket, key, bytes, { from: middle });
    await assertRange(bucket, key, bytes, { from: middle, to: end });
    await assertRange(bucket, key, bytes, { from: 0, to: 1 });
    if (validator !== null) await assertRange(bucket, key, bytes, { from: middle, validator });
    (await bucket.get(key))!.body.destroy(); // Whoever stops reading breaks nothing for the next.
  }
  for (const range of [undefined, { from: 3, to: 4, validator: '"1"' }])
    assert.equal(await bucket.get('sha256/00/none', range), null, 'what is not there is no error');
  assert.equal(await bucket.stat('sha256/00/none'), null);
}

/** Bytes from where the bucket says they start: what was asked for, or all of it. */
async function assertRange(
  bucket: Bucket,
  key: string,
  bytes: Uint8Array,
  range?: ByteRange,
): Promise<Download> {
  const found = await bucket.get(key, range);
  assert.ok(found !== null, `${key} is there`);
  const asked = `${key} from ${range?.from ?? 0} to ${range?.to ?? 'its end'}`;
  const got = await bytesFrom(found);
  if (found.from !== (range?.from ?? 0)) assert.equal(found.from, 0, asked);
  const ends = found.from === range?.from && got.length < bytes.length - found.from ? range.to : bytes.length;
  assert.ok(got.equals(bytes.subarray(found.from, ends)), asked);
  return found;
}

/** A key put again: with the same bytes nothing changes; with others no reader mixes two versions. */
async function assertVersions(bucket: Bucket, key: string): Promise<void> {
  const [first, second] = [bytesOf(sizes.small, 'first'), bytesOf(sizes.small + 1, 'second')];
  await put(bucket, key, first);
  await put(bucket, key, first);
  const { validator } = await assertRange(bucket, key, first);
  await put(bucket, key, second);
  await assertRange(bucket, key, second);
  if (validator === null) return;
  const later = await bucket.get(key, { from: 100, validator });
  assert.equal(later?.from, 0, 'a range of an older version is answered from byte 0');
  assert.ok((await bytesFrom(later)).equals(second), 'with the whole of what is there now');
}

async function assertListing(
  bucket: Bucket,
  base: string,
  held: ReadonlyMap<string, Uint8Array>,
): Promise<void> {
  const many = Array.from({ length: listed }, (_, index) => `${base}list/${index}.json`);
  const content = Buffer.from('{}');
  const started = Date.now();
  await eachLimited(many, (key) => put(bucket, key, content), 16);
  const seen = new Map<string, number>();
  for await (const { key, size, modified } of bucket.list(`${base}list/`)) {
    assert.ok(!seen.has(key), `${key} is listed once`);
    assert.ok(Math.abs(modified - started) < 600_000, `${key} was put just now, not ${Math.round(modified)}`);
    seen.set(key, size);
  }
  assert.deepEqual([...seen.keys()].sort(), many.toSorted(), 'all below a prefix is listed');
  assert.deepEqual(new Set(seen.values()), new Set([content.length]));
  const all = (await allOf(bucket.list(base))).map(({ key }) => key);
  assert.deepEqual(all.sort(), [...held.keys(), ...many].sort(), 'and all further below it');
  assert.deepEqual(await allOf(bucket.list(`${base}none/`)), []);
  await bucket.remove([many[0]!, `${base}list/none`, many[1]!]);
  assert.equal(await bucket.stat(many[0]!), null, 'what was removed is gone');
  assert.equal(await bucket.stat(many[1]!), null);
  await bucket.remove([]);
  assert.deepEqual(await bucket.stat(many[2]!), { size: content.length });
}

const bytesFrom = async ({ body }: Download): Promise<Buffer> => Buffer.concat(await allOf(body));

async function allOf<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of source) all.push(item);
  return all;
}

const put = (bucket: Bucket, key: string, bytes: Uint8Array): Promise<void> =>
  bucket.put(key, bytes, createHash('sha256').update(bytes).digest('hex'));

/** Bytes that nothing compresses and no two seeds share. */
function bytesOf(size: number, seed: string): Buffer {
  const block = createHash('shake256', { outputLength: Math.min(size, 65_536) || 1 })
    .update(seed)
    .digest();
  return Buffer.alloc(size, block);
}
