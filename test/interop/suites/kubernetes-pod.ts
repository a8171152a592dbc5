import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startGitServer } from '../../fakes/git-server.ts';
import { startGitHub } from '../../fakes/github/server.ts';
import { startRegistry } from '../act/registry.ts';
import type { Suite, Tools } from '../suite.ts';
import { answers, namespace, newestGolden, type Release } from '../tools/kubernetes/answering-pod.ts';
import { clusterPrograms } from '../tools/kubernetes/build.ts';
import { type Cluster, startCluster } from '../tools/kubernetes/cluster.ts';
import { observe, told, type Watched } from '../tools/kubernetes/commit-status.ts';
import { type Flux, startFlux } from '../tools/kubernetes/flux.ts';
import { fluxFiles } from '../tools/kubernetes/flux-files.ts';
import { startNode } from '../tools/kubernetes/node.ts';
import { pushNodeBase } from '../tools/kubernetes/node-base.ts';
import { nodePrograms } from '../tools/kubernetes/node-programs.ts';
import { startNotifications } from '../tools/kubernetes/notifications.ts';
import { notificationVersion } from '../tools/kubernetes/versions.ts';
import { exampleModel, makeProject, nextRelease, type Project } from '../tools/project.ts';

export const suite: Suite = {
  name: 'kubernetes-pod',
  shows:
    'under a real kubelet a promotion ends in a pod that answers as the judge had it, Flux says so on the commit, and a release that no caller can reach is rolled back by what Flux says',
  minutes: 45,
  long: true,
  needs: {
    debian: {
      setpriv: 'util-linux',
      'docker-registry': 'docker-registry',
      runc: 'runc',
      nft: 'nftables',
      ip: 'iproute2',
    },
  },
  run: answeringPods,
};

interface Place extends Watched {
  readonly cluster: Cluster;
  readonly flux: Flux;
}

const deploy = `models/${exampleModel}/deploy`;
const tokens = {
  flux: { login: 'acme-flux[bot]', permissions: { statuses: 'write' } },
  job: { login: 'github-actions[bot]', permissions: {} },
} as const;

async function answeringPods(tools: Tools): Promise<string> {
  assert.equal(process.getuid?.(), 0, 'a kubelet needs root');
  const [parts, nodeParts] = [await clusterPrograms(), await nodePrograms()];
  const host = await startRegistry(tools);
  const { base, pause } = await pushNodeBase(tools, host);
  const project = await makeProject(tools);
  await configure(tools, project, { images: `${host}/team`, base });
  await project.lockstep('run', exampleModel);
  const { image } = (await project.lockstep('register', exampleModel)) as { image: string };
  const first = { version: 'v1.0.0', image, golden: newestGolden(project) };
  const cluster = await startCluster(tools, parts);
  await using node = await startNode(tools, nodeParts, cluster, pause);
  await using server = await startGitServer({ root: tools.folder });
  await using github = await startGitHub({ tokens });
  const notifications = await startNotifications(tools, cluster);
  const flux = await startFlux(tools, parts, cluster, notifications.events);
  const daemons = [...cluster.daemons, ...node.daemons, ...flux.daemons, notifications.daemon];
  const place: Place = { tools, project, cluster, flux, github, daemons };
  await project.lockstep('promote', exampleModel, first.version, '--to', 'dev', '--observe', '0');
  await notifications.apply('dev', `${github.url}/acme/models`, 'flux');
  await cluster.apply(fluxFiles(tools.root, 'dev', `${server.url}/origin.git`));
  const seconds = [await arrives(place, first)];
  const second = await releaseNext(place);
  await project.lockstep('promote', exampleModel, second.version, '--to', 'dev', '--observe', '0');
  seconds.push(await arrives(place, second));
  await project.lockstep('rollback', exampleModel, '--in', 'dev', '--reason', 'it errs', '--observe', '0');
  seconds.push(await arrives(place, first));
  seconds.push(await failsAndIsRolledBack(place, first));
  const times = seconds.map((time) => `${time.toFixed(1)} s`);
  return [
    `${cluster.versions}, ${node.versions}, Flux's notification-controller ${notificationVersion}`,
    `a promotion, a promotion and a rollback answered in a pod, at their Service and on the commit ${times.slice(0, 3).join(', ')} after it`,
    `a release that its Service does not reach went back ${times[3]} after its commit`,
  ].join('; ');
}

