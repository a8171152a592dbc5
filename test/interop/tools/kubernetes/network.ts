import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Tools } from '../../suite.ts';
import { installPackages } from '../debian.ts';
import { freePort } from '../free-port.ts';
import { type Daemon, startDaemon } from './daemon.ts';
import type { NodePrograms } from './node-programs.ts';

/** Where pods find each other: a bridge with their addresses, the services' addresses, and the services' names. */
export interface Network {
  readonly start: (parts: NodePrograms, kubeconfig: string, node: string) => Promise<readonly Daemon[]>;
  /** Leaves nothing of it on this machine. */
  readonly close: () => Promise<void>;
}

export const networkPlugins = '/usr/lib/cni';
/** On the bridge: pods ask it for names. */
export const dnsAddress = '10.213.0.1';
export const clusterDomain = 'cluster.local';
const subnet = '10.213.0.0/24';
const bridge = 'lockstep0';

export async function openNetwork({ programs }: Tools, place: string): Promise<Network> {
  if (!existsSync(join(networkPlugins, 'bridge'))) await installPackages(['containernetworking-plugins']);
  mkdirSync(join(place, 'network'));
  writeFileSync(join(place, 'network/10-pods.conflist'), JSON.stringify(pluginList(place)));
  const close = async () => {
    await programs.tryRun('ip', ['link', 'delete', bridge]);
    for (const family of ['ip', 'ip6'])
      await programs.tryRun('nft', ['delete', 'table', family, 'kube-proxy']);
  };
  await close(); // Of a run that was killed.
  await programs.run('ip', ['link', 'add', bridge, 'type', 'bridge']);
  await programs.run('ip', ['address', 'add', `${dnsAddress}/24`, 'dev', bridge]);
  await programs.run('ip', ['link', 'set', bridge, 'up']);
  return {
    close,
    start: async (parts, kubeconfig, node) => {
      const corefile = join(place, 'Corefile');
      writeFileSync(
        corefile,
        `. {\n  bind ${dnsAddress}\n  kubernetes ${clusterDomain} {\n    kubeconfig ${kubeconfig}\n  }\n}\n`,
      );
      const proxy = [
        `--kubeconfig=${kubeconfig}`,
        `--hostname-override=${node}`,
        `--cluster-cidr=${subnet}`,
        '--proxy-mode=nftables',
        // Pods share one bridge: an answer must come back through here to be told to come from the service.
        '--masquerade-all',
        '--conntrack-max-per-core=0',
        `--healthz-bind-address=127.0.0.1:${await freePort()}`,
        `--metrics-bind-address=127.0.0.1:${await freePort()}`,
      ];
      return [
        startDaemon(programs, 'kube-proxy', [parts.proxy, ...proxy]),
        startDaemon(programs, 'coredns', [parts.dns, '-conf', corefile]),
      ];
    },
  };
}

const pluginList = (place: string) => ({
  cniVersion: '1.0.0',
  name: 'pods',
  plugins: [
    {
      type: 'bridge',
      bridge,
      isGateway: true,
      ipMasq: false,
      ipam: {
        type: 'host-local',
        dataDir: join(place, 'addresses'),
        ranges: [[{ subnet }]],
        routes: [{ dst: '0.0.0.0/0' }],
      },
    },
    { type: 'loopback' },
  ],
});
