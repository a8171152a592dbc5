import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startGitServer } from '../../fakes/git-server.ts';
import type { Suite, Tools } from '../suite.ts';
import { clusterPrograms } from '../tools/kubernetes/build.ts';
import { type Cluster, startCluster } from '../tools/kubernetes/cluster.ts';
import { startFlux } from '../tools/kubernetes/flux.ts';
import { fluxFiles } from '../tools/kubernetes/flux-files.ts';
import { type Place, showsIn, tamperings } from '../tools/kubernetes/tampering.ts';
import { etcdVersion, fluxVersions, kubernetesVersion } from '../tools/kubernetes/versions.ts';
import { exampleModel, makeRelease, nextRelease } from '../tools/project.ts';

export const suite: Suite = {
  name: 'kubernetes',
  shows:
    'a Kubernetes API server takes our manifests, Flux applies promotions and rollbacks, policies refuse a tampered folder',
  minutes: 25,
  long: true,
  needs: { debian: { setpriv: 'util-linux' } },
  run: inCluster,
};

async function inCluster(tools: Tools): Promise<string> {
  const parts = await clusterPrograms();
  const cluster = await startCluster(tools, parts);
  assert.equal(cluster.versions, `Kubernetes ${kubernetesVersion}, etcd ${etcdVersion}`);
  const manifests = await dryRuns(tools, cluster);
  const { image: first, ...project } = await makeRelease(tools);
  await using server = await startGitServer({ root: tools.folder });
  const flux = await startFlux(tools, parts, cluster);
  const place: Place = { tools, cluster, flux, project };
  const [digestPolicy, verifiedPolicy] = policies(tools, first.slice(0, first.lastIndexOf('/') + 1));
  await cluster.apply(digestPolicy);
  for (const to of ['dev', 'staging'])
    await project.lockstep('promote', exampleModel, 'v1.0.0', '--to', to, '--observe', '0');
  for (const environment of ['dev', 'production'])
    await cluster.apply(fluxFiles(tools.root, environment, `${server.url}/origin.git`));
  await showsIn(place, 'dev', first);
  const second = await nextRelease(tools, project);
  assert.notEqual(second.image, first);
  const promote = (version: string) => ['promote', exampleModel, version, '--to', 'production'];
  const seconds = [await applied(place, promote('v1.0.0'), first)];
  for (const to of ['dev', 'staging'])
    await project.lockstep('promote', exampleModel, second.version, '--to', to, '--observe', '0');
  seconds.push(await applied(place, promote(second.version), second.image));
  seconds.push(
    await applied(place, ['rollback', exampleModel, '--in', 'production', '--reason', 'it errs'], first),
  );
  const refused = await tamperings(place, { runs: first, other: second.image, policy: verifiedPolicy });
  const times = seconds.map((time) => `${time.toFixed(1)} s`).join(', ');
  const controllers = Object.entries(fluxVersions).map(([name, version]) => `${name} ${version}`);
  return [
    `${cluster.versions}, Flux's ${controllers.join(' and ')}`,
    `${manifests} manifests valid`,
    `promotion, promotion and rollback in the Deployment ${times} after their commit`,
    `${refused} tampered folders refused`,
  ].join('; ');
}

/** Every manifest that we ship, as the API server itself would take it; resolves to how many. */
async function dryRuns({ root }: Tools, { kubectl }: Cluster): Promise<number> {
  const dry = ['apply', '--server-side', '--dry-run=server', '--validate=strict', '-o', 'name'];
  await kubectl(['create', 'namespace', 'dry']);
  const built = readdirSync(join(root, 'models')).map((model) =>
    kubectl(['kustomize', join(root, 'models', model, 'deploy')]),
  );
  const secret = readFileSync(join(root, 'docs/cluster/pull-secret.yaml'), 'utf8');
  const texts = [...(await Promise.all(built)), secret.replaceAll('models-production', 'dry')];
  let count = 0;
  for (const text of texts) {
    const names = await kubectl([...dry, '-n', 'dry', '-f', '-'], { input: text });
    count += names.trim().split('\n').length;
  }
  return count;
}

const shown = ({ root }: Tools, file: string) => readFileSync(join(root, 'docs/cluster', file), 'utf8');

/** The two policies, as shown but for the registry. */
function policies(tools: Tools, registry: string): [digest: string, verified: string] {
  const text = shown(tools, 'policies/validating-admission-policy.yaml');
  assert.ok(text.includes(theirRegistry));
  const documents = text.replaceAll(theirRegistry, registry).split('\n---\n');
  assert.equal(documents.length, 4);
  return [documents.slice(0, 2).join('\n---\n'), documents.slice(2).join('\n---\n')];
}

const theirRegistry = 'ghcr.io/acme/models/';

/** Seconds from the end of the command, which is after its push, to the Deployment. */
async function applied(place: Place, command: readonly string[], image: string): Promise<number> {
  await place.project.lockstep(...command, '--observe', '0');
  const started = performance.now();
  await place.flux.wake('models-production');
  await showsIn(place, 'production', image);
  return (performance.now() - started) / 1000;
}
