import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deployBase } from '../../../src/commands/deploy-base/deploy-base.ts';
import { renderKustomization } from '../../../src/gitops/folder/kustomization.ts';
import type { Serving } from '../../../src/model/index.ts';
import { type Digest, digestOf } from '../../../src/workspace/index.ts';
import { faultsIn, type Manifest, manifestsIn } from '../../kubernetes-rules.ts';
import type { Suite, Tools } from '../suite.ts';
import { which } from '../tools/debian.ts';
import { goProgram } from '../tools/go.ts';
import { checkTypes, typePackages } from '../tools/manifest-types.ts';
import { exampleModel, makeRelease } from '../tools/project.ts';
import { openPromql, promqlPackages } from '../tools/promql.ts';

export const suite: Suite = {
  name: 'kustomize',
  shows:
    'kustomize builds every environment folder and example: sound manifests, images by the released digest',
  minutes: 3,
  needs: { npm: [...typePackages, ...promqlPackages] },
  run: buildAll,
};

const environments = ['dev', 'staging', 'production'];
const replicas: Readonly<Record<string, readonly number[]>> = {
  dev: [1, 1],
  staging: [1, 2],
  production: [2, 10],
};

/** Builds a folder; resolves to its manifests. */
type Build = (folder: string) => Promise<Manifest[]>;

async function buildAll(tools: Tools): Promise<string> {
  const builders = await findBuilders(tools);
  const seen: Manifest[] = [];
  const released = await release(tools);
  for (const [name, build] of builders) {
    seen.push(...(await buildEnvironments(build, released, name)));
    seen.push(...(await buildVariants(build, tools)));
    await buildOwnRollout(build, tools);
    const bare = await build(join(tools.root, 'models', exampleModel, 'deploy'));
    assert.deepEqual(imagesIn(bare), ['model'], 'as docs/kubernetes.md says');
  }
  const shown = ['argo-cd', 'policies'].flatMap((folder) =>
    manifestsUnder(join(tools.root, 'docs/cluster', folder)),
  );
  const queries = await checkQueries(tools, seen);
  const kinds = await checkTypes(tools, [...seen, ...shown]);
  return `${environments.length} environments and 3 variants by ${builders.map(([name]) => name).join(' and ')}; ${queries} queries of Prometheus; types of ${kinds.join(', ')}`;
}

async function findBuilders({ programs }: Tools): Promise<[string, Build][]> {
  const kustomize = await goProgram('sigs.k8s.io/kustomize/kustomize/v5@v5.8.1');
  const by =
    (...command: readonly string[]): Build =>
    async (folder) =>
      manifestsIn(await programs.run(command[0]!, [...command.slice(1), folder]));
  return [
    ['kustomize 5.8.1', by(kustomize, 'build')],
    ...(which('kubectl') === null ? [] : [['kubectl', by('kubectl', 'kustomize')] as [string, Build]]),
  ];
}

interface Released {
  /** `name@sha256:…` */
  readonly image: string;
  /** A checkout of the branch `environments`. */
  readonly folder: string;
}

async function release(tools: Tools): Promise<Released> {
  const { image, origin, environment, lockstep } = await makeRelease(tools);
  for (const to of environments)
    await lockstep('promote', exampleModel, 'v1.0.0', '--to', to, '--observe', '0');
  const clone = ['clone', '--quiet', '--branch', 'environments', origin, 'environments'];
  await tools.programs.run('git', clone, { env: environment });
  assert.match(image, /^[^@]+@sha256:[0-9a-f]{64}$/);
  return { image, folder: join(tools.folder, 'environments/models', exampleModel, 'environments') };
}

async function buildEnvironments(
  build: Build,
  { image, folder }: Released,
  name: string,
): Promise<Manifest[]> {
  const all: Manifest[] = [];
  for (const environment of environments) {
    const where = `${name}, ${environment}`;
    const manifests = await build(join(folder, environment));
    const one = (kind: string) => manifests.find((manifest) => manifest.kind === kind);
    assert.deepEqual(manifests.map(({ kind }) => kind).sort(), expectedKinds, where);
    assert.deepEqual(faultsIn(manifests), [], where);
    assert.deepEqual(imagesIn(manifests), [image], where);
    const { minReplicas, maxReplicas } = one('HorizontalPodAutoscaler').spec;
    assert.deepEqual([minReplicas, maxReplicas], replicas[environment], where);
    const replay = one('Deployment').metadata.annotations?.['lockstep/replay'];
    assert.equal(replay, environment === 'production' ? '200' : undefined, where);
    all.push(...manifests);
  }
  return all;
}

