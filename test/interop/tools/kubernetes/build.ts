import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cached } from '../cache.ts';
import { which } from '../debian.ts';
import { openRunner, type Runner } from '../programs.ts';
import { Unavailable } from '../unavailable.ts';
import {
  containerdVersion,
  etcdVersion,
  fluxReplacements,
  fluxVersions,
  kubernetesVersion,
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

/** What runs pods: kubelet with what hands it work, and containerd. runc and the network plugins are Debian's. */
export interface NodePrograms {
  readonly kubelet: string;
  readonly scheduler: string;
  readonly controllerManager: string;
  readonly containerd: string;
  /** Of containerd and its shim, which it looks for in the PATH. */
  readonly containerdFolder: string;
}

const ofKubernetes = (name: string) =>
  [name, `k8s.io/kubernetes/cmd/${name}`, `k8s.io/kubernetes ${kubernetesVersion}`] as const;

/** Program, its package, and the module whose version it must carry. */
const kubernetesPrograms = [
  ['etcd', 'go.etcd.io/etcd/server/v3', `go.etcd.io/etcd/server/v3 ${etcdVersion}`],
  ...['kube-apiserver', 'kubectl'].map(ofKubernetes),
] as const;
const nodeParts = ['kubelet', 'kube-scheduler', 'kube-controller-manager'].map(ofKubernetes);
const containerd = 'github.com/containerd/containerd/v2';
const containerdParts = ['containerd', 'containerd-shim-runc-v2'].map(
  (name) => [name, `${containerd}/cmd/${name}`, `${containerd} ${containerdVersion}`] as const,
);
const fluxPrograms = (['source-controller', 'kustomize-controller'] as const).map(
  (name) => [name, flux(name), `${flux(name)} ${fluxVersions[name]}`] as const,
);

export async function clusterPrograms(): Promise<ClusterPrograms> {
  const kubernetes = await cached('kubernetes', versionsOf(kubernetesPrograms), (place) =>
    buildKubernetes(place, kubernetesPrograms),
  );
  const controllers = await cached('flux', [...versionsOf(fluxPrograms), ...fluxReplacements], buildFlux);
  return {
    etcd: join(kubernetes, 'etcd'),
    apiServer: join(kubernetes, 'kube-apiserver'),
    kubectl: join(kubernetes, 'kubectl'),
    sourceController: join(controllers, 'source-controller'),
    kustomizeController: join(controllers, 'kustomize-controller'),
    definitions: join(controllers, 'definitions'),
  };
}

export async function nodePrograms(): Promise<NodePrograms> {
  const node = await cached('kubernetes-node', versionsOf(nodeParts), (place) =>
    buildKubernetes(place, nodeParts),
  );
  const runtime = await cached('containerd', versionsOf(containerdParts), async (place) => {
    const module = join(place, 'module');
    writeModule(module, versionLines(containerdParts), []);
    const stamps = [`-X ${containerd}/version.Version=${containerdVersion}`];
    await build(goRunner(place).run, { place, module, programs: containerdParts, stamps });
  });
  return {
    kubelet: join(node, 'kubelet'),
    scheduler: join(node, 'kube-scheduler'),
    controllerManager: join(node, 'kube-controller-manager'),
    containerd: join(runtime, 'containerd'),
    containerdFolder: runtime,
  };
}

type Programs = readonly (readonly [name: string, path: string, module: string])[];
const versionsOf = (programs: Programs) => programs.map(([name, , module]) => `${name} of ${module}`);

/**
 * k8s.io/kubernetes keeps its own libraries beside itself; as a module it takes the same libraries as they are published,
 * v0.36.3 beside v1.36.3. etcd is built with it, as most of what it needs is the same.
 */
async function buildKubernetes(place: string, programs: Programs): Promise<void> {
  const { run } = goRunner(place);
  const download = await run('go', ['mod', 'download', '-json', `k8s.io/kubernetes@${kubernetesVersion}`]);
  const { GoMod } = JSON.parse(download) as { readonly GoMod: string };
  const staged = readFileSync(GoMod, 'utf8').matchAll(/^\s*(\S+) => \.\/staging\//gm);
  const library = kubernetesVersion.replace(/^v1/, 'v0');
  const replaced = [...staged].map(([, name]) => `${name} => ${name} ${library}`);
  const module = join(place, 'module');
  writeModule(module, versionLines(programs), replaced);
  const stamp = (name: string, value: string) => `-X k8s.io/component-base/version.${name}=${value}`;
  const [, minor] = kubernetesVersion.split('.');
  const stamps = [
    stamp('gitVersion', kubernetesVersion),
    stamp('gitMajor', '1'),
    stamp('gitMinor', minor!),
    `-X k8s.io/client-go/pkg/version.gitVersion=${kubernetesVersion}`,
  ];
  await build(run, { place, module, programs, stamps });
}

async function buildFlux(place: string): Promise<void> {
  const { run } = goRunner(place);
  const module = join(place, 'module');
  writeModule(module, versionLines(fluxPrograms), fluxReplacements);
  await build(run, { place, module, programs: fluxPrograms, stamps: [] });
  for (const [, path] of fluxPrograms) {
    const sources = await run('go', ['list', '-mod=mod', '-m', '-f', '{{.Dir}}', path], { cwd: module });
    cpSync(join(sources.trim(), 'config/crd/bases'), join(place, 'definitions'), {
      recursive: true,
      mode: 0,
    });
  }
}

const versionLines = (programs: Programs) => [...new Set(programs.map(([, , module]) => module))];

function writeModule(folder: string, required: readonly string[], replaced: readonly string[]): void {
  mkdirSync(folder, { recursive: true });
  const block = (word: string, lines: readonly string[]) =>
    `${word} (\n${lines.map((line) => `\t${line}\n`).join('')})\n`;
  const head = 'module lockstep.invalid/interop\n\ngo 1.26.0\n';
  writeFileSync(
    join(folder, 'go.mod'),
    [head, block('require', required), block('replace', replaced)].join('\n'),
  );
}

interface Build {
  readonly place: string;
  readonly module: string;
  readonly programs: Programs;
  readonly stamps: readonly string[];
}

/** One program after the other, as linking one takes 2 GB. */
async function build(run: Runner['run'], { place, module, programs, stamps }: Build): Promise<void> {
  const flags = ['-mod=mod', '-p', '2', '-trimpath', '-ldflags', ['-s', '-w', ...stamps].join(' ')];
  for (const [name, path, version] of programs) {
    const file = join(place, name);
    await run('go', ['build', ...flags, '-o', file, path], { cwd: module });
    const held = await run('go', ['version', '-m', file]);
    if (!held.replaceAll('\t', ' ').includes(` mod ${version} `))
      throw new Error(`${name} was not built of ${version}`);
  }
}

/** Go that ends in Unavailable: a machine without Go, or whose proxy lacks a module, cannot have a cluster. */
function goRunner(place: string): Pick<Runner, 'run'> {
  if (which('go') === null) throw new Unavailable('a cluster is built with Go, which is not on this machine');
  const { tryRun } = openRunner(place);
  const env = { ...process.env, CGO_ENABLED: '0' };
  return {
    run: async (file, args, options) => {
      const { code, out, err } = await tryRun(file, args, { ...options, env });
      if (code === 0) return out;
      throw new Unavailable(
        `${file} ${args.join(' ').slice(0, 200)} ended with ${code}: ${err.trim().slice(-2000)}`,
      );
    },
  };
}
