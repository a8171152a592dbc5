import { expect, test } from 'vitest';
import { readArchive, unzip } from './archive.ts';
import { makeLayer } from './layer.ts';

const files = [
  { path: 'models/churn/model.onnx', bytes: Buffer.alloc(3000, 'weights') },
  { path: 'app/server.mjs', bytes: Buffer.from('export {};\n') },
];

test('one list of files is one digest, on every machine', async () => {
  const layer = await makeLayer(files);
  // Pinned: when this changes, every image's digest changes for the same model, and layerFormat must say so.
  expect({ digest: layer.digest, diffId: layer.diffId, size: layer.size }).toMatchInlineSnapshot(`
    {
      "diffId": "sha256:028bad8f46fa4f429ba8b31eb192c69ed846738ec553d85c0ed6250f184ef620",
      "digest": "sha256:4eac8f35d9c9e6eabed29e000b4cfb491e743ca12f8d85c4d9517d3c0f2ff9c5",
      "size": 224,
    }
  `);
  const again = await makeLayer([...files].reverse());
  expect(again.digest).toBe(layer.digest);
});

test('a layer reads back as the files that went in', async () => {
  const { bytes } = await makeLayer(files);
  const back = await readArchive(unzip(bytes, 'layer'), 'layer');
  expect(back.map(({ path, bytes }) => [path, Buffer.from(bytes).toString()])).toEqual([
    ['app/server.mjs', 'export {};\n'],
    ['models/churn/model.onnx', files[0]!.bytes.toString()],
  ]);
});
