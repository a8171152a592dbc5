import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type FakeRegistry, startRegistry } from '../../../test/fakes/oci-registry.ts';
import { messageOf } from '../../../test/git-sandbox.ts';
import { shareLayers } from '../../../test/shared-layers.ts';
import { openRegistry } from '../../oci/index.ts';
import { digestOf, openWorkspace, type Workspace } from '../../workspace/index.ts';
import {
  attachEvidence,
  buildImage,
  openImages,
  pinBase,
  pullEvidence,
  pullImage,
  pushImage,
  readEvidence,
  readImage,
} from '../index.ts';

let fake: FakeRegistry;
let folder: string;
beforeEach(async () => {
  fake = await startRegistry();
  folder = mkdtempSync(join(tmpdir(), 'lockstep-images-'));
});
afterEach(async () => {
  await fake[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

const bytes = Buffer.from('a layer');
const blob = { digest: digestOf(bytes), size: bytes.length };
const blobFile = () => {
  const path = join(folder, 'blob');
  writeFileSync(path, bytes);
  return path;
};
const said = async (work: Promise<unknown>) => (await messageOf(work)).replaceAll(fake.host, '<host>');

const workspaceWith = (text: string): Workspace => {
  const root = mkdtempSync(join(folder, 'repo-'));
  writeFileSync(join(root, 'lockstep.yaml'), text);
  shareLayers(root);
  return openWorkspace(root);
};
const upon = (base: string): string =>
  `images: ${fake.host}/acme\nimage: {base: "${fake.host}/base/node:24@${base}"} # by digest\n`;
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
  const yaml = upon(base);
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
  fake.manifests.set('acme/churn/v1.0.0', { bytes: Buffer.from('{}'), type: 'application/json' });
  await pushImage(workspace, image);
  expect(digestOf(fake.manifests.get('acme/churn/v1.0.0')!.bytes)).toBe(built.digest);
  const elsewhere = workspaceWith(yaml);
  expect(await pullEvidence(elsewhere, built.name, built.digest)).toBe(true);
  expect(Object.keys(readEvidence(elsewhere, built.digest))).toEqual(['evaluation.json']);
  expect(await pullEvidence(elsewhere, 'localhost/churn', built.digest)).toBe(false);
  const third = workspaceWith(yaml);
  expect(await pullImage(third, `${built.name}:v1.0.0`)).toBe(built.digest);
  expect(readImage(third, `${built.name}:v1.0.0`).layers).toHaveLength(4);
  expect(Object.keys(readEvidence(third, built.digest))).toEqual(['evaluation.json']);
  expect(await said(pullImage(third, `${built.name}:v2.0.0`))).toMatch(/^E_IMAGE_MISSING: no v2\.0\.0 in/);
});

test('what somebody else says of an image stays beside ours', async () => {
  const base = await pushBase();
  const workspace = workspaceWith(upon(base));
  const built = await buildImage(workspace, input);
  await attachEvidence(workspace, built.digest, { 'evaluation.json': Buffer.from('{}') });
  const key = `acme/churn/sha256-${built.digest.slice(7)}`;
  const entry = { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest: base, size: 2 };
  const foreign = {
    schemaVersion: 2,
    manifests: [{ ...entry, artifactType: 'application/vnd.example.sbom' }],
  };
  fake.manifests.set(key, { bytes: Buffer.from(JSON.stringify(foreign)), type: 'application/json' });
  await pushImage(workspace, { name: built.name, digest: built.digest, tag: 'v1.0.0' });
  const { manifests } = JSON.parse(fake.manifests.get(key)!.bytes.toString()) as {
    manifests: { artifactType: string }[];
  };
  expect(manifests.map(({ artifactType }) => artifactType)).toEqual([
    'application/vnd.example.sbom',
    'application/vnd.lockstep.evidence.v1',
  ]);
});

test('a second model takes runtime and server from the first', async () => {
  const base = await pushBase();
  const workspace = workspaceWith(upon(base));
  const push = async (model: string) => {
    const { name, digest, size } = await buildImage(workspace, { ...input, model });
    const { sent } = await pushImage(workspace, { name, digest, tag: 'v1.0.0' });
    return { sent, size };
  };
  const [first, second] = [await push('churn'), await push('late')];
  expect(first.sent).toBeGreaterThan(first.size - 100);
  expect(second.sent).toBeLessThan(10_000);
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
