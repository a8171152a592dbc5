import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Tools } from '../../suite.ts';
import { freePort } from '../free-port.ts';
import { notificationPrograms } from './build.ts';
import { type Cluster, until } from './cluster.ts';
import { type Daemon, startDaemon } from './daemon.ts';

/** Flux's notification-controller, which sets commit statuses. */
export interface Notifications {
  /** Where Flux's other controllers report. */
  readonly events: string;
  readonly daemon: Daemon;
  /** The files shown for an environment, but for the address, and a token in the place of a GitHub App. */
  readonly apply: (environment: string, address: string, token: string) => Promise<void>;
}

export async function startNotifications(tools: Tools, cluster: Cluster): Promise<Notifications> {
  const { controller, definitions } = await notificationPrograms();
  const home = join(tools.folder, 'notifications');
  mkdirSync(home);
  await cluster.kubectl(['apply', '--server-side', '-f', definitions]);
  const port = await freePort();
  const daemon = startDaemon(
    tools.programs,
    'notification-controller',
    [
      controller,
      `--events-addr=127.0.0.1:${port}`,
      `--receiverAddr=127.0.0.1:${await freePort()}`,
      '--metrics-addr=0',
      '--health-addr=0',
    ],
    {
      PATH: process.env.PATH,
      HOME: home,
      KUBECONFIG: cluster.kubeconfig,
      RUNTIME_NAMESPACE: 'flux-system',
    },
  );
  return {
    events: `http://127.0.0.1:${port}/`,
    daemon,
    apply: async (environment, address, token) => {
      await cluster.apply(shownFor(tools.root, environment, address, token));
      await until('the notification-controller listens', [daemon], async () =>
        (await tools.programs.tryRun('bash', ['-c', `: < /dev/tcp/127.0.0.1/${port}`])).code === 0
          ? true
          : null,
      );
    },
  };
}

function shownFor(root: string, environment: string, address: string, token: string): string {
  const shown = readFileSync(join(root, 'docs/cluster/flux/notification.yaml'), 'utf8');
  const theirs = 'address: https://github.com/acme/models';
  const app = /^stringData:.*\n(?: {2}.*\n)+/m;
  assert.ok(shown.includes(theirs) && app.test(shown));
  return shown
    .replace(theirs, `address: ${address}`)
    .replace(app, `stringData: {token: ${token}}\n`)
    .replaceAll('production', environment);
}
