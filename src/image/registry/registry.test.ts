import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type FakeRegistry, startRegistry } from '../../../test/fakes/oci-registry.ts';
import { messageOf } from '../../../test/git-sandbox.ts';
import { digestOf, openWorkspace, type Workspace } from '../../workspace/index.ts';
import {
  attachEvidence,
  buildImage,
  openImages,
  pinBase,
  pullEvidence,
  pushImage,
  readEvidence,
} from '../index.ts';
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
      /^E_REGISTRY_FAILED: a manifest of more than/,
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

  test.each<[string, FakeRegistry['fault'], RegExp]>([
    [
      'cut short',
      ({ method }) => (method === 'GET' ? { status: 200, body: bytes, cutAfter: 3 } : null),
      /^E_|terminated|aborted/,
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

describe('images', () => {
  const workspaceWith = (text: string): Workspace => {
    const root = mkdtempSync(join(folder, 'repo-'));
    writeFileSync(join(root, 'lockstep.yaml'), text);
    return openWorkspace(root);
  };
  const input = {
    model: 'churn',
    version: 'v1.0.0',
    server: Buffer.from('// server'),
    files: { 'model.onnx': Buffer.from('model') },
  };

  /** Something with a config and a layer that a base may be. */
  async function pushBase(): Promise<string> {
    const registry = openRegistry(`${fake.host}/base/node`, { actions: 'pull,push', credentials: null });
    const layer = { mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip', ...blob };
    const config = Buffer.from(
      JSON.stringify({
        architecture: 'amd64',
        os: 'linux',
        config: {},
        rootfs: { type: 'layers', diff_ids: [blob.digest] },
      }),
    );
    writeFileSync(join(folder, 'config'), config);
    const configBlob = {
      mediaType: 'application/vnd.oci.image.config.v1+json',
      digest: digestOf(config),
      size: config.length,
    };
    await registry.pushBlob(blob, blobFile());
    await registry.pushBlob(configBlob, join(folder, 'config'));
    const manifest = {
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: configBlob,
      layers: [layer],
    };
    return registry.pushManifest('24', {
      bytes: Buffer.from(JSON.stringify(manifest)),
      mediaType: manifest.mediaType,
    });
  }

  test('an image leaves with its base and its evidence, its tag last, and again nothing is sent', async () => {
    const base = await pushBase();
    const yaml = `images: ${fake.host}/acme\nimage: {base: "${fake.host}/base/node:24@${base}"} # by digest\n`;
    const workspace = workspaceWith(yaml);
    const built = await buildImage(workspace, input);
    expect(built.base).toEqual({ reference: `${fake.host}/base/node@${base}`, pinned: true });
    await attachEvidence(workspace, built.digest, { 'evaluation.json': Buffer.from('{}') });
    const image = { name: built.name, digest: built.digest, tag: 'v1.0.0' };
    fake.requests.length = 0;
    expect((await pushImage(workspace, image)).sent).toBeGreaterThan(0);
    expect(fake.requests.filter((line) => line.startsWith('PUT')).at(-1)).toBe(
      'PUT /v2/acme/churn/manifests/v1.0.0',
    );
    fake.requests.length = 0;
    expect(await pushImage(workspace, image)).toEqual({ digest: built.digest, sent: 0, public: null });
    expect(fake.requests.filter((line) => /^(PUT|POST)/.test(line))).toEqual([]);
    const elsewhere = workspaceWith(yaml);
    expect(await pullEvidence(elsewhere, built.name, built.digest)).toBe(true);
    expect(Object.keys(readEvidence(elsewhere, built.digest))).toEqual(['evaluation.json']);
    expect(await pullEvidence(elsewhere, 'localhost/churn', built.digest)).toBe(false);
  });

  test('a base by tag is looked up where that is asked, and pinned in place', async () => {
    const base = await pushBase();
    const text = `# ours\nimage:\n  base: ${fake.host}/base/node:24   # Node\nenvironments: [dev]\n`;
    const workspace = workspaceWith(text);
    expect((await buildImage(workspace, input)).base).toBeNull();
    const asked = await buildImage(workspace, { ...input, askBase: true });
    expect(asked.base).toEqual({ reference: `${fake.host}/base/node@${base}`, pinned: false });
    const reference = `${fake.host}/base/node:24@${base}`;
    expect(await pinBase(workspace)).toEqual({ reference, written: true });
    expect(readFileSync(join(workspace.root, 'lockstep.yaml'), 'utf8')).toBe(
      text.replace(`${fake.host}/base/node:24`, reference),
    );
    expect(await pinBase(openWorkspace(workspace.root))).toEqual({ reference, written: false });
  });

  test('what has no base does not leave, and a base that is gone is said to be', async () => {
    const bare = workspaceWith(`images: ${fake.host}/acme\n`);
    const built = await buildImage(bare, input);
    expect(await said(pushImage(bare, { name: built.name, digest: built.digest, tag: 'v1' }))).toMatch(
      /^E_BASE_MISSING: .*has no base image/,
    );
    const gone = workspaceWith(`image: {base: "${fake.host}/base/none:1"}\n`);
    expect(await said(buildImage(gone, { ...input, askBase: true }))).toMatch(
      /^E_BASE_MISSING: .*the registry has none of that name/,
    );
    expect(openImages(gone).list()).toEqual([]);
  });
});
