import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { deployBase } from '../src/commands/deploy-base/deploy-base.ts';
import { folderOf, verifyEnvironments } from '../src/gitops/index.ts';
import { statusContext } from '../src/gitops/observation/told.ts';
import { openMetrics } from '../src/serving/metrics.ts';
import { type AskSettings, readSettings } from '../src/serving/server-settings.ts';
import { makeSandbox } from './git-sandbox.ts';
import { called, faultsIn, type Manifest, manifestsIn, merged } from './kubernetes-rules.ts';
import { promotedWith } from './release-sandbox.ts';

// What docs/cluster shows, as far as it can be checked without a cluster; the interop suite kustomize renders it.

const cluster = join(import.meta.dirname, '../docs/cluster');
const read = (path: string): string => readFileSync(join(cluster, path), 'utf8');
const only = (path: string): Manifest => manifestsIn(read(path))[0];
const environments = ['dev', 'staging', 'production'];

/** The files of a folder of docs/cluster/progressive beside those of the base that it counts on. */
function progressive(name: 'argo-rollouts' | 'kserve'): Map<string, string> {
  const base = deployBase('churn', { serving: name === 'kserve' ? 'kserve' : 'deployment', environments });
  const folder = join('progressive', name);
  const shown = readdirSync(join(cluster, folder)).map((file) => [file, read(join(folder, file))] as const);
  const files = new Map([...base, ...shown]);
  const { resources, patches = [] } = manifestsIn(files.get('kustomization.yaml')!)[0];
  const kept = ['kustomization.yaml', ...resources, ...patches.map(({ path }: Manifest) => path)];
  const names = [...kept, ...environments.map((environment) => `${environment}.yaml`)];
  return new Map(names.map((file) => [file, files.get(file)!]));
}

test('every file is YAML with a kind and a name', () => {
  const files = readdirSync(cluster, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /\.ya?ml$/.test(file),
  );
  expect(files.length).toBeGreaterThan(8);
  for (const file of files) {
    for (const manifest of manifestsIn(read(file))) {
      expect(manifest, file).toMatchObject({ apiVersion: expect.any(String), kind: expect.any(String) });
      if (manifest.kind !== 'Kustomization')
        expect(manifest.metadata?.name, file).toEqual(expect.any(String));
    }
  }
});

test.each(['argo-rollouts', 'kserve'] as const)(
  'what %s adds to deploy/ is promoted and verifies',
  async (name) => {
    await using sandbox = await makeSandbox();
    const workspace = await promotedWith(sandbox, progressive(name), environments);
    const { findings, verified } = await verifyEnvironments(workspace);
    expect(findings).toEqual([]);
    expect(verified).toHaveLength(3);
  },
);

describe('golden-requests.yaml', () => {
  const base = deployBase('churn', { serving: 'deployment', environments });
  const kustomization = base.get('kustomization.yaml')!;
  const files = new Map([
    ...base,
    ['golden-requests.yaml', read('golden-requests.yaml')],
    ['kustomization.yaml', `${kustomization}  - golden-requests.yaml\n`],
  ]);
  const job = only('golden-requests.yaml');
  const pod = job.spec.template.spec;

  test('is promoted and verifies', async () => {
    await using sandbox = await makeSandbox();
    const workspace = await promotedWith(sandbox, files, environments);
    const { findings, verified } = await verifyEnvironments(workspace);
    expect(findings).toEqual([]);
    expect(verified).toHaveLength(3);
  });

  test('asks the Service of the base, as nobody else, in what the server takes and before Flux gives up', () => {
    const [service] = manifestsIn(files.get('service.yaml')!);
    const [deployment] = manifestsIn(files.get('deployment.yaml')!);
    const [container] = pod.containers;
    const settings = readSettings(container.args, { LOCKSTEP_MODEL_DIR: '/models/churn' });
    expect(settings).toMatchObject({ kind: 'ask', url: `http://${service.metadata.name}` });
    expect(service.spec.ports[0].port).toBe(80);
    const flux = manifestsIn(read('flux/kustomization.yaml')).find(
      ({ apiVersion }) => apiVersion === 'kustomize.toolkit.fluxcd.io/v1',
    );
    expect(flux.spec).toMatchObject({ wait: true, timeout: '5m' });
    expect(job.spec.activeDeadlineSeconds).toBeLessThan(300);
    expect((settings as AskSettings).within).toBeLessThan(job.spec.activeDeadlineSeconds);
    // Not a pod that the Service or the NetworkPolicy of the model takes for one of its own.
    expect(job.spec.template.metadata.labels).not.toMatchObject(service.spec.selector);
    const theirs = deployment.spec.template.spec;
    expect(container.image).toBe(theirs.containers[0].image);
    for (const key of ['serviceAccountName', 'automountServiceAccountToken', 'securityContext'])
      expect(pod[key]).toEqual(theirs[key]);
    expect(container.securityContext).toEqual(theirs.containers[0].securityContext);
  });
});

