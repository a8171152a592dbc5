import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { shareLayers } from '../../test/shared-layers.ts';
import { digestOf, hexOf, openWorkspace, type Workspace } from '../workspace/index.ts';
import {
  attachEvidence,
  type BuiltImage,
  buildImage,
  openImages,
  readEvidence,
  readImage,
  unpackImage,
} from './index.ts';

const input = {
  model: 'churn',
  version: 'v1.2.0',
  revision: 'c0ffee',
  server: Buffer.from('console.log("server");\n'),
  files: {
    'model.onnx': Buffer.from('weights'),
    'model.yaml': Buffer.from('task: regression\n'),
    'metadata.json': Buffer.from('{}'),
    'golden.json': Buffer.from('{}'),
  },
};

const folders: string[] = [];
function makeWorkspace(configuration = '', { alone = false } = {}): Workspace {
  const root = mkdtempSync(join(tmpdir(), 'lockstep-image-'));
  folders.push(root);
  if (!alone) shareLayers(root);
  writeFileSync(join(root, 'lockstep.yaml'), configuration || 'remote: file:.data\n');
  return openWorkspace(root);
}
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

let workspace: Workspace;
let image: BuiltImage;
beforeAll(async () => {
  workspace = makeWorkspace();
  image = await buildImage(workspace, input);
});

const refusal = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'accepted',
    (error: Error) => error.message.replaceAll(/\/\S+lockstep-image-\w+/g, '<workspace>'),
  );

test('an image is what its specification says: layout, manifest, configuration, blobs', () => {
  const root = join(workspace.root, '.lockstep/images');
  const json = (path: string) => JSON.parse(readFileSync(join(root, path), 'utf8'));
  expect(json('oci-layout')).toEqual({ imageLayoutVersion: '1.0.0' });
  const [entry] = json('index.json').manifests;
  expect(entry.annotations).toEqual({ 'org.opencontainers.image.ref.name': 'localhost/churn:v1.2.0' });
  expect(entry.digest).toBe(image.digest);
  const manifest = json(`blobs/sha256/${hexOf(image.digest)}`);
  const config = json(`blobs/sha256/${hexOf(manifest.config.digest)}`);
  expect(config.config).toMatchInlineSnapshot(`
    {
      "Entrypoint": [
        "node",
        "/app/server.mjs",
      ],
      "Env": [
        "LOCKSTEP_MODEL_DIR=/models/churn",
      ],
      "ExposedPorts": {
        "8080/tcp": {},
      },
      "Labels": {
        "org.opencontainers.image.revision": "c0ffee",
        "org.opencontainers.image.title": "churn",
        "org.opencontainers.image.version": "v1.2.0",
      },
      "User": "65532",
      "WorkingDir": "/app",
    }
  `);
  expect(manifest.annotations).toMatchInlineSnapshot(`
    {
      "dev.lockstep.runs": "local only: no base image, run by the local agent on its own Node",
      "org.opencontainers.image.revision": "c0ffee",
      "org.opencontainers.image.title": "churn",
      "org.opencontainers.image.version": "v1.2.0",
    }
  `);
  expect(Object.keys(config)).toEqual(['architecture', 'config', 'os', 'rootfs']);
  expect(config.rootfs.diff_ids).toHaveLength(3);
  for (const name of readdirSync(join(root, 'blobs/sha256'))) {
    const bytes = readFileSync(join(root, 'blobs/sha256', name));
    expect(hexOf(digestOf(bytes))).toBe(name);
  }
  for (const layer of manifest.layers) {
    expect(statSync(join(root, 'blobs/sha256', hexOf(layer.digest))).size).toBe(layer.size);
  }
});

test('place, umask and time zone are not in the digest', async () => {
  const before = { cwd: process.cwd(), umask: process.umask(0o077), zone: process.env.TZ };
  // With layers of its own making.
  const elsewhere = makeWorkspace('', { alone: true });
  try {
    process.chdir(elsewhere.root);
    process.env.TZ = 'Pacific/Kiritimati';
    const second = await buildImage(elsewhere, input);
    expect(second).toEqual(image);
  } finally {
    process.chdir(before.cwd);
    process.umask(before.umask);
    if (before.zone === undefined) delete process.env.TZ;
    else process.env.TZ = before.zone;
  }
});

test('a second version shares all but the model, and costs little', async () => {
  const started = performance.now();
  const files = { ...input.files, 'model.onnx': Buffer.from('other weights') };
  const second = await buildImage(workspace, { ...input, version: 'v1.3.0', files });
  expect(performance.now() - started).toBeLessThan(3000);
  const parts = (text: string) => readImage(workspace, text).layers.map(({ digest }) => digest);
  const [runtime, server, model] = parts('localhost/churn:v1.2.0');
  expect(parts('localhost/churn:v1.3.0').slice(0, 2)).toEqual([runtime, server]);
  expect(parts(second.digest)[2]).not.toBe(model);
});

test('an image is unpacked whole, once, with only the listed files', async () => {
  const rootfs = await unpackImage(workspace, image.digest);
  expect(readdirSync(join(rootfs, 'models/churn')).sort()).toEqual(Object.keys(input.files).sort());
  expect(readdirSync(join(rootfs, 'app/node_modules')).sort()).toEqual([
    'onnxruntime-common',
    'onnxruntime-node',
  ]);
  expect(readdirSync(join(rootfs, 'app/node_modules/onnxruntime-node/bin/napi-v6'))).toEqual(['linux']);
  const made = statSync(rootfs).ctimeMs;
  expect(await unpackImage(workspace, image.digest)).toBe(rootfs);
  expect(statSync(rootfs).ctimeMs).toBe(made);
});

