import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addData } from '../data/index.ts';
import { openWorkspace, type Workspace } from '../workspace/index.ts';
import { runModel } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'lockstep-training-rows-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const rows = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, index) => {
    const row = from + index;
    return `${row},${(row * 37) % 100},${(row * 37) % 100 > 60 ? 'yes' : 'no'}\n`;
  }).join('');

const files = {
  'lockstep.yaml': 'remote: file:.data\n',
  'models/toy/model.yaml':
    'task: binary-classification\ninputs: [{name: x, type: number}]\noutput: {name: y, positive: "yes"}\n',
  'models/toy/policy.yaml': 'checks:\n  - {metric: roc_auc, not-worse-than: baseline, margin: 0}\n',
  'pipelines/toy/pipeline.yaml': `params: {trees: 5}
stages:
  prepare:
    run: cp "$LOCKSTEP_INPUTS/data/toy/test.csv" "$LOCKSTEP_OUTPUTS/test.csv"
    inputs: [data:toy/test.csv]
    outputs: [test.csv]
  train:
    uses: trees
    inputs: [data:toy/train.csv]
    params: [trees]
    outputs: [model.onnx]
evaluate: {model: model.onnx, data: test.csv, target: y, positive: "yes", row-id: id}
`,
  'data/toy/train.csv': `id,x,y\n${rows(0, 300)}`,
  'data/toy/test.csv': `id,x,y\n${rows(300, 500)}`,
};

let workspace: Workspace;
beforeAll(async () => {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  workspace = openWorkspace(folder);
  for (const name of ['train.csv', 'test.csv']) await addData(workspace, join(folder, 'data/toy', name));
});

test('a stage that learns from a dataset itself gives the simplest model its rows', async () => {
  const { judgement } = await runModel(workspace, 'toy');
  expect(judgement.baselineName).toBe('the simplest model');
  expect(judgement.baseline.metrics.roc_auc?.value).toBe(0.5);
  expect(judgement.verdict).toBe('pass');
});
