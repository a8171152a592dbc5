import { expect, test } from 'vitest';
import { firstStep } from '../gitops/agent/canary/state.fixture.ts';
import type { PromotionResult } from '../gitops/index.ts';
import type { Workspace } from '../workspace/index.ts';
import { describeResult } from './promote.ts';

test('a version whose canary goes on says how far it is', async () => {
  const result: PromotionResult = {
    model: 'churn',
    version: 'v1.1.0',
    environment: 'dev',
    from: 'v1.0.0',
    image: `ghcr.io/acme/churn@sha256:${'1'.repeat(64)}`,
    modelDigest: `sha256:${'2'.repeat(64)}`,
    tag: 'churn#dev#2',
    commit: 'c'.repeat(40),
    outcome: 'written',
    proposal: null,
    observed: null,
    canary: firstStep({ image: `ghcr.io/acme/churn@sha256:${'1'.repeat(64)}` }),
    attempts: 1,
  };
  expect((await describeResult({} as Workspace, result)).split('\n')).toEqual([
    'churn v1.1.0 in dev (was v1.0.0): written, its canary goes on by itself',
    `  churn#dev#2 in commit cccccccccccc, image ${result.image}`,
    '  canary v1.1.0: 5 %, step 1 of 3; 40 asked, 0 failed',
  ]);
});
