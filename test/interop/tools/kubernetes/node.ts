import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Tools } from '../../suite.ts';
import { freePort } from '../free-port.ts';
import { type Cluster, type KubernetesObject, until } from './cluster.ts';
import { type Daemon, startDaemon } from './daemon.ts';
import { clusterDomain, dnsAddress, networkPlugins, openNetwork } from './network.ts';
import type { NodePrograms } from './node-programs.ts';

/**
 * This machine as the cluster's only node: containerd, kubelet, and what makes pods of Deployments and gives them to it.
 * Its end is the end of its pods, mounts and network, on whatever way it comes: the processes and mounts are in
 * namespaces of their own, which go with the first process in them.
 */
export interface Node extends AsyncDisposable {
  readonly daemons: readonly Daemon[];
  /** `containerd v2.4.2, runc 1.1.5`: as the node and the program say themselves. */
  readonly versions: string;
}

const name = 'here';
/** Where the pods' limits are, below each controller of /sys/fs/cgroup. */
const controlGroup = 'lockstep-interop';
const controllers = ['deployment', 'replicaset', 'job', 'endpointslice', 'disruption', 'node-lifecycle'].map(
  (one) => `${one}-controller`,
);

export async function startNode(
  tools: Tools,
  parts: NodePrograms,
  cluster: Cluster,
  pause: string,
): Promise<Node> {
  const place = join(tools.folder, 'node');
  mkdirSync(place);
  const network = await openNetwork(tools, place);
  writeRuntimeConfig(place, pause);
  await writeKubeletConfig(place);
  const kubeconfig = [`--kubeconfig=${cluster.kubeconfig}`];
  const loops = [...kubeconfig, '--leader-elect=false', '--secure-port=0'];
  const daemons = [
    ...(await network.start(parts, cluster.kubeconfig, name)),
    startDaemon(tools.programs, 'kube-scheduler', [parts.scheduler, ...loops]),
    startDaemon(tools.programs, 'kube-controller-manager', [
      parts.controllerManager,
      ...loops,
      `--controllers=${controllers.join(',')}`,
    ]),
    startAgents(tools, parts, place, kubeconfig),
  ];
  const found = await until(
    'the node is ready',
    [...cluster.daemons, ...daemons],
    async () => {
      const node = await cluster.get('node', name, 'default');
      return isReady(node) ? node : null;
    },
    120,
  );
  const [, runc] = /runc version (\S+)/.exec(await tools.programs.run('runc', ['--version']))!;
  const containerd = String(found.status.nodeInfo.containerRuntimeVersion).replace('://', ' ');
  return {
    daemons,
    versions: `kubelet ${found.status.nodeInfo.kubeletVersion}, ${containerd}, runc ${runc}`,
    [Symbol.asyncDispose]: async () => {
      for (const daemon of daemons.toReversed()) await daemon.end();
      await network.close();
      const groups = `/sys/fs/cgroup/*/${controlGroup}`;
      await tools.programs.tryRun('sh', ['-c', `find ${groups} -depth -type d -exec rmdir {} +`]);
    },
  };
}

/** containerd and kubelet, with processes and mounts that nobody else sees and that end with the first of them. */
function startAgents(
  tools: Tools,
  parts: NodePrograms,
  place: string,
  kubeconfig: readonly string[],
): Daemon {
  const apart = ['unshare', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
  const script = [
    'mkdir -p /run/netns && mount -t tmpfs netns /run/netns && mount --make-rshared / || exit 1',
    '"$0" --config "$1" & shift; exec "$@"',
  ].join('\n');
  const kubelet = [
    parts.kubelet,
    ...kubeconfig,
    `--config=${join(place, 'kubelet.json')}`,
    `--hostname-override=${name}`,
    `--root-dir=${join(place, 'kubelet')}`,
    `--cert-dir=${join(place, 'certificates')}`,
  ];
  const runtime = [parts.containerd, join(place, 'containerd.toml')];
  const path = `${parts.containerdFolder}:${process.env.PATH}:/usr/sbin:/sbin`;
  return startDaemon(
    tools.programs,
    'containerd and kubelet',
    [...apart, 'sh', '-c', script, ...runtime, ...kubelet],
    { ...process.env, PATH: path },
  );
}

export const isReady = (object: KubernetesObject): boolean =>
  object?.status?.conditions?.some(
    ({ type, status }: KubernetesObject) => type === 'Ready' && status === 'True',
  ) ?? false;

/** containerd; nothing of it is shared with one that runs on this machine already. */
function writeRuntimeConfig(place: string, pause: string): void {
  const registry = pause.split('/')[0]!;
  mkdirSync(join(place, 'registries', registry), { recursive: true });
  writeFileSync(
    join(place, 'registries', registry, 'hosts.toml'),
    `server = "http://${registry}"\n[host."http://${registry}"]\n  capabilities = ["pull", "resolve"]\n`,
  );
  writeFileSync(
    join(place, 'containerd.toml'),
    `version = 3
root = "${join(place, 'containerd')}"
state = "${join(place, 'state')}"
[grpc]
  address = "${socketIn(place)}"
[plugins.'io.containerd.cri.v1.images'.pinned_images]
  sandbox = "${pause}"
[plugins.'io.containerd.cri.v1.images'.registry]
  config_path = "${join(place, 'registries')}"
[plugins.'io.containerd.cri.v1.runtime']
  restrict_oom_score_adj = true
[plugins.'io.containerd.cri.v1.runtime'.cni]
  bin_dirs = ["${networkPlugins}"]
  conf_dir = "${join(place, 'network')}"
`,
  );
}

const socketIn = (place: string): string => join(place, 'containerd.sock');

async function writeKubeletConfig(place: string): Promise<void> {
  const config = {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    authentication: { anonymous: { enabled: false }, webhook: { enabled: false } },
    authorization: { mode: 'AlwaysAllow' },
    address: '127.0.0.1',
    port: await freePort(),
    healthzPort: 0,
    containerRuntimeEndpoint: `unix://${socketIn(place)}`,
    // What a machine of tests has: old control groups, swap perhaps, a full disk, and no right to go before others.
    cgroupDriver: 'cgroupfs',
    cgroupRoot: `/${controlGroup}`,
    cgroupsPerQOS: false,
    enforceNodeAllocatable: [],
    failCgroupV1: false,
    failSwapOn: false,
    clusterDNS: [dnsAddress],
    clusterDomain,
    makeIPTablesUtilChains: false,
    evictionHard: { 'imagefs.available': '0%', 'nodefs.available': '0%', 'nodefs.inodesFree': '0%' },
    imageGCHighThresholdPercent: 100,
    oomScoreAdj: 0,
    podLogsDir: join(place, 'logs'),
    resolvConf: '',
  };
  writeFileSync(join(place, 'kubelet.json'), JSON.stringify(config));
}
