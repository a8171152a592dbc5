import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cached } from '../cache.ts';
import { buildPrograms, goRunner, type Programs, versionsOf } from './go-module.ts';
import {
  etcdVersion,
  fluxReplacements,
  fluxVersions,
  kubernetesVersion,
  notificationVersion,
} from './versions.ts';

/** Where the programs of a cluster are, built from their modules once a machine. */
export interface ClusterPrograms {
  readonly etcd: string;
  readonly apiServer: string;
  readonly kubectl: string;
  readonly sourceController: string;
  readonly kustomizeController: string;
  /** Flux's CustomResourceDefinitions, as files. */
  readonly definitions: string;
}

const flux = (name: keyof typeof fluxVersions) => `github.com/fluxcd/${name}`;

export const ofKubernetes = (name: string) =>
  [name, `k8s.io/kubernetes/cmd/${name}`, `k8s.io/kubernetes ${kubernetesVersion}`] as const;

const kubernetesPrograms = [
  ['etcd', 'go.etcd.io/etcd/server/v3', `go.etcd.io/etcd/server/v3 ${etcdVersion}`],
  ...['kube-apiserver', 'kubectl'].map(ofKubernetes),
] as const;
const fluxPrograms = (['source-controller', 'kustomize-controller'] as const).map(
  (name) => [name, flux(name), `${flux(name)} ${fluxVersions[name]}`] as const,
);

const notification = 'github.com/fluxcd/notification-controller';
const notificationParts = [
  ['notification-controller', notification, `${notification} ${notificationVersion}`],
] as const;

export async function clusterPrograms(): Promise<ClusterPrograms> {
  const kubernetes = await cached('kubernetes', versionsOf(kubernetesPrograms), (place) =>
    buildKubernetes(place, kubernetesPrograms),
  );
  const controllers = await cached('flux', [...versionsOf(fluxPrograms), ...fluxReplacements], (place) =>
    buildControllers(place, fluxPrograms),
  );
  return {
    etcd: join(kubernetes, 'etcd'),
    apiServer: join(kubernetes, 'kube-apiserver'),
    kubectl: join(kubernetes, 'kubectl'),
    sourceController: join(controllers, 'source-controller'),
    kustomizeController: join(controllers, 'kustomize-controller'),
    definitions: join(controllers, 'definitions'),
  };
}

/** Flux's controller that tells others, and its CustomResourceDefinitions. */
export async function notificationPrograms(): Promise<{ controller: string; definitions: string }> {
  const place = await cached('flux-notification', versionsOf(notificationParts), (folder) =>
    buildControllers(folder, notificationParts),
  );
  return { controller: join(place, 'notification-controller'), definitions: join(place, 'definitions') };
}

/**
 * k8s.io/kubernetes keeps its own libraries beside itself; as a module it takes the same libraries as they are published,
 * v0.36.3 beside v1.36.3. etcd is built with it, as most of what it needs is the same.
 */
export async function buildKubernetes(place: string, programs: Programs): Promise<void> {
  const { run } = goRunner(place);
  const download = await run('go', ['mod', 'download', '-json', `k8s.io/kubernetes@${kubernetesVersion}`]);
  const { GoMod } = JSON.parse(download) as { readonly GoMod: string };
  const staged = readFileSync(GoMod, 'utf8').matchAll(/^\s*(\S+) => \.\/staging\//gm);
  const library = kubernetesVersion.replace(/^v1/, 'v0');
  const replaced = [...staged].map(([, name]) => `${name} => ${name} ${library}`);
  const stamp = (name: string, value: string) => `-X k8s.io/component-base/version.${name}=${value}`;
  const [, minor] = kubernetesVersion.split('.');
  const stamps = [
    stamp('gitVersion', kubernetesVersion),
    stamp('gitMajor', '1'),
    stamp('gitMinor', minor!),
    `-X k8s.io/client-go/pkg/version.gitVersion=${kubernetesVersion}`,
  ];
  await buildPrograms({ place, programs, replaced, stamps });
}

async function buildControllers(place: string, programs: Programs): Promise<void> {
  const go = await buildPrograms({ place, programs, replaced: fluxReplacements });
  for (const [, path] of programs) {
    const sources = await go(['list', '-mod=mod', '-m', '-f', '{{.Dir}}', path]);
    cpSync(join(sources.trim(), 'config/crd/bases'), join(place, 'definitions'), {
      recursive: true,
      mode: 0,
    });
  }
}