describe('Argo Rollouts', () => {
  const files = progressive('argo-rollouts');
  const { resources, patches } = manifestsIn(files.get('kustomization.yaml')!)[0];
  const patch = patches.flatMap(({ path }: Manifest) => manifestsIn(files.get(path)!));
  const manifests: Manifest[] = resources
    .flatMap((name: string) => manifestsIn(files.get(name)!))
    .map((each: Manifest) => merged(each, patch.find((one: Manifest) => called(one) === called(each)) ?? {}));
  const rollout = manifests.find(({ kind }) => kind === 'Rollout');
  const analysis = manifests.find(({ kind }) => kind === 'AnalysisTemplate');

  test('takes over the pods of the base, and the autoscaler scales it', () => {
    expect(faultsIn(manifests)).toEqual([]);
    const { scaleTargetRef } = manifests.find(({ kind }) => kind === 'HorizontalPodAutoscaler').spec;
    expect(scaleTargetRef).toEqual({ apiVersion: rollout.apiVersion, kind: 'Rollout', name: 'churn' });
  });

  test('each analysis names a template that there is, with every argument it wants', () => {
    const steps = rollout.spec.strategy.canary.steps.flatMap((step: Manifest) => step.analysis ?? []);
    expect(steps).toHaveLength(2);
    for (const { templates, args } of steps) {
      expect(templates).toEqual([{ templateName: analysis.metadata.name }]);
      expect(args.map(({ name }: Manifest) => name)).toEqual(
        analysis.spec.args.map(({ name }: Manifest) => name),
      );
    }
    expect(rollout.spec.strategy.canary.steps.flatMap(({ setWeight }: Manifest) => setWeight ?? [])).toEqual([
      10, 50,
    ]);
  });

  test('what is asked of Prometheus is what the server counts', () => {
    const metrics = openMetrics();
    metrics.count('/predict', 200, 0.1);
    const text = metrics.print({ model: 'churn', version: 'v1.0.0', modelDigest: 'sha256:ab', ready: true });
    const queries: string = analysis.spec.metrics
      .map((each: Manifest) => each.provider.prometheus.query)
      .join('\n');
    const names = [...new Set(queries.match(/lockstep_\w+/g))];
    expect(names).toEqual(['lockstep_requests_total', 'lockstep_request_seconds_bucket']);
    for (const name of names) expect(text).toContain(`\n${name}{route="/predict"`);
  });
});

test('the canary of KServe is a share of the requests, in the mode that can do it', () => {
  const files = progressive('kserve');
  const [service] = manifestsIn(files.get('inferenceservice.yaml')!);
  expect(service.metadata.annotations).toEqual({ 'serving.kserve.io/deploymentMode': 'Knative' });
  const production = merged(service, manifestsIn(files.get('production.yaml')!)[0]);
  expect(production.spec.predictor).toMatchObject({ canaryTrafficPercent: 10, minReplicas: 2 });
  expect(production.spec.predictor.containers[0].image).toBe('model');
});

describe.each(['applicationset', 'applicationset-clusters'])('argo-cd/%s', (name) => {
  const { spec } = only(`argo-cd/${name}.yaml`);
  const git = spec.generators[0].git ?? spec.generators[0].matrix.generators[0].git;

  test('finds what a promotion writes, and nothing else', () => {
    const [{ path }] = git.files;
    const pattern = new RegExp(`^${path.replaceAll('.', '\\.').replaceAll('*', '[^/]*')}$`);
    expect(`${folderOf('churn', 'staging')}/release.json`).toMatch(pattern);
    for (const other of [
      'keys.yaml',
      'models/churn/holds.yaml',
      `${folderOf('churn', 'staging')}/patch.yaml`,
    ])
      expect(other).not.toMatch(pattern);
    expect([git.revision, spec.template.spec.source.targetRevision]).toEqual([
      'environments',
      'environments',
    ]);
    expect(spec.template.spec.source.repoURL).toBe(git.repoURL);
  });

  test('makes an application of its own for each folder (and cluster)', () => {
    const filled = (text: string, model: string, environment: string): string =>
      text
        .replaceAll('{{ index .path.segments 1 }}', folderOf(model, environment).split('/')[1]!)
        .replaceAll('{{ .path.basename }}', folderOf(model, environment).split('/').at(-1)!)
        .replaceAll('{{ .path.path }}', folderOf(model, environment))
        .replaceAll('{{ .name }}', 'eu')
        .replaceAll('{{ .server }}', 'https://eu.example');
    const made = JSON.parse(filled(JSON.stringify(spec.template), 'churn', 'staging'));
    expect(JSON.stringify(made)).not.toContain('{{');
    expect(made.metadata.name).toBe(name === 'applicationset' ? 'churn-staging' : 'churn-staging-eu');
    expect(made.spec.source.path).toBe(folderOf('churn', 'staging'));
    expect(made.spec.destination.namespace).toBe('models-staging');
  });
});