const expectedKinds = [
  'Deployment',
  'HorizontalPodAutoscaler',
  'NetworkPolicy',
  'PodDisruptionBudget',
  'Service',
  'ServiceAccount',
];

/** KServe's base, and what docs/cluster/progressive shows, for production. */
async function buildVariants(build: Build, tools: Tools): Promise<Manifest[]> {
  const shown = (name: string) => join(tools.root, 'docs/cluster/progressive', name);
  const kserve = await build(variant(tools, 'kserve'));
  assert.deepEqual(faultsIn(kserve), []);
  const rollouts = await build(variant(tools, 'deployment', shown('argo-rollouts')));
  assert.deepEqual(faultsIn(rollouts), []);
  const canary = await build(variant(tools, 'kserve', shown('kserve')));
  assert.equal(
    canary.find(({ kind }) => kind === 'InferenceService').spec.predictor.canaryTrafficPercent,
    10,
  );
  for (const manifests of [kserve, rollouts, canary]) assert.deepEqual(imagesIn(manifests), [promoted]);
  return [...kserve, ...rollouts, ...canary];
}

const image = { name: 'model', newName: 'ghcr.io/acme/models/churn', digest: digestOf('image') as Digest };
const promoted = `${image.newName}@${image.digest}`;

/** A folder for production as a promotion would write it, with the files of `over` on top of the base. */
function variant(tools: Tools, serving: Serving, over?: string): string {
  const folder = join(tools.folder, `variant-${serving}-${over === undefined ? 'base' : 'canary'}`);
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of deployBase('churn', { serving, environments }))
    writeFileSync(join(folder, name), text);
  if (over !== undefined) cpSync(over, folder, { recursive: true });
  cpSync(join(folder, 'production.yaml'), join(folder, 'patch.yaml'));
  const file = join(folder, 'kustomization.yaml');
  writeFileSync(file, renderKustomization(readFileSync(file, 'utf8'), image, { patch: true, file }));
  return folder;
}

/** A Rollout with a template of its own needs no `configurations:`: its containers are rewritten too. */
async function buildOwnRollout(build: Build, tools: Tools): Promise<void> {
  const folder = join(tools.folder, 'own-rollout');
  mkdirSync(folder, { recursive: true });
  const rollout = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name: 'churn' },
    spec: { template: { spec: { containers: [{ name: 'model', image: 'model' }] } } },
  };
  writeFileSync(join(folder, 'rollout.yaml'), JSON.stringify(rollout));
  const kustomization = renderKustomization('resources:\n  - rollout.yaml\n', image, {
    patch: false,
    file: 'kustomization.yaml',
  });
  writeFileSync(join(folder, 'kustomization.yaml'), kustomization);
  assert.deepEqual(imagesIn(await build(folder)), [promoted]);
}

/** Resolves how many queries the analyses ask; all of them are queries. */
async function checkQueries(tools: Tools, manifests: readonly Manifest[]): Promise<number> {
  const faults = await openPromql(tools);
  assert.notDeepEqual(faults('sum(rate(a[2m]) /'), []);
  const queries: string[] = manifests
    .filter(({ kind }) => kind === 'AnalysisTemplate')
    .flatMap(({ spec }) => spec.metrics.map((metric: Manifest) => metric.provider.prometheus.query));
  for (const query of new Set(queries)) assert.deepEqual(faults(query), [], query);
  return new Set(queries).size;
}

const imagesIn = (manifests: readonly Manifest[]): string[] =>
  [...JSON.stringify(manifests).matchAll(/"image":"([^"]+)"/g)].map(([, found]) => found!);

const manifestsUnder = (folder: string): Manifest[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .flatMap((name) => manifestsIn(readFileSync(join(folder, name), 'utf8')));
