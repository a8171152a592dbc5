import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startGitServer } from '../../fakes/git-server.ts';
import { startRegistry } from '../act/registry.ts';
import type { Suite, Tools } from '../suite.ts';
import { clusterPrograms, nodePrograms } from '../tools/kubernetes/build.ts';
import { type Cluster, type KubernetesObject, startCluster, until } from '../tools/kubernetes/cluster.ts';
import type { Daemon } from '../tools/kubernetes/daemon.ts';
import { type Flux, startFlux } from '../tools/kubernetes/flux.ts';
import { fluxFiles } from '../tools/kubernetes/flux-files.ts';
import { isReady, startNode } from '../tools/kubernetes/node.ts';
import { pushNodeBase } from '../tools/kubernetes/node-base.ts';
import { exampleModel, makeProject, nextRelease, type Project } from '../tools/project.ts';

export const suite: Suite = {
  name: 'kubernetes-pod',
  shows:
    'a promotion, and a rollback, end in a pod of that very digest which answers as the model did offline, under a real kubelet',
  minutes: 35,
  long: true,
  needs: { debian: { setpriv: 'util-linux', 'docker-registry': 'docker-registry', runc: 'runc' } },
  run: answeringPods,
};

interface Place {
  readonly cluster: Cluster;
  readonly flux: Flux;
  readonly daemons: readonly Daemon[];
}

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
  const flux = await startFlux(tools, parts, cluster);
  const place = { cluster, flux, daemons: [...cluster.daemons, ...node.daemons, ...flux.daemons] };
  await promote(project, 'v1.0.0');
  await cluster.apply(fluxFiles(tools.root, 'dev', `${server.url}/origin.git`));
  const seconds = [await answers(place, first)];
  const next = await nextRelease(tools, project);
  const second = { ...next, golden: newestGolden(project) };
  await promote(project, second.version);
  seconds.push(await answers(place, second));
  await project.lockstep('rollback', exampleModel, '--in', 'dev', '--reason', 'it errs', '--observe', '0');
  seconds.push(await answers(place, first));
  const times = seconds.map((time) => `${time.toFixed(1)} s`).join(', ');
  return `${cluster.versions}, ${node.versions}; pods of a promotion, a promotion and a rollback answered ${times} after their commit`;
}

/** The registry, and a base that this machine has made. */
async function configure(
  { programs }: Tools,
  { root, environment }: Project,
  { images, base }: { readonly images: string; readonly base: string },
): Promise<void> {
  const file = join(root, 'lockstep.yaml');
  const text = readFileSync(file, 'utf8').replace(/^( +base: ).*$/m, `$1${base}`);
  writeFileSync(file, `${text}images: ${images}\n`);
  const options = { cwd: root, env: environment };
  await programs.run('git', ['commit', '--quiet', '--all', '-m', 'build: a base of our own'], options);
  await programs.run('git', ['push', '--quiet', 'origin', 'HEAD:main'], options);
}

const promote = (project: Project, version: string) =>
  project.lockstep('promote', exampleModel, version, '--to', 'dev', '--observe', '0');

interface Release {
  readonly version: string;
  readonly image: string;
  readonly golden: Golden;
}

/** Seconds until a pod of this image is ready, the only one, and answers golden requests as the judge had them answered. */
async function answers(
  { cluster, flux, daemons }: Place,
  { image, version, golden }: Release,
): Promise<number> {
  const started = performance.now();
  await flux.wake('models-dev');
  const pod = await until(
    `a pod of ${image} is ready and alone`,
    daemons,
    async () => {
      const all = JSON.parse(await cluster.kubectl(['get', 'pods', '-n', 'models-dev', '-o', 'json']));
      const pods: KubernetesObject[] = all.items;
      const [only, ...more] = pods;
      return more.length === 0 && only?.spec.containers[0].image === image && isReady(only) ? only : null;
    },
    240,
  );
  const [, digest] = image.split('@');
  assert.ok(
    pod.status.containerStatuses[0].imageID.endsWith(digest),
    pod.status.containerStatuses[0].imageID,
  );
  const url = `http://${pod.status.podIP}:8080`;
  const about = (await (await fetch(`${url}/v2/models/${exampleModel}`)).json()) as KubernetesObject;
  assert.equal(about.parameters.version, version);
  await assertSame(url, golden);
  return (performance.now() - started) / 1000;
}

interface Golden {
  readonly requests: readonly { readonly inputs: object; readonly score: number }[];
}

/** What the judge was answered, of the newest run. */
function newestGolden({ root }: Project): Golden {
  const runs = join(root, '.lockstep/runs');
  const files = readdirSync(runs)
    .map((name) => join(runs, name, 'golden.json'))
    .filter((file) => existsSync(file))
    .sort((one, other) => statSync(other).mtimeMs - statSync(one).mtimeMs);
  return JSON.parse(readFileSync(files[0]!, 'utf8')) as Golden;
}

async function assertSame(url: string, { requests }: Golden): Promise<void> {
  assert.ok(requests.length > 10);
  for (const { inputs, score } of requests) {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${url}/predict`, { method: 'POST', headers, body: JSON.stringify(inputs) });
    const { predictions } = (await answer.json()) as { predictions: [{ score: number }] };
    assert.ok(
      Math.abs(predictions[0].score - score) <= 1e-5,
      `${predictions[0].score}, and offline ${score}`,
    );
  }
}
