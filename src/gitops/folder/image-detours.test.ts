import { afterAll, beforeAll, expect, test } from 'vitest';
import { type GitSandbox, makeSandbox } from '../../../test/git-sandbox.ts';
import { deployFiles, makeProject, registerVersion } from '../../../test/release-sandbox.ts';
import { LockstepError, type Workspace } from '../../workspace/index.ts';
import { previewPromotion } from '../index.ts';

let sandbox: GitSandbox;
let workspace: Workspace;

beforeAll(async () => {
  sandbox = await makeSandbox();
  workspace = await makeProject(sandbox);
});
afterAll(() => sandbox[Symbol.asyncDispose]());

const deploy = 'models/churn/deploy';
const base = deployFiles[`${deploy}/kustomization.yaml`]!;
const deployment = deployFiles[`${deploy}/deployment.yaml`]!;
const pinned = `other@sha256:${'0'.repeat(64)}`;
const strategic = `{kind: Deployment, spec: {template: {spec: {containers: [{name: model, image: "${pinned}"}]}}}}\n`;

/** What a reviewer may overlook in a base: ways for another image to run than the one that was judged. */
const detours: readonly [name: string, files: Record<string, string>, refusal: string][] = [
  [
    'a patch of another name',
    { 'kustomization.yaml': `${base}patches:\n  - path: late.yaml\n`, 'late.yaml': strategic },
    'E_ENV_FILE_IMAGE deploy/late.yaml:1',
  ],
  [
    'a patch in JSON',
    {
      'kustomization.yaml': `${base}patchesStrategicMerge:\n  - ./late.json\n`,
      'late.json': `{"kind": "Deployment",\n"spec": {"image": "${pinned}"}}\n`,
    },
    'E_ENV_FILE_IMAGE deploy/late.json:2',
  ],
  [
    'a patch whose name ends in nothing',
    {
      'kustomization.yaml': `${base}patches:\n  - path: late\n    target: {kind: Deployment}\n`,
      late: '- {op: replace, path: /spec/template/spec/containers/0/image, value: other}\n',
    },
    'E_ENV_FILE_IMAGE deploy/late:1',
  ],
  [
    'a manifest in JSON by tag',
    {
      'kustomization.yaml': `${base}  - job.json\n`,
      'job.json': '{"kind": "Job", "image": "other:latest"}\n',
    },
    'E_ENV_FILE_TAG deploy/job.json:1',
  ],
  [
    'an alias for an image by tag',
    {
      'deployment.yaml': deployment
        .replace('name: churn', 'name: churn\n  labels: {a: &other other:latest}')
        .concat('        - name: second\n          image: *other\n'),
    },
    'E_ENV_FILE_TAG deploy/deployment.yaml:13',
  ],
  [
    'a transformer',
    {
      'kustomization.yaml': `${base}transformers:\n  - tags.yaml\n`,
      'tags.yaml': `kind: ImageTagTransformer\nimageTag: {name: model, newName: other}\n`,
    },
    'E_ENV_FILE_IMAGE deploy/kustomization.yaml:7',
  ],
  [
    'a replacement',
    {
      'kustomization.yaml': `${base}replacements:\n  - source: {kind: Service, fieldPath: metadata.name}\n    targets: [{select: {kind: Deployment}, fieldPaths: ["spec.template.spec.containers.0.image"]}]\n`,
    },
    'E_ENV_FILE_IMAGE deploy/kustomization.yaml:8',
  ],
];

test('patches and replacements that leave images alone are welcome', async () => {
  const kustomization = `${base}patches:\n  - path: more.yaml\nreplacements:\n  - source: {kind: Service, fieldPath: metadata.name}\n    targets: [{select: {kind: Ingress}, fieldPaths: ["spec.rules.0.host"]}]\n`;
  const more = '{kind: Deployment, metadata: {name: churn}, spec: {replicas: 2}}\n';
  await registerVersion(
    workspace,
    'v1.0.0',
    {},
    {
      ...deployFiles,
      [`${deploy}/kustomization.yaml`]: kustomization,
      [`${deploy}/more.yaml`]: more,
    },
  );
  const { plan } = await previewPromotion(workspace, {
    model: 'churn',
    version: 'v1.0.0',
    environment: 'dev',
  });
  expect(plan.kind).toBe('write');
});

test.each(
  detours.map(([name, files, refusal], index) => ({ name, files, refusal, version: `v2.${index}.0` })),
)('$name runs no image that was not judged', async ({ files, refusal, version }) => {
  const changed = Object.fromEntries(
    Object.entries(files).map(([path, text]) => [`${deploy}/${path}`, text]),
  );
  await registerVersion(workspace, version, {}, { ...deployFiles, ...changed });
  const refused = await previewPromotion(workspace, { model: 'churn', version, environment: 'dev' }).then(
    () => 'promoted',
    (error: unknown) => {
      if (!(error instanceof LockstepError)) throw error;
      return `${error.code} ${error.where?.file.replace('models/churn/', '')}:${error.where?.line}`;
    },
  );
  expect(refused).toBe(refusal);
});
