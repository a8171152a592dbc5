import type { CanaryState } from './state.ts';

/** v1.1.0 in its first step of three. */
export const firstStep = (over: Pick<CanaryState, 'image'>): CanaryState => ({
  version: 'v1.1.0',
  tree: 'f'.repeat(40),
  weight: 5,
  step: 1,
  steps: 3,
  since: '2026-11-27T12:00:00.000Z',
  seconds: 3_600,
  paused: false,
  waitsFor: null,
  requests: 40,
  failed: 0,
  p99Ms: 3,
  oldP99Ms: 3,
  psi: null,
  shadow: null,
  outcomes: null,
  serverPid: process.pid,
  ...over,
});
