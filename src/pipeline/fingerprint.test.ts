import { expect, test } from 'vitest';
import { digestOf } from '../workspace/index.ts';
import { differences } from './difference.ts';
import { digestOfCode, fingerprintOf, runFingerprint, type StageMaterial } from './fingerprint.ts';

const material: StageMaterial = {
  v: 1,
  stage: { run: 'node train.ts' },
  inputs: { 'data:a.csv': digestOf('a'), 'train.ts': digestOf('t'), 'train.parquet': digestOf('p') },
  params: { 'learning-rate': 0.1, seed: 7 },
  outputs: ['model.onnx'],
  toolchain: { node: 24, os: 'linux', arch: 'x64' },
};

test('the fingerprint is pinned: changing it trains every model of every user again', () => {
  expect(fingerprintOf(material)).toMatchInlineSnapshot(
    `"sha256:e3be42d730f3bffb7a540719e63366c0bf1fd068b9b5434add97817da8098f1f"`,
  );
  expect(
    runFingerprint([{ name: 'train', fingerprint: fingerprintOf(material) }], { data: 'x' }),
  ).toMatchInlineSnapshot(`"sha256:6bcddb4481fd9fd9fedda9594fc8389ff30a757a83429461b1a722b800e8590a"`);
});

test('the order in which things are declared does not matter', () => {
  const { stage, inputs, ...rest } = material;
  const turned = { ...rest, inputs: Object.fromEntries(Object.entries(inputs).reverse()), stage };
  expect(fingerprintOf(turned)).toBe(fingerprintOf(material));
});

test('a folder of code is known by its manifest, wherever it lies', () => {
  const file = (path: string, text: string) => ({
    path,
    digest: digestOf(text),
    size: text.length,
    executable: false,
  });
  const files = [file('shared/lib/a.ts', 'one'), file('shared/lib/b/c.ts', 'two')];
  expect(digestOfCode({ kind: 'folder', files }, 'shared/lib')).toBe(
    digestOf(`${digestOf('one').slice(7)} 3 a.ts\n${digestOf('two').slice(7)} 3 b/c.ts\n`),
  );
});

test('differences are told in a few words each', () => {
  const now: StageMaterial = {
    ...material,
    stage: { run: 'node train.ts --fast' },
    inputs: { 'data:a.csv': digestOf('b'), 'train.ts': digestOf('u'), 'test.parquet': digestOf('q') },
    params: { 'learning-rate': 0.05, evaluate: { target: 'x' } },
    outputs: ['model.onnx', 'trace.json'],
    toolchain: {
      node: 26,
      os: 'darwin',
      arch: 'arm64',
      environment: { python: '3.12', lock: digestOf('l') },
    },
  };
  expect(differences(material, now)).toMatchInlineSnapshot(`
    [
      "command changed",
      "data a.csv changed",
      "train.ts changed",
      "test.parquet is a new input",
      "train.parquet is no input any more",
      "evaluate changed",
      "param learning-rate 0.1 → 0.05",
      "param seed 7 → unset",
      "outputs model.onnx → model.onnx, trace.json",
      "Node 24 → 26",
      "environment changed",
      "machine linux x64 → darwin arm64",
    ]
  `);
  expect(differences(material, material)).toEqual([]);
  const unknown = { ...material, inputs: { ...material.inputs, 'train.parquet': null } };
  expect(differences(material, unknown)).toEqual(['train.parquet may change']);
  const builtin: StageMaterial = { ...material, stage: { uses: 'trees', trainer: 1 } };
  expect(differences(material, builtin)).toEqual(['a built-in instead of a command']);
  expect(differences(builtin, { ...builtin, stage: { uses: 'trees', trainer: 2 } })).toEqual([
    'trees makes other bytes: version 1 → 2',
  ]);
});
