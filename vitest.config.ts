import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/longest-first.ts';

// Those that take too long for `npm test` run in the interop suite `slow-tests`.
const slow = process.env.LOCKSTEP_TESTS === 'slow';
const kind = slow ? 'slow.test' : 'test';

export default defineConfig({
  test: {
    include: ['src', 'test', 'actions', 'pipelines'].map((folder) => `${folder}/**/*.${kind}.ts`),
    exclude: [
      ...['**/node_modules/**', '.lockstep/**', 'data/**', 'actions/dist/**', 'test/interop/**'],
      ...(slow ? [] : ['**/*.slow.test.ts']),
    ],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    globalSetup: 'test/programs/build.ts',
    alias: [
      { find: './own-program.ts', replacement: join(import.meta.dirname, 'test/programs/own-program.ts') },
    ],
    pool: 'forks',
    sequence: { sequencer: LongestFirst },
    // Most tests wait for processes of ours: one more than there are cores keeps all of them busy.
    maxWorkers: availableParallelism() + 1,
    // Tests of refusals must not see what the developer's shell carries.
    env: {
      GIT_CONFIG_GLOBAL: join(import.meta.dirname, 'test/git-configuration'),
      GIT_CONFIG_NOSYSTEM: '1',
    },
  },
});
