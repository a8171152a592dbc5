import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Suite, Tools } from '../suite.ts';
import { makeProject } from '../tools/project.ts';

export const suite: Suite = {
  name: 'tfjs-stage',
  shows:
    'the digits example trains with TensorFlow.js on the fastest backend that loads, exports ONNX and passes its gate',
  minutes: 2,
  needs: { npm: ['@tensorflow/tfjs@4.22.0', '@tensorflow/tfjs-backend-wasm@4.22.0'] },
  run: trainDigits,
};

async function trainDigits(tools: Tools): Promise<string> {
  const project = await makeProject(tools);
  project.environment.NODE_PATH = tools.modules;
  const run = await project.lockstep('run', 'digits');
  assert.equal(run.verdict, 'pass', JSON.stringify(run));

  const logs = join(project.root, '.lockstep/runs/stages');
  const words = readdirSync(logs)
    .map((name) => readFileSync(join(logs, name), 'utf8'))
    .join('\n');
  const backend = /trains on (tensorflow|wasm|cpu)/.exec(words)?.[1];
  assert.ok(backend, 'the log says which backend trained');
  return `trained on ${backend}, verdict pass`;
}
