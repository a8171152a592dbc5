import { join } from 'node:path';
import { cached } from '../cache.ts';
import { goProgram } from '../go.ts';
import { buildKubernetes, ofKubernetes } from './build.ts';
import { buildPrograms, versionsOf } from './go-module.ts';
import { containerdVersion, corednsVersion } from './versions.ts';

/**
 * What runs pods and lets them find each other: kubelet with what hands it work, containerd, and the services' addresses
 * and names. runc, nftables and the network plugins are Debian's.
 */
export interface NodePrograms {
  readonly kubelet: string;
  readonly proxy: string;
  readonly dns: string;
  readonly scheduler: string;
  readonly controllerManager: string;
  readonly containerd: string;
  /** Of containerd and its shim, which it looks for in the PATH. */
  readonly containerdFolder: string;
}

const kubernetesParts = ['kubelet', 'kube-proxy', 'kube-scheduler', 'kube-controller-manager'].map(
  ofKubernetes,
);
const containerd = 'github.com/containerd/containerd/v2';
const containerdParts = ['containerd', 'containerd-shim-runc-v2'].map(
  (name) => [name, `${containerd}/cmd/${name}`, `${containerd} ${containerdVersion}`] as const,
);

export async function nodePrograms(): Promise<NodePrograms> {
  const node = await cached('kubernetes-node', versionsOf(kubernetesParts), (place) =>
    buildKubernetes(place, kubernetesParts),
  );
  const runtime = await cached('containerd', versionsOf(containerdParts), (place) =>
    buildPrograms({
      place,
      programs: containerdParts,
      stamps: [`-X ${containerd}/version.Version=${containerdVersion}`],
    }),
  );
  return {
    kubelet: join(node, 'kubelet'),
    proxy: join(node, 'kube-proxy'),
    dns: await goProgram(`github.com/coredns/coredns@${corednsVersion}`),
    scheduler: join(node, 'kube-scheduler'),
    controllerManager: join(node, 'kube-controller-manager'),
    containerd: join(runtime, 'containerd'),
    containerdFolder: runtime,
  };
}