/** The registry, a base that this machine has made, the Job, and dev watched by what its cluster says. */
async function configure(
  { programs, root: checkout }: Tools,
  { root, environment }: Project,
  { images, base }: { readonly images: string; readonly base: string },
): Promise<void> {
  const file = join(root, 'lockstep.yaml');
  const text = readFileSync(file, 'utf8').replace(/^( +base: ).*$/m, `$1${base}`);
  const dev = '{name: dev, observe: status, rollback: automatic}';
  writeFileSync(file, `${text}images: ${images}\nenvironments: [${dev}, staging, production]\n`);
  const job = join(root, deploy, 'golden-requests.yaml');
  copyFileSync(join(checkout, 'docs/cluster/golden-requests.yaml'), job);
  writeFileSync(job, readFileSync(job, 'utf8').replaceAll('churn', exampleModel));
  const kustomization = join(root, deploy, 'kustomization.yaml');
  writeFileSync(kustomization, `${readFileSync(kustomization, 'utf8')}  - golden-requests.yaml\n`);
  const options = { cwd: root, env: environment };
  await programs.run('git', ['add', '--all', 'models', 'lockstep.yaml'], options);
  await programs.run('git', ['commit', '--quiet', '-m', 'build: a base of our own, and the Job'], options);
  await programs.run('git', ['push', '--quiet', 'origin', 'HEAD:main'], options);
}

async function releaseNext({ tools, project }: Place): Promise<Release> {
  const next = await nextRelease(tools, project);
  return { ...next, golden: newestGolden(project) };
}

/** Seconds until the version answers in its pod, at its Service (the Job), and Flux has said so where `observe` reads it. */
async function arrives(place: Place, release: Release): Promise<number> {
  const { cluster, flux, daemons } = place;
  const started = performance.now();
  await flux.wake(namespace);
  await answers(cluster, daemons, release);
  await told(place, 'success');
  const seconds = (performance.now() - started) / 1000;
  const job = await cluster.get('job', `${exampleModel}-golden-requests`, namespace);
  assert.equal(job.spec.template.spec.containers[0].image, release.image);
  assert.equal(job.status.succeeded, 1);
  const { environments, recording } = await observe(place);
  assert.equal(environments[0].sighting.kind, 'observed', JSON.stringify(environments));
  assert.equal(recording.kind, 'written', JSON.stringify(recording));
  return seconds;
}

/** Its pods are ready, and nobody who asks the Service reaches one: what readiness can't see, and the Job does. */
async function failsAndIsRolledBack(place: Place, before: Release): Promise<number> {
  const { project, flux, cluster, daemons } = place;
  change(project, 'service.yaml', 'targetPort: http', 'targetPort: 9');
  change(project, 'golden-requests.yaml', '--within, "240"', '--within, "5"');
  const broken = await releaseNext(place);
  await project.lockstep('promote', exampleModel, broken.version, '--to', 'dev', '--observe', '0');
  const started = performance.now();
  await flux.wake(namespace);
  await told(place, 'failure');
  const { environments } = await observe(place);
  assert.equal(environments[0].sighting.kind, 'failing', JSON.stringify(environments));
  assert.deepEqual(
    [environments[0].rollback?.from, environments[0].rollback?.to],
    [broken.version, before.version],
  );
  await flux.wake(namespace);
  await answers(cluster, daemons, before);
  await told(place, 'success');
  return (performance.now() - started) / 1000;
}

function change({ root }: Project, name: string, from: string, to: string): void {
  const file = join(root, deploy, name);
  const text = readFileSync(file, 'utf8');
  assert.ok(text.includes(from));
  writeFileSync(file, text.replace(from, to));
}
