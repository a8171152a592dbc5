import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import summarySchema from '../../../docs/schemas/summary.json' with { type: 'json' };
import { checkSchema, readJson } from '../../../src/workspace/index.ts';
import type { Suite, Tools } from '../suite.ts';
import { freshClone } from '../tools/fresh-clone.ts';

export const suite: Suite = {
  name: 'npm-10',
  shows:
    'a fresh clone with npm 10.8.2 and an empty HOME installs, helps, runs a model and tells the whole demo',
  minutes: 4,
  needs: { npm: ['npm@10.8.2'] },
  run: firstHour,
};

interface Summary {
  readonly steps: readonly { readonly name: string; readonly ok: boolean; readonly seconds: number }[];
}

async function firstHour(tools: Tools): Promise<string> {
  const { root, run, npm } = await freshClone(tools);
  assert.equal((await npm('--version')).trim(), '10.8.2');
  await npm('ci', '--no-audit', '--no-fund');
  assert.match(await run('node_modules/.bin/lockstep', '--help'), /^Usage: lockstep <command>/m);

  const ran = JSON.parse(await run('./lockstep', 'run', 'flight-delay', '--json')) as Record<string, unknown>;
  assert.deepEqual([ran.model, ran.verdict, ran.cached], ['flight-delay', 'pass', false]);
  assert.match(readFileSync(join(root, String(ran.report)), 'utf8'), /^<!doctype html>/i);

  const started = performance.now();
  await npm('start', '--', '--once');
  const seconds = (performance.now() - started) / 1000;
  const summary = checkSchema<Summary>(readJson(join(root, '.lockstep/demo/summary.json')), summarySchema);
  assert.deepEqual(
    summary.steps.filter(({ ok }) => !ok),
    [],
  );
  const version = (await run('node', '--version')).trim();
  assert.equal((await run('git', 'status', '--porcelain')).trim(), '', 'nothing that Git does not ignore');
  return `Node ${version} on the host; demo of ${summary.steps.length} steps in ${seconds.toFixed(0)} s`;
}
