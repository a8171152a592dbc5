import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type FakeRegistry, startRegistry } from '../../test/fakes/oci-registry.ts';
import { messageOf } from '../../test/git-sandbox.ts';
import { digestOf } from '../workspace/index.ts';
import { isRegistryName, registryAddress, sameOwner } from './address.ts';
import { openRegistry } from './registry.ts';

let fake: FakeRegistry;
let folder: string;
beforeEach(async () => {
  fake = await startRegistry();
  folder = mkdtempSync(join(tmpdir(), 'lockstep-registry-'));
});
afterEach(async () => {
  await fake[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
  vi.unstubAllEnvs();
});

const bytes = Buffer.from('a layer');
const blob = { digest: digestOf(bytes), size: bytes.length };
const blobFile = () => {
  const path = join(folder, 'blob');
  writeFileSync(path, bytes);
  return path;
};
const open = () => openRegistry(`${fake.host}/acme/churn`, { actions: 'pull,push', credentials: null });
const said = async (work: Promise<unknown>) => (await messageOf(work)).replaceAll(fake.host, '<host>');

test('names of registries, and of the layout', () => {
  expect(['localhost/churn', 'localhost:5000/churn', 'ghcr.io/a/b', 'churn'].map(isRegistryName)).toEqual([
    false,
    true,
    true,
    false,
  ]);
  expect(registryAddress('docker.io/node').url).toBe('https://registry-1.docker.io/v2/library/node');
  expect(registryAddress('ghcr.io/a/b').url).toBe('https://ghcr.io/v2/a/b');
  expect(sameOwner('auth.docker.io', 'registry-1.docker.io')).toBe(true);
  expect(sameOwner('evil.example', 'ghcr.io')).toBe(false);
  expect(sameOwner('10.0.0.1', '10.0.0.2')).toBe(false);
  expect(sameOwner('registry.example.co.uk', 'gitlab.example.co.uk:443')).toBe(true);
  expect(sameOwner('mine.azurecr.io', 'theirs.azurecr.io')).toBe(false);
  expect(sameOwner('registry.example.co.uk', 'theirs.co.uk')).toBe(false);
});

describe('one repository', () => {
  test('a blob there and back, sent once', async () => {
    const registry = open();
    expect(await registry.pushBlob(blob, blobFile())).toBe(true);
    expect(await registry.pushBlob(blob, blobFile())).toBe(false);
    await registry.pullBlob(blob, join(folder, 'back'));
    expect(readFileSync(join(folder, 'back'))).toEqual(bytes);
    expect(await registry.resolve('v1')).toBeNull();
  });

  test('logs in where the registry itself says, and shows its password to nobody else', async () => {
    await using guarded = await startRegistry({ user: 'ada', password: 'secret' });
    vi.stubEnv('LOCKSTEP_REGISTRY_HOST', guarded.host);
    vi.stubEnv('LOCKSTEP_REGISTRY_USER', 'ada');
    vi.stubEnv('LOCKSTEP_REGISTRY_TOKEN', 'secret');
    expect(await openRegistry(`${guarded.host}/x`, { actions: 'pull,push' }).pushBlob(blob, blobFile())).toBe(
      true,
    );
    vi.stubEnv('LOCKSTEP_REGISTRY_TOKEN', 'wrong');
    const refused = await messageOf(openRegistry(`${guarded.host}/x`).resolve('v1'));
    expect(refused).toMatch(/^E_REGISTRY_AUTH: .* its login answers 401/);
    expect(refused).not.toContain('wrong');
  });

  test.each<[string, FakeRegistry['fault'], RegExp]>([
    [
      'a realm on another host',
      () => ({ status: 401, headers: { 'www-authenticate': 'Bearer realm="https://evil.example/token"' } }),
      /^E_REGISTRY_AUTH: .*sends us to https:\/\/evil\.example/,
    ],
    [
      'another digest in the header',
      ({ path }) =>
        path.includes('manifests')
          ? { status: 200, headers: { 'docker-content-digest': `sha256:${'0'.repeat(64)}` }, body: '{}' }
          : null,
      /^E_REGISTRY_DIGEST: /,
    ],
    ['403', () => ({ status: 403 }), /^E_REGISTRY_AUTH: .*answered 403/],
    [
      '500 for ever',
      () => ({ status: 500, headers: { 'retry-after': '0' } }),
      /^E_REGISTRY_FAILED: .*answered 500/,
    ],
    ['429 for ever', () => ({ status: 429, headers: { 'retry-after': '0' } }), /^E_REGISTRY_RATE_LIMIT: /],
    [
      'a manifest without end',
      () => ({ status: 200, body: Buffer.alloc(5 << 20) }),
      /^E_REGISTRY_FAILED: an answer of more than/,
    ],
  ])('%s', async (_, fault, message) => {
    fake.fault = fault;
    expect(await said(open().resolve('v1'))).toMatch(message);
  });

  test('429 on a manifest is waited for', async () => {
    fake.fault = ({ method }, count) =>
      method === 'PUT' && count < 3 ? { status: 429, headers: { 'retry-after': '0' } } : null;
    expect(await open().pushManifest('v1', { bytes, mediaType: 'application/json' })).toBe(digestOf(bytes));
  });

  test.each<[string, FakeRegistry['fault']]>([
    ['cut off', ({ method }, count) => (method === 'PUT' && count === 1 ? { status: 0 } : null)],
    ['forgotten', ({ method }, count) => (method === 'PUT' && count === 1 ? { status: 404 } : null)],
    [
      'out of breath',
      ({ method }, count) =>
        method === 'PUT' && count === 1 ? { status: 429, headers: { 'retry-after': '0' } } : null,
    ],
    ['not begun', ({ method }, count) => (method === 'POST' && count === 1 ? { status: 0 } : null)],
  ])('an upload %s begins anew', async (_, fault) => {
    let puts = 0;
    fake.fault = (request, count) => fault!(request, request.method === 'PUT' ? ++puts : count);
    expect(await open().pushBlob(blob, blobFile())).toBe(true);
    expect([...fake.blobs.keys()]).toEqual([`acme/churn/${blob.digest}`]);
  });

  test.each<[string, FakeRegistry['fault'], RegExp]>([
    [
      'at a stranger',
      ({ method }) =>
        method === 'POST' ? { status: 202, headers: { location: 'https://evil.example/upload' } } : null,
      /^E_REGISTRY_FAILED: POST .* an upload at https:\/\/evil\.example/,
    ],
    [
      'kept as other bytes',
      ({ method }) =>
        method === 'PUT'
          ? { status: 201, headers: { 'docker-content-digest': `sha256:${'0'.repeat(64)}` } }
          : null,
      /^E_REGISTRY_DIGEST: /,
    ],
    ['refused', ({ method }) => (method === 'PUT' ? { status: 403 } : null), /^E_REGISTRY_AUTH: /],
    ['too large', ({ method }) => (method === 'PUT' ? { status: 413 } : null), /^E_REGISTRY_FAILED: .* 413/],
  ])('an upload %s ends', async (_, fault, message) => {
    fake.fault = fault;
    expect(await said(open().pushBlob(blob, blobFile()))).toMatch(message);
    expect(fake.blobs.size).toBe(0);
  });

  test('a blob that a sibling has is not sent', async () => {
    const sibling = openRegistry(`${fake.host}/acme/other`, { actions: 'pull,push', credentials: null });
    await sibling.pushBlob(blob, blobFile());
    fake.requests.length = 0;
    expect(await open().pushBlob(blob, blobFile(), 'acme/other')).toBe(false);
    expect(fake.requests.filter((line) => line.startsWith('PUT'))).toEqual([]);
    expect(fake.blobs.has(`acme/churn/${blob.digest}`)).toBe(true);
    fake.blobs.clear();
    expect(await open().pushBlob(blob, blobFile(), 'acme/other')).toBe(true);
  });

  test('a login that hiccups is asked again, one that talks nonsense is not believed', async () => {
    await using guarded = await startRegistry({ user: 'ada', password: 'secret' });
    vi.stubEnv('LOCKSTEP_REGISTRY_HOST', guarded.host);
    vi.stubEnv('LOCKSTEP_REGISTRY_USER', 'ada');
    vi.stubEnv('LOCKSTEP_REGISTRY_TOKEN', 'secret');
    guarded.fault = ({ path }, count) => (path === '/token' && count === 1 ? { status: 503 } : null);
    expect(await openRegistry(`${guarded.host}/x`).resolve('v1')).toBeNull();
    guarded.fault = ({ path }) => (path === '/token' ? { status: 200, body: '"no"' } : null);
    expect(await messageOf(openRegistry(`${guarded.host}/x`).resolve('v1'))).toMatch(
      /^E_REGISTRY_AUTH: .* its login gives no token/,
    );
  });

  test('a token that grew old is renewed, in the middle of the work', async () => {
    await using guarded = await startRegistry({ user: 'ada', password: 'secret' });
    const registry = openRegistry(`${guarded.host}/x`, { credentials: { user: 'ada', password: 'secret' } });
    await registry.resolve('v1');
    guarded.fault = ({ path }, count) =>
      path.endsWith('/v2') && count === 1
        ? {
            status: 401,
            headers: { 'www-authenticate': `Bearer realm="http://${guarded.host}/token",service="fake"` },
          }
        : null;
    expect(await registry.resolve('v2')).toBeNull();
  });

  test.each<[string, FakeRegistry['fault'], RegExp]>([
    [
      'cut short',
      ({ method }) => (method === 'GET' ? { status: 200, body: bytes, cutAfter: 3 } : null),
      /^E_REGISTRY_FAILED: GET .* of the registry <host> failed: other side closed/,
    ],
    [
      'one bit flipped',
      ({ method }) => (method === 'GET' ? { status: 200, body: 'A layer' } : null),
      /^E_DIGEST_MISMATCH: /,
    ],
    [
      'longer than it says',
      ({ method }) => (method === 'GET' ? { status: 200, body: 'a layer and more' } : null),
      /^E_SIZE_MISMATCH: /,
    ],
    [
      'behind an address inside',
      () => ({ status: 307, headers: { location: 'http://169.254.169.254/latest' } }),
      /^E_REMOTE_REDIRECT: /,
    ],
    [
      'behind an address inside in other words',
      () => ({ status: 307, headers: { location: 'https://[::ffff:169.254.169.254]/latest' } }),
      /^E_REMOTE_REDIRECT: /,
    ],
    [
      'behind a file',
      () => ({ status: 307, headers: { location: 'file:///etc/passwd' } }),
      /^E_REMOTE_REDIRECT: /,
    ],
    [
      'behind plain HTTP elsewhere',
      () => ({ status: 307, headers: { location: 'http://other.example/x' } }),
      /^E_REMOTE_REDIRECT: /,
    ],
    [
      'behind redirects without end',
      () => ({ status: 307, headers: { location: '/v2/acme/churn/blobs/x' } }),
      /^E_REGISTRY_FAILED: .*too many redirects/,
    ],
  ])('a blob %s leaves nothing', async (_, fault, message) => {
    await open().pushBlob(blob, blobFile());
    fake.fault = fault;
    expect(await said(open().pullBlob(blob, join(folder, 'back')))).toMatch(message);
    expect(existsSync(join(folder, 'back'))).toBe(false);
  });
});
