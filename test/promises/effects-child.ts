// One promotion, rollback or deployment as a process of its own, in which something happens before or after one effect:
// it is killed, or a shell command runs. It prints the effects it came to, and how it ended.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deploy, type Effects, promote, realEffects, rollback } from '../../src/gitops/index.ts';
import { openWorkspace } from '../../src/workspace/index.ts';
import type { Order } from './order.ts';

const order = JSON.parse(process.argv[2]!) as Order;
const names: string[] = [];

function happen(when: 'before' | 'after', index: number): void {
  if (order.at?.index !== index || order.at.when !== when) return;
  if (order.at.event === 'kill') process.kill(process.pid, 'SIGKILL');
  else if (spawnSync('sh', ['-ec', order.at.event]).status !== 0)
    throw new Error(`failed: ${order.at.event}`);
}

const effects: Effects = {
  ...realEffects,
  async perform(name, run) {
    const index = names.push(name) - 1;
    happen('before', index);
    const result = await run();
    happen('after', index);
    return result;
  },
};

const workspace = openWorkspace(order.root);
const { model, environment, version, reason = '', release = '' } = order;
const work = {
  promote: () => promote(workspace, { model, version, environment, observe: 0 }, effects),
  rollback: () => rollback(workspace, { model, environment, reason, hold: true, observe: 0 }, effects),
  deploy: () =>
    deploy(
      workspace,
      { model, environment, release: readFileSync(join(order.root, release)), file: release, observe: 0 },
      effects,
    ),
};
const error = await work[order.work]().then(
  () => null,
  (thrown: Error) => thrown.message,
);
process.stdout.write(JSON.stringify({ names, error }));
