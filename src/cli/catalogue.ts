import type { Command } from './command.ts';

/**
 * Every command there is, loaded when called: a command must not pay for another's imports. The order is the
 * way of a change, and the order of `lockstep --help`.
 */
export const catalogue: Readonly<Record<string, () => Promise<{ command: Command }>>> = {
  start: () => import('./start.ts'),
  init: () => import('./init.ts'),
  'data add': () => import('./data-add.ts'),
  'data import': () => import('./data-import.ts'),
  'data pull': () => import('./data-pull.ts'),
  'data push': () => import('./data-push.ts'),
  'data refresh': () => import('./data-refresh.ts'),
  'data status': () => import('./data-status.ts'),
  'data verify': () => import('./data-verify.ts'),
  plan: () => import('./plan.ts'),
  run: () => import('./run.ts'),
  train: () => import('./train.ts'),
  judge: () => import('./judge.ts'),
  gate: () => import('./gate.ts'),
  report: () => import('./report.ts'),
  register: () => import('./register.ts'),
  'image build': () => import('./image-build.ts'),
  'image push': () => import('./image-push.ts'),
  'image pull': () => import('./image-pull.ts'),
  'image pin-base': () => import('./image-pin-base.ts'),
  'image inspect': () => import('./image-inspect.ts'),
  promote: () => import('./promote.ts'),
  deploy: () => import('./deploy.ts'),
  rollback: () => import('./rollback.ts'),
  hold: () => import('./hold.ts'),
  status: () => import('./status.ts'),
  history: () => import('./history.ts'),
  verify: () => import('./verify.ts'),
  reproduce: () => import('./reproduce.ts'),
  up: () => import('./up.ts'),
  serve: () => import('./serve.ts'),
  predict: () => import('./predict.ts'),
  monitor: () => import('./monitor.ts'),
  doctor: () => import('./doctor.ts'),
  upgrade: () => import('./upgrade.ts'),
};
