import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'actions/**/*.test.ts', 'pipelines/**/*.test.ts'],
    exclude: ['**/node_modules/**', '.lockstep/**', 'data/**', 'actions/dist/**', 'test/interop/**'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // Most tests wait for processes of ours: a second one keeps the other core busy where there are only two.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // Tests of refusals must not see what the developer's shell carries.
    env: { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' },
  },
});
