import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Suite } from '../suite.ts';

export const suite: Suite = {
  name: 'slow-tests',
  shows:
    'our own tests that take too long for `npm test` pass: jobs and commands cut at each write, intervals in simulated worlds, the demo',
  minutes: 8,
  needs: {},
  run: async ({ root, programs }) => {
    const vitest = join(root, 'node_modules/vitest/vitest.mjs');
    const env = { ...process.env, LOCKSTEP_TESTS: 'slow' };
    const said = await programs.run(process.execPath, [vitest, 'run', '--root', root], { cwd: root, env });
    const [, passed] = /Tests\s+(\d+) passed/.exec(said.replaceAll(/\u001b\[[0-9;]*m/g, '')) ?? [];
    assert.ok(Number(passed) > 10, `vitest reports ${passed} passed`);
    return `${passed} tests`;
  },
};
