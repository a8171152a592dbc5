import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Tools } from '../../suite.ts';
import { freePort } from '../free-port.ts';
import type { ClusterPrograms } from './build.ts';
import { type Cluster, type KubernetesObject, until } from './cluster.ts';
import { type Daemon, startDaemon } from './daemon.ts';

/** Flux's two controllers as plain processes, with the cluster administrator's rights as in a real installation. */
export interface Flux {
  /** Has a source fetched and its Kustomization applied now, as a webhook's receiver would. */
  readonly wake: (name: string) => Promise<void>;
  /** Resolves when the Kustomization of this name satisfies. */
  readonly kustomization: (
    name: string,
    what: string,
    satisfies: (found: Reconciled) => boolean,
  ) => Promise<Reconciled>;
  readonly daemons: readonly Daemon[];
}

export interface Reconciled {
  /** `environments@sha1:<commit>`: the last revision that was tried, and the last whose pods were ready. */
  readonly attempted: string | undefined;
  readonly ready: 'True' | 'False' | 'Unknown' | undefined;
  readonly message: string;
}

const namespace = 'flux-system';

/** `events`: where they report what they did, if somebody listens. */
export async function startFlux(
  tools: Tools,
  parts: ClusterPrograms,
  cluster: Cluster,
  events?: string,
): Promise<Flux> {
  await cluster.kubectl(['create', 'namespace', namespace]);
  await cluster.kubectl(['apply', '--server-side', '-f', parts.definitions]);
  await cluster.kubectl(['wait', '--for=condition=Established', '--timeout=30s', 'crd', '--all']);
  const home = join(tools.folder, 'flux');
  for (const name of ['storage', 'tmp']) mkdirSync(join(home, name), { recursive: true });
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    TMPDIR: join(home, 'tmp'),
    KUBECONFIG: cluster.kubeconfig,
    RUNTIME_NAMESPACE: namespace,
  };
  const told = events === undefined ? [] : [`--events-addr=${events}`];
  const quiet = [...told, '--metrics-addr=0', '--health-addr=0', '--log-level=info'];
  const storage = `127.0.0.1:${await freePort()}`;
  const source = [
    parts.sourceController,
    `--storage-path=${join(home, 'storage')}`,
    `--storage-addr=${storage}`,
    `--storage-adv-addr=${storage}`,
    ...quiet,
  ];
  // A revision that never becomes ready (here none does: there are no nodes) must not keep out the next.
  const kustomize = [
    parts.kustomizeController,
    '--feature-gates=CancelHealthCheckOnNewRevision=true',
    ...quiet,
  ];
  const daemons = [
    startDaemon(tools.programs, 'source-controller', source, env),
    startDaemon(tools.programs, 'kustomize-controller', kustomize, env),
  ];
  const all = [...cluster.daemons, ...daemons];
  return {
    daemons,
    wake: async (name) => {
      const now = `reconcile.fluxcd.io/requestedAt=${new Date().toISOString()}`;
      for (const kind of ['gitrepositories', 'kustomizations'])
        await cluster.kubectl(['annotate', '--overwrite', '-n', namespace, kind, name, now]);
    },
    kustomization: (name, what, satisfies) =>
      until(`${name}: ${what}`, all, async () => {
        const found = reconciled(
          await cluster.get('kustomizations.kustomize.toolkit.fluxcd.io', name, namespace),
        );
        return satisfies(found) ? found : null;
      }),
  };
}

function reconciled(object: KubernetesObject): Reconciled {
  const ready = object?.status?.conditions?.find(({ type }: KubernetesObject) => type === 'Ready');
  return {
    attempted: object?.status?.lastAttemptedRevision,
    ready: ready?.status,
    message: ready?.message ?? '',
  };
}
