import { createHash } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type FakeRegistry, startRegistry } from '../../../test/fakes/oci-registry.ts';
import { messageOf } from '../../../test/git-sandbox.ts';
import type { Bucket, Download } from './bucket.ts';
import { bucketContract } from './contract.ts';
import { ociBucket } from './oci-bucket.ts';
import { tagOf } from './oci-manifests.ts';

let fake: FakeRegistry;
let bucket: Bucket;
const open = (env: NodeJS.ProcessEnv = { HOME: '/nowhere' }) =>
  ociBucket(new URL(`oci://${fake.host}/acme/data`), env);
beforeEach(async () => {
  fake = await startRegistry();
  bucket = await open();
});
afterEach(() => fake[Symbol.asyncDispose]());

async function allOf<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of source) all.push(item);
  return all;
}
const sha256 = (bytes: string | Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const pathOf = (hex: string) => `sha256/${hex.slice(0, 2)}/${hex.slice(2)}`;
const put = async (text: string, key = pathOf(sha256(text))) => {
  await bucket.put(key, Buffer.from(text), sha256(text));
  return { key, sha256: sha256(text), size: text.length };
};
const textOf = async (download: Download | null) => Buffer.concat(await allOf(download!.body)).toString();
const keysIn = async (prefix: string) => (await allOf(bucket.list(prefix))).map(({ key }) => key).sort();
/** Digests that a registry would keep: those that a manifest names. */
const named = () => {
  const found = [...fake.manifests.values()].map(({ bytes }) => JSON.parse(bytes.toString()));
  return new Set(
    found.flatMap(({ layers }) => layers.map(({ digest }: { digest: string }) => digest.slice(7))),
  );
};

test('keeps the contract of buckets', () => bucketContract(() => open()));

test('names packs beside their map and other objects in manifests of their own, and unnames what is removed', async () => {
  const [pack, plain, other] = [await put('a pack'), await put('plain'), await put('other')];
  const key = `chunks/${pathOf('ab'.repeat(32))}.json`;
  await put(JSON.stringify({ v: 1, packs: [pack.sha256] }), key);
  expect(fake.manifests.has(`acme/data/chunks-${'ab'.repeat(32)}`)).toBe(true);
  expect([...named()]).toContain(pack.sha256);
  expect([...named()]).not.toContain(plain.sha256);
  await bucket.keep!([plain, other]);
  fake.requests.length = 0;
  await (await open()).keep!([other, plain]);
  expect(fake.requests.filter((line) => line.startsWith('PUT'))).toEqual([]);
  expect(await keysIn('sha256/')).toEqual([pack.key, plain.key, other.key].sort());
  expect(await keysIn('chunks/')).toEqual([key]);
  await bucket.remove([plain.key]);
  expect([...named()]).not.toContain(plain.sha256);
  expect(await keysIn('')).toEqual([pack.key, other.key, key].sort());
  expect(await bucket.stat(plain.key)).toBeNull();
  expect(await textOf(await bucket.get(other.key, { from: 2 }))).toBe('her');
  const count = fake.manifests.size;
  await put(JSON.stringify({ v: 1, packs: [] }), key);
  expect(await keysIn('sha256/')).toEqual([pack.key, other.key].sort());
  await bucket.remove([pack.key]);
  expect([...named()]).not.toContain(pack.sha256);
  expect(fake.manifests.size).toBe(count);
});

test('what is put again is young again, what lies beside what is removed stays as old as it is', async () => {
  const objects = [await put('one'), await put('two'), await put('three')];
  const ages = async () =>
    Object.fromEntries((await allOf((await open()).list(''))).map((one) => [one.key, one.modified]));
  const at = (year: number) => {
    const date = new Date(Date.UTC(year, 0)).toUTCString();
    fake.fault = ({ method }) => (method === 'HEAD' ? { status: 200, headers: { date } } : null);
    return Date.UTC(year, 0);
  };
  await bucket.keep!(objects);
  const [{ key: doomed }, { key: other }] = objects as unknown as [{ key: string }, { key: string }];
  const before = (await ages())[other];
  await Promise.all([bucket.remove([doomed]), bucket.remove([objects[2]!.key])]);
  expect(await ages()).toEqual({ [other]: before });
  const year = at(2020);
  await put('{}', 'gc/doomed.json');
  expect((await ages())['gc/doomed.json']).toBeCloseTo(year, -4);
  const later = at(2021);
  await put('{}', 'gc/doomed.json');
  expect((await ages())['gc/doomed.json']).toBeCloseTo(later, -4);
  expect([...fake.manifests.keys()].filter((name) => name.includes('gc.doomed'))).toHaveLength(1);
  expect(fake.manifests.size).toBe(4);
});

test('more objects than one manifest names are named by several, none over 4 MB', async () => {
  const many = Array.from({ length: 9000 }, (_, index) => ({ sha256: sha256(`${index}`), size: 16 << 20 }));
  await bucket.keep!(many);
  expect([...named()].sort()).toEqual(many.map((object) => object.sha256).sort());
  const sizes = [...fake.manifests.values()].map(({ bytes }) => bytes.length);
  expect(Math.max(...sizes)).toBeLessThan(1 << 20);
});

test('an object is sent once, and a map of packs that are not there is refused', async () => {
  await put('a pack');
  fake.requests.length = 0;
  await put('a pack');
  expect(fake.requests.map((line) => line.split(' ')[0])).toEqual(['HEAD']);
  const map = JSON.stringify({ v: 1, packs: [sha256('none')] });
  expect(await messageOf(put(map, `packs/${pathOf(sha256('x'))}.json`))).toMatch(
    /^E_REMOTE_FAILED: .* has no sha256:/,
  );
});

test('tags', () => {
  const hex = 'ab'.repeat(32);
  expect(tagOf(`packs/${pathOf(hex)}.json`)).toBe(`packs-${hex}`);
  expect(tagOf('gc/doomed.json')).toBe('gc.doomed');
  for (const key of [
    `runs/${hex}.json`,
    `runs/${pathOf(hex)}.json`,
    'runs/é.json',
    `a/${'b'.repeat(200)}.json`,
    '.',
  ])
    expect(tagOf(key)).toMatch(/^\w[\w.-]{0,127}$/);
});

test('bytes that lie elsewhere are read in part, and our login stays here', async () => {
  const { key } = await put('elsewhere');
  const asked: IncomingHttpHeaders[] = [];
  const cdn = createServer((request, response) => {
    asked.push(request.headers);
    response.writeHead(206, { 'content-range': 'bytes 4-8/9' }).end('where');
  });
  await new Promise<void>((resolve) => cdn.listen(0, '127.0.0.1', resolve));
  const location = `http://127.0.0.1:${(cdn.address() as AddressInfo).port}/blob?signature=secret`;
  let token: string | null = null;
  fake.fault = ({ method, auth, path }) => {
    if (path === '/token') return { status: 200, body: '{"token":"canary"}' };
    token = auth;
    const login = { 'www-authenticate': `Bearer realm="http://${fake.host}/token"` };
    if (auth === null) return { status: 401, headers: login };
    return method === 'GET' ? { status: 307, headers: { location } } : null;
  };
  const found = await bucket.get(key, { from: 4 });
  expect([found!.from, await textOf(found)]).toEqual([4, 'where']);
  expect(token).toBe('Bearer canary');
  expect(asked).toMatchObject([{ range: 'bytes=4-' }]);
  expect(asked[0]!.authorization).toBeUndefined();
  cdn.close();
});

test('who is not let in hears how to log in, and never the password', async () => {
  await using guarded = await startRegistry({ user: 'ada', password: 'right' });
  const login = (password: string) =>
    ociBucket(new URL(`oci://${guarded.host}/data`), {
      LOCKSTEP_REGISTRY_HOST: guarded.host,
      LOCKSTEP_REGISTRY_USER: 'ada',
      LOCKSTEP_REGISTRY_TOKEN: password,
    });
  expect(await (await login('right')).stat(pathOf(sha256('x')))).toBeNull();
  const refused = await messageOf((await login('canary')).stat(pathOf(sha256('x'))));
  expect(refused).toMatch(/^E_REMOTE_CREDENTIALS: .*\(we are ada\).* Fix: `docker login/);
  expect(refused).not.toContain('canary');
});

test('who may write learns that nothing is there yet, where readers are only turned away', async () => {
  const challenge = { 'www-authenticate': `Bearer realm="http://${fake.host}/token"` };
  fake.fault = ({ path, auth }, count) => {
    if (path === '/token') return count === 1 ? { status: 403 } : { status: 200, body: '{"token":"x"}' };
    return auth === null ? { status: 401, headers: challenge } : null;
  };
  expect(await bucket.stat(pathOf(sha256('x')))).toBeNull();
  expect(await bucket.get('gc/doomed.json')).toBeNull();
  expect(fake.requests.filter((line) => line === 'GET /token')).toHaveLength(2);
});

test.each<[number, string, (bucket: Bucket, key: string) => Promise<unknown>]>([
  [403, 'E_REMOTE_CREDENTIALS', (bucket, key) => bucket.put(key, Buffer.from('x'), sha256('x'))],
  [429, 'E_REMOTE_RATE_LIMIT', (bucket, key) => bucket.stat(key)],
  [500, 'E_REMOTE_FAILED', (bucket, key) => bucket.get(key)],
  [405, 'E_REMOTE_READ_ONLY', (bucket, key) => bucket.put(key, Buffer.from('x'), sha256('x'))],
  [413, 'E_REMOTE_TOO_LARGE', (bucket, key) => bucket.put(key, Buffer.from('x'), sha256('x'))],
  [405, 'E_REMOTE_READ_ONLY', (bucket, key) => bucket.remove([key])],
  [500, 'E_REMOTE_FAILED', (bucket) => allOf(bucket.list(''))],
])('%i is %s', async (status, code, act) => {
  const { key } = await put('there');
  fake.fault = ({ method }) =>
    method === 'HEAD' && status !== 429 ? null : { status, headers: { 'retry-after': '0' } };
  if (status === 405) fake.fault = ({ method }) => (/DELETE|POST/.test(method) ? { status } : null);
  const missing =
    code === 'E_REMOTE_READ_ONLY' && act.toString().includes('remove') ? key : pathOf(sha256('x'));
  expect(await messageOf(act(bucket, missing))).toMatch(new RegExp(`^${code}: .* Fix: `));
});
