import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Tools } from '../../suite.ts';
import { freePort } from '../free-port.ts';
import type { RunOptions } from '../programs.ts';
import type { ClusterPrograms } from './build.ts';
import { type Daemon, startDaemon } from './daemon.ts';

/** An API server with etcd on the loopback, without nodes: what it accepts is stored, and nothing runs. */
export interface Cluster {
  readonly kubeconfig: string;
  /** Runs to the end; throws with the API server's words unless it exits 0. */
  readonly kubectl: (args: readonly string[], options?: RunOptions) => Promise<string>;
  /** Applies manifests as their text says. */
  readonly apply: (text: string) => Promise<string>;
  /** An object, or null when there is none. */
  readonly get: (kind: string, name: string, namespace: string) => Promise<KubernetesObject | null>;
  /** `Kubernetes v1.36.3, etcd 3.6.16`: as they say themselves. */
  readonly versions: string;
  readonly daemons: readonly Daemon[];
}

// biome-ignore lint/suspicious/noExplicitAny: objects of any kind, looked at by path.
export type KubernetesObject = any;

export async function startCluster(tools: Tools, parts: ClusterPrograms): Promise<Cluster> {
  const { programs } = tools;
  const place = join(tools.folder, 'cluster');
  mkdirSync(place);
  const [client, peer, port] = [await freePort(), await freePort(), await freePort()];
  const { kubeconfig, flags } = writeCredentials(place, port);
  const etcd = startDaemon(programs, 'etcd', [parts.etcd, ...etcdFlags(place, client, peer)]);
  const server = startDaemon(programs, 'kube-apiserver', [
    parts.apiServer,
    `--etcd-servers=http://127.0.0.1:${client}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    `--secure-port=${port}`,
    `--cert-dir=${join(place, 'certificates')}`,
    '--service-cluster-ip-range=10.0.0.0/24',
    '--authorization-mode=RBAC',
    // Pods of these service accounts never start here, and nobody hands out tokens.
    '--disable-admission-plugins=ServiceAccount',
    ...flags,
  ]);
  const kubectl: Cluster['kubectl'] = (args, options) =>
    programs.run(parts.kubectl, ['--kubeconfig', kubeconfig, ...args], options);
  await until('the API server is ready', [etcd, server], async () => {
    const { out } = await programs.tryRun(parts.kubectl, [
      '--kubeconfig',
      kubeconfig,
      'get',
      '--raw',
      '/readyz',
    ]);
    return out.trim() === 'ok' ? true : null;
  });
  return {
    kubeconfig,
    kubectl,
    apply: (text) => kubectl(['apply', '--server-side', '--validate=strict', '-f', '-'], { input: text }),
    get: async (kind, name, namespace) => {
      const out = await kubectl(['get', kind, name, '-n', namespace, '-o', 'json', '--ignore-not-found']);
      return out.trim() === '' ? null : JSON.parse(out);
    },
    versions: await versionsOf(kubectl, await programs.run(parts.etcd, ['--version'])),
    daemons: [etcd, server],
  };
}

/** Asks until there is an answer; throws with the daemons' words when one of them ends, or after a minute. */
export async function until<T>(
  what: string,
  daemons: readonly Daemon[],
  ask: () => Promise<T | null>,
  seconds = 60,
): Promise<T> {
  for (const end = Date.now() + seconds * 1000; ; await sleep(100)) {
    const answer = await ask();
    if (answer !== null) return answer;
    const gone = daemons.find(({ ended }) => ended());
    if (gone !== undefined) throw new Error(`${gone.name} ended: ${gone.words().slice(-2000)}`);
    if (Date.now() > end) {
      const words = daemons.map((daemon) => `${daemon.name}: ${daemon.words().slice(-1500)}`);
      throw new Error(`after ${seconds} s not: ${what}\n${words.join('\n')}`);
    }
  }
}

const etcdFlags = (place: string, client: number, peer: number): string[] => [
  `--data-dir=${join(place, 'etcd')}`,
  '--unsafe-no-fsync',
  `--listen-client-urls=http://127.0.0.1:${client}`,
  `--advertise-client-urls=http://127.0.0.1:${client}`,
  `--listen-peer-urls=http://127.0.0.1:${peer}`,
  `--initial-advertise-peer-urls=http://127.0.0.1:${peer}`,
  `--initial-cluster=default=http://127.0.0.1:${peer}`,
];

/** One administrator by token; the API server makes its own certificate, which the kubeconfig trusts. */
function writeCredentials(place: string, port: number): { kubeconfig: string; flags: string[] } {
  const token = randomBytes(16).toString('hex');
  const write = (name: string, text: string) => {
    writeFileSync(join(place, name), text, { mode: 0o600 });
    return join(place, name);
  };
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: 'c',
        cluster: {
          server: `https://127.0.0.1:${port}`,
          'certificate-authority': join(place, 'certificates/apiserver.crt'),
        },
      },
    ],
    users: [{ name: 'u', user: { token } }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  };
  return {
    kubeconfig: write('kubeconfig', JSON.stringify(kubeconfig)),
    flags: [
      `--token-auth-file=${write('tokens.csv', `${token},admin,admin,"system:masters"\n`)}`,
      `--service-account-key-file=${write('accounts.pub', publicKey)}`,
      `--service-account-signing-key-file=${write('accounts.key', privateKey)}`,
      '--service-account-issuer=https://cluster.invalid',
    ],
  };
}

async function versionsOf(kubectl: Cluster['kubectl'], etcd: string): Promise<string> {
  const { serverVersion } = JSON.parse(await kubectl(['version', '-o', 'json'])) as {
    readonly serverVersion: { readonly gitVersion: string };
  };
  return `Kubernetes ${serverVersion.gitVersion}, etcd v${/etcd Version: (\S+)/.exec(etcd)?.[1]}`;
}
