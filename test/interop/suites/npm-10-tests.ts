import assert from 'node:assert/strict';
import type { Suite, Tools } from '../suite.ts';
import { freshClone } from '../tools/fresh-clone.ts';

export const suite: Suite = {
  name: 'npm-10-tests',
  shows: 'in a fresh clone with npm 10.8.2 and an empty HOME, `npm test` installs and passes',
  minutes: 8,
  long: true,
  needs: { npm: ['npm@10.8.2'] },
  run: testFreshClone,
};

async function testFreshClone(tools: Tools): Promise<string> {
  const { npm } = await freshClone(tools);
  const said = await npm('test');
  const passed = /Tests\s+(\d+) passed/.exec(said.replaceAll(/\u001b\[[0-9;]*m/g, ''))?.[1];
  assert.ok(Number(passed) > 100, `vitest reports ${passed} passed`);
  return `${passed} tests`;
}