test('a corrupted blob is refused and nothing is left behind', async () => {
  const other = await buildImage(workspace, { ...input, version: 'v2.0.0', revision: 'bad' });
  const layout = openImages(workspace);
  const [, , model] = layout.readManifest(other.digest).layers;
  const path = layout.pathOf(model!.digest);
  const good = readFileSync(path);
  const flipped = Buffer.from(good);
  flipped[20]! ^= 1;
  writeFileSync(path, flipped);
  expect(await refusal(unpackImage(workspace, other.digest))).toMatch(
    /^E_DIGEST_MISMATCH: bytes with digest sha256:/,
  );
  writeFileSync(path, Buffer.concat([good, Buffer.from('x')]));
  expect(await refusal(unpackImage(workspace, other.digest))).toMatch(/^E_SIZE_MISMATCH: /);
  writeFileSync(path, good);
  expect(readdirSync(join(workspace.root, '.lockstep/agent/images'))).toEqual([hexOf(image.digest)]);
});

test('evidence stands beside the image, by subject and by tag', async () => {
  expect(readEvidence(workspace, image.digest)).toEqual({});
  await attachEvidence(workspace, image.digest, { 'evaluation.json': Buffer.from('{"v":1}') });
  const files = { 'verdict.json': Buffer.from('{}'), 'evaluation.json': Buffer.from('{"v":2}') };
  const digest = await attachEvidence(workspace, image.digest, files);
  expect(await attachEvidence(workspace, image.digest, files)).toBe(digest);
  const evidence = readEvidence(workspace, image.digest);
  expect(Object.keys(evidence)).toEqual(['evaluation.json', 'verdict.json']);
  expect(readFileSync(evidence['evaluation.json']!.path, 'utf8')).toBe('{"v":2}');
  const layout = openImages(workspace);
  const tagged = layout.find(`sha256-${hexOf(image.digest)}`);
  expect(layout.readIndex(tagged!.digest).manifests.map(({ artifactType }) => artifactType)).toEqual([
    'application/vnd.lockstep.evidence.v1',
    'application/vnd.lockstep.evidence.v1',
  ]);
  expect(layout.readManifest(digest).subject?.digest).toBe(image.digest);
});

test('what can not be an image is refused', async () => {
  const build = (change: object) => refusal(buildImage(workspace, { ...input, ...change }));
  expect([
    await build({ files: { ...input.files, '.npmrc': Buffer.from('token') } }),
    await build({ version: '-x' }),
    await build({ model: 'Churn' }),
    await build({ platform: 'windows/amd64' }),
    await refusal(
      buildImage(makeWorkspace(`image: {base: "127.0.0.1:1/node@sha256:${'0'.repeat(64)}"}\n`), input),
    ),
    await refusal((async () => readImage(workspace, 'localhost/churn:v1.2.1'))()),
    await refusal(unpackImage(workspace, `sha256:${'0'.repeat(64)}`)),
  ]).toMatchInlineSnapshot(`
    [
      "E_CONTEXT_SECRET: the file ".npmrc" for the image of churn — golden.json, metadata.json, model.onnx, model.yaml and nothing else. Fix: leave it out: an image holds no file that is not on the list.",
      "E_IMAGE_TAG: the image tag "-x" — 1 to 128 letters, digits, _, . and -, not beginning with . or -. Fix: choose another version.",
      "E_NAME: the model name "Churn" — 1 to 40 lower-case letters, digits and hyphens, beginning with a letter, not ending with a hyphen.",
      "E_IMAGE_PLATFORM: the platform "windows/amd64" — linux/amd64, linux/arm64.",
      "E_BASE_MISSING: the base image 127.0.0.1:1/node@sha256:0000000000000000000000000000000000000000000000000000000000000000 can't be had: GET /manifests/sha256:0000000000000000000000000000000000000000000000000000000000000000 of the registry 127.0.0.1:1 failed: bad port in lockstep.yaml — a base that its registry gives us, or none for the local agent alone. Fix: correct image.base in lockstep.yaml, log in to its registry, or take image.base out.",
      "E_IMAGE_MISSING: no image localhost/churn:v1.2.1 in .lockstep/images — localhost/churn:v1.2.0, localhost/churn:v1.3.0, localhost/churn:v2.0.0. Fix: did you mean localhost/churn:v1.2.0?",
      "E_IMAGE_MISSING: no blob sha256:0000000000000000000000000000000000000000000000000000000000000000 in .lockstep/images. Fix: build the image again with \`lockstep image build\`.",
    ]
  `);
});

test('a base by digest lies under our layers', async () => {
  const layout = openImages(workspace);
  const other = makeWorkspace(`image: {base: "example.com/node@${image.digest}"}\n`);
  const target = openImages(other);
  const { layers, config } = layout.readManifest(image.digest);
  for (const digest of [image.digest, config.digest, ...layers.map((layer) => layer.digest)]) {
    target.writeBlob(layout.readBlob(digest));
  }
  const built = await buildImage(other, input);
  expect(built.portable).toBe(true);
  expect(target.readManifest(built.digest).layers).toHaveLength(6);
  expect(readImage(other, built.digest).config.config.Env).toHaveLength(2);
});