test('Flux may change what a base has, and look at what says whether that is ready', () => {
  const role = manifestsIn(read('flux/kustomization.yaml')).find(({ kind }) => kind === 'Role');
  const may = (verb: string) =>
    role.rules
      .filter(({ verbs }: Manifest) => verbs.includes(verb))
      .flatMap(({ resources }: Manifest) => resources);
  const base = deployBase('churn', { serving: 'deployment', environments });
  const made = [...base.values(), read('golden-requests.yaml')]
    .flatMap(manifestsIn)
    .map(({ kind }) => `${kind.toLowerCase().replace(/y$/, 'ie')}s`)
    .filter((name) => name !== 'kustomizations');
  expect([...new Set(made)].sort()).toEqual(may('patch').sort());
  // kstatus asks a Deployment's ReplicaSet, and that one's pods: without them `wait: true` never ends well.
  expect(may('list')).toEqual(expect.arrayContaining(['replicasets', 'pods']));
  expect(may('patch')).not.toContain('pods');
});

test('Flux tells of the Kustomization shown, under the name that observe reads, to who asks for the secret', () => {
  const [secret, provider, alert] = manifestsIn(read('flux/notification.yaml'));
  const kustomizations = manifestsIn(read('flux/kustomization.yaml')).filter(
    ({ kind }) => kind === 'Kustomization',
  );
  // A CEL expression that is one text.
  expect(provider.spec.commitStatusExpr).toBe(`'${statusContext('production')}'`);
  expect([provider.spec.type, provider.spec.secretRef.name]).toEqual(['github', secret.metadata.name]);
  expect(`${provider.spec.address}.git`).toBe(manifestsIn(read('flux/source.yaml'))[0].spec.url);
  expect(Object.keys(secret.stringData)).toEqual([
    'githubAppID',
    'githubAppInstallationID',
    'githubAppPrivateKey',
  ]);
  expect(alert.spec).toEqual({
    providerRef: { name: provider.metadata.name },
    eventSeverity: 'info',
    eventSources: kustomizations.map(({ kind, metadata }) => ({ kind, name: metadata.name })),
  });
  expect(new Set([secret, provider, alert].map(({ metadata }) => metadata.namespace))).toEqual(
    new Set(kustomizations.map(({ metadata }) => metadata.namespace)),
  );
});

test('Argo CD tells of every application that the set makes, under the name that observe reads', () => {
  const { data } = only('argo-cd/notifications.yaml');
  const inside = (key: string): Manifest => manifestsIn(data[key])[0];
  const { labels } = only('argo-cd/applicationset.yaml').spec.template.metadata;
  const [{ recipients, triggers, selector }] = inside('subscriptions');
  expect(selector.split(',')).toEqual(Object.keys(labels));
  expect(recipients.map((name: string) => data[`service.${name}`])).toEqual([expect.any(String)]);
  const sent = triggers.flatMap((name: string) =>
    inside(`trigger.${name}`).flatMap(({ send }: Manifest) => send),
  );
  expect([...new Set(sent)].map((name) => `template.${name}`)).toEqual(
    Object.keys(data).filter((key) => key.startsWith('template.')),
  );
  const filled = (text: string): string =>
    text
      .replaceAll('{{index .app.metadata.labels "lockstep/environment"}}', 'staging')
      .replaceAll('{{index .app.metadata.labels "lockstep/model"}}', 'churn');
  const statuses = ['deployed', 'failed'].map((name) => {
    const { github } = inside(`template.lockstep-${name}`);
    expect(github.revisionPath).toBe('{{.app.status.operationState.syncResult.revision}}');
    return [github.status.state, filled(github.status.label)];
  });
  expect(statuses).toEqual([
    ['success', statusContext('staging', 'churn')],
    ['failure', statusContext('staging', 'churn')],
  ]);
});

test('the Kyverno policy lets images of the registry pass by digest only, where models run', () => {
  const [{ validate, match }] = only('policies/kyverno.yaml').spec.rules;
  const wildcard = (text: string) =>
    new RegExp(
      `^${text
        .replace(/[.+^${}()|[\]\\]/g, '\\$&')
        .replaceAll('*', '.*')
        .replaceAll('?', '.')}$`,
    );
  const hex = '0'.repeat(64);
  const { containers, ...others } = validate.pattern.spec;
  for (const [{ image }] of [containers, ...Object.values<Manifest>(others)]) {
    const pattern = wildcard(image);
    expect(`ghcr.io/acme/models/churn@sha256:${hex}`).toMatch(pattern);
    expect(`ghcr.io/acme/models/churn:v1.0.0@sha256:${hex}`).toMatch(pattern);
    for (const refused of ['ghcr.io/acme/models/churn:v1.0.0', `ghcr.io/evil/churn@sha256:${hex}`, 'model'])
      expect(refused).not.toMatch(pattern);
  }
  expect(validate.failureAction).toBe('Enforce');
  expect('models-production').toMatch(wildcard(match.any[0].resources.namespaces[0]));
});

test('the pull secret is the one that the base asks for', () => {
  const secret = only('pull-secret.yaml');
  const account = manifestsIn(
    deployBase('churn', { serving: 'deployment', environments }).get('serviceaccount.yaml')!,
  )[0];
  expect(account.imagePullSecrets).toEqual([{ name: secret.metadata.name }]);
  expect(secret.type).toBe('kubernetes.io/dockerconfigjson');
  expect(JSON.parse(secret.stringData['.dockerconfigjson'])).toMatchObject({ auths: { 'ghcr.io': {} } });
});
