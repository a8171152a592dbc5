import { registerVersion } from '../release-sandbox.ts';
import { commitChanges } from './change-branch.ts';
import { git } from './checker/git.ts';
import type { World } from './world.ts';

/** Does something honest to a project; after each of them its branch is true. */
export interface Honest {
  readonly name: string;
  readonly work: (world: World) => Promise<unknown> | unknown;
}

const branch = 'refs/heads/environments';
const environments = ['dev', 'staging', 'production'];
const deployment = (more: string) =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: churn\nspec:\n  template:\n    spec:\n      containers:\n        - name: model\n          image: model\n${more}`;
const head = 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n';

/** A person's edit of a kustomization on the branch which means the same. */
const layout = (name: string, environment: string, change: (text: string) => string): Honest => ({
  name: `${name}, by hand`,
  work: ({ origin }) => {
    const path = `models/churn/environments/${environment}/kustomization.yaml`;
    const text = `${git(origin, ['show', `${branch}:${path}`])}\n`;
    if (change(text) === text) throw new Error(`${name} changes nothing`);
    commitChanges(origin, { [path]: change(text) });
  },
});

let minor = 0;
/** The next version, with another base, into dev. */
const base = (name: string, deploy: Readonly<Record<string, string>>): Honest => ({
  name: `a base with ${name}`,
  work: async (world) => {
    const version = `v2.${minor++}.0`;
    const files = Object.entries(deploy).map(([file, text]) => [`models/churn/deploy/${file}`, text]);
    await registerVersion(world.workspace, version, {}, Object.fromEntries(files));
    await world.promote(version, ['dev']);
  },
});

const promoted = (version: string, environment: string, model = 'churn'): Honest => ({
  name: `${model} ${version} in ${environment}`,
  work: (world) => world.promote(version, [environment], model),
});
const typed = (...command: string[]): Honest => ({
  name: command.slice(0, 2).join(' '),
  work: async (world) => {
    const { exit, stderr } = await world.cli([...command, '--reason', 'for a test']);
    if (exit !== 0) throw new Error(`${command.join(' ')}: ${stderr}`);
  },
});

export const goodTrees: readonly Honest[] = [
  ...environments.map((environment) => promoted('v1.0.0', environment)),
  promoted('v1.0.0', 'dev', 'other'),
  promoted('v1.1.0', 'dev'),
  promoted('v1.1.0', 'staging'),
  layout('a comment at the top', 'dev', (text) => `# Ours.\n${text}`),
  layout('a comment at the end', 'dev', (text) => `${text}# Ours.\n`),
  layout('blank lines', 'staging', (text) => text.replace('resources:', '\n\nresources:')),
  layout('quotes', 'staging', (text) => text.replace(/digest: (.*)/, 'digest: "$1"')),
  layout('more blanks', 'production', (text) => text.replace('digest: ', 'digest:    ')),
  layout('another order of keys', 'production', (text) =>
    text.replace(/(\n {4}newName: .*)(\n {4}digest: .*)/, '$2$1'),
  ),
  layout('Windows line ends', 'staging', (text) => text.replaceAll('\n', '\r\n')),
  layout('one line a list', 'production', (text) =>
    text.replace('patches:\n  - path: patch.yaml', 'patches: [{path: patch.yaml}]'),
  ),
  promoted('v1.1.0', 'production'),
  typed('rollback', 'churn', '--in', 'production'),
  typed('hold', 'other', 'v1.0.0'),
  typed('hold', 'other', 'v1.0.0', '--release'),
  typed('rollback', 'churn', '--in', 'staging'),
  {
    name: "a version's tag gone",
    work: ({ origin, root }) => {
      for (const at of [origin, root]) git(at, ['update-ref', '-d', 'refs/tags/churn@v1.0.0']);
    },
  },
  { name: 'another branch at origin', work: ({ origin }) => git(origin, ['branch', 'wip', branch]) },
  base('a sidecar by digest', {
    'deployment.yaml': deployment(`        - name: proxy\n          image: proxy@sha256:${'5'.repeat(64)}\n`),
  }),
  base('an init container', {
    'deployment.yaml': deployment(`      initContainers:\n        - {name: once, image: model}\n`),
  }),
  base('two documents in a file', {
    'service.yaml': 'kind: Service\nmetadata: {name: a}\n---\nkind: Service\nmetadata: {name: b}\n',
  }),
  base('anchors in a manifest', {
    'service.yaml': 'kind: Service\nmetadata: {name: &n churn, labels: {app: *n}}\n',
  }),
  base('JSON', {
    'kustomization.yaml': `${head}resources:\n  - deployment.yaml\n  - service.json\n`,
    'service.json': '{"kind": "Service"}\n',
    'service.yaml': '# none\n',
  }),
  base('labels and a namespace', {
    'kustomization.yaml': `${head}namespace: models\nlabels:\n  - pairs: {team: red}\nresources: \n  - deployment.yaml\n`,
  }),
  base('Windows line ends', {
    'kustomization.yaml': `${head}resources:\n  - deployment.yaml\n`.replaceAll('\n', '\r\n'),
  }),
  base('an image of its own', {
    'kustomization.yaml': `${head}resources:\n  - deployment.yaml\nimages:\n  - name: proxy\n    newName: proxy\n    digest: sha256:${'5'.repeat(64)}\n`,
  }),
  base('text that is no ASCII', {
    'deployment.yaml': deployment('# Grüße, 模型\n'),
    'kustomization.yaml': `${head}resources:\n  - deployment.yaml\n`,
  }),
  base('a patch for dev', {
    'dev.yaml': 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: churn}\nspec: {replicas: 1}\n',
  }),
  base('KServe', {
    'deployment.yaml':
      'apiVersion: serving.kserve.io/v1beta1\nkind: InferenceService\nmetadata: {name: churn}\nspec: {predictor: {model: {storageUri: "oci://model"}}}\n',
  }),
];
