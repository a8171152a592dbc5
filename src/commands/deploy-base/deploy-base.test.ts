import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeSandbox } from '../../../test/git-sandbox.ts';
import {
  called,
  faultsIn,
  type Manifest,
  manifestsIn,
  merged,
  probesOf,
} from '../../../test/kubernetes-rules.ts';
import { promotedWith } from '../../../test/release-sandbox.ts';
import { startServer, toyFolder, untilReady } from '../../../test/toy-server.ts';
import { verifyEnvironments } from '../../gitops/index.ts';
import type { Serving } from '../../model/index.ts';
import { longestDrainMs } from '../../serving/drain.ts';
import { exampleModels } from '../../upgrade/index.ts';
import { deployBase } from './deploy-base.ts';

const root = join(import.meta.dirname, '../../..');
const environments = ['dev', 'staging', 'production'];
const servings: readonly Serving[] = ['deployment', 'kserve'];
const baseOf = (serving: Serving, model = 'churn') => deployBase(model, { serving, environments });

/** What an environment gets, without its image. */
function rendered(serving: Serving, environment: string): Manifest[] {
  const files = baseOf(serving);
  const { resources } = manifestsIn(files.get('kustomization.yaml')!)[0];
  const base = (resources as string[]).flatMap((name) => manifestsIn(files.get(name)!));
  const patches = manifestsIn(files.get(`${environment}.yaml`)!);
  return base.map((manifest) =>
    merged(manifest, patches.find((patch) => called(patch) === called(manifest)) ?? {}),
  );
}

const podSpec = (manifests: readonly Manifest[]): Manifest =>
  manifests.flatMap(({ spec }) => spec?.predictor ?? spec?.template?.spec ?? [])[0];

test.each(exampleModels)('models/%s/deploy is what init writes', (model) => {
  const folder = join(root, 'models', model, 'deploy');
  const found = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')] as const);
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(baseOf('deployment', model)));
});

describe.each(servings)('the base for %s', (serving) => {
  const files = baseOf(serving);

  test.each(environments)('fits together in %s', (environment) => {
    expect(faultsIn(rendered(serving, environment))).toEqual([]);
  });

  test('patches are small, and each changes a manifest that there is', () => {
    const names = rendered(serving, 'dev').map(called);
    for (const environment of environments) {
      const patch = files.get(`${environment}.yaml`)!;
      expect(patch.trimEnd().split('\n').length, environment).toBeLessThanOrEqual(15);
      expect(names, environment).toEqual(expect.arrayContaining(manifestsIn(patch).map(called)));
    }
  });

  test('every image is called model, and nothing else is listed or left out', () => {
    const images = [...files.values()].flatMap((text) =>
      [...text.matchAll(/image: (\S+)/g)].map(([, it]) => it),
    );
    expect(images).toEqual(['model']);
    const { resources } = manifestsIn(files.get('kustomization.yaml')!)[0];
    const patches = environments.map((environment) => `${environment}.yaml`);
    expect([...files.keys()].sort()).toEqual(['kustomization.yaml', ...resources, ...patches].sort());
  });

  test('the pod is given time to answer what it has begun', () => {
    const { terminationGracePeriodSeconds, containers } = podSpec(rendered(serving, 'dev'));
    const before = containers[0].lifecycle.preStop.sleep.seconds;
    expect(terminationGracePeriodSeconds).toBeGreaterThan(before + longestDrainMs / 1000);
  });

  test('what is promoted verifies, for every environment', async () => {
    await using sandbox = await makeSandbox();
    const { findings, verified } = await verifyEnvironments(await promotedWith(sandbox, files, environments));
    expect(findings).toEqual([]);
    expect(verified.map(({ annotations }) => annotations['lockstep/replay'])).toEqual([
      undefined,
      '200',
      undefined,
    ]);
  });
});

test('the model server answers every probe and where Prometheus looks', async () => {
  const server = await startServer(toyFolder());
  await untilReady(server.url);
  const [container] = podSpec(rendered('deployment', 'dev')).containers;
  const paths = [...probesOf(container).map(({ httpGet }) => httpGet.path as string), '/metrics'];
  const statuses = await Promise.all(paths.map(async (path) => (await fetch(server.url + path)).status));
  expect(statuses).toEqual([200, 200, 200, 200]);
  await server.stop();
});

test('other environments get patches of their own names', () => {
  const names = (list: readonly string[]) =>
    [...deployBase('churn', { serving: 'deployment', environments: list })].flatMap(([name, text]) => {
      const scale = /minReplicas: (\d+)\n {2}maxReplicas: (\d+)\n$/.exec(text);
      return scale && name !== 'autoscaler.yaml' ? [`${name} ${scale[1]}-${scale[2]}`] : [];
    });
  expect(names(['test', 'live'])).toEqual(['test.yaml 1-1', 'live.yaml 2-10']);
  expect(names(['dev', 'staging', 'production-eu', 'production-us'])).toEqual([
    'dev.yaml 1-1',
    'staging.yaml 1-2',
    'production-eu.yaml 2-10',
    'production-us.yaml 2-10',
  ]);
  expect(names(['live'])).toEqual(['live.yaml 2-10']);
});

test('the rules find what does not fit', () => {
  const spoiled = (change: (find: (kind: string) => Manifest) => void): string[] => {
    const manifests = structuredClone(rendered('deployment', 'production'));
    change((kind) => manifests.find((manifest) => manifest.kind === kind));
    return faultsIn(manifests);
  };
  const other = { 'app.kubernetes.io/name': 'other' };
  expect(
    [
      spoiled((find) => Object.assign(find('Service').spec, { selector: other })),
      spoiled((find) => Object.assign(find('Service').spec.ports[0], { targetPort: 'grpc' })),
      spoiled((find) => Object.assign(find('NetworkPolicy').spec.ingress[0].ports[0], { port: 80 })),
      spoiled((find) => Object.assign(find('PodDisruptionBudget').spec.selector, { matchLabels: other })),
      spoiled((find) =>
        Object.assign(find('HorizontalPodAutoscaler').spec.scaleTargetRef, { name: 'other' }),
      ),
      spoiled((find) => Object.assign(find('HorizontalPodAutoscaler').spec, { minReplicas: 11 })),
      spoiled((find) => Object.assign(find('ServiceAccount').metadata, { name: 'other' })),
      spoiled((find) => {
        delete find('Deployment').spec.template.spec.containers[0].securityContext.capabilities;
      }),
      spoiled((find) => {
        delete find('Deployment').spec.template.spec.containers[0].readinessProbe;
      }),
    ].flat(),
  ).toMatchInlineSnapshot(`
    [
      "Service/churn: selects no pod",
      "Service/churn: no container has port grpc",
      "NetworkPolicy/churn: no container has port 80",
      "PodDisruptionBudget/churn: selects no pod",
      "HorizontalPodAutoscaler/churn: no Deployment/other",
      "HorizontalPodAutoscaler/churn: 11 to 10",
      "no ServiceAccount/churn",
      "a container that is not restricted",
      "a probe is missing",
    ]
  `);
});
