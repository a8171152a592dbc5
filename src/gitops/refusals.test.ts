import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { commitFiles, type GitSandbox, makeSandbox, messageOf } from '../../test/git-sandbox.ts';
import { deployFiles, makeProject, registerVersion } from '../../test/release-sandbox.ts';
import type { CheckResult } from '../gate/verdict.ts';
import { digestOf, git, type Workspace } from '../workspace/index.ts';
import { hold, promote, rollback } from './index.ts';

// Group P of bad inputs: one clear error each, and neither origin nor this clone is changed by any of them.

let sandbox: GitSandbox;
let workspace: Workspace;

const verdict = (outcome: 'pass' | 'fail' | 'inconclusive', checks: CheckResult[] = []) => ({
  verdict: outcome,
  digest: digestOf('v'),
  reasons: outcome === 'pass' ? [] : ['roc_auc is 0.58, at least 0.6 is asked for'],
  checks,
});
const waived: CheckResult = {
  id: 'roc_auc at-least 0.6',
  check: { metric: 'roc_auc', 'at-least': 0.6 },
  outcome: 'waived',
  value: 0.5,
  bound: null,
  limit: 0.6,
  reason: 'waived',
};
const waiver = (until: string) =>
  `checks:\n  - {metric: roc_auc, at-least: 0.6}\nwaivers:\n  - {check: "roc_auc at-least 0.6", owner: ada, reason: new data, until: ${until}}\n`;
const deploy = (name: string, text: string) => ({ [`models/churn/deploy/${name}`]: text });
const base = deployFiles['models/churn/deploy/kustomization.yaml']!;

beforeAll(async () => {
  sandbox = await makeSandbox();
  workspace = await makeProject(sandbox);
  const register = (version: string, over = {}, files = {}) =>
    registerVersion(workspace, version, over, files);
  await register('v1.0.0');
  await register('v1.1.0', { verdicts: {} });
  await register('v1.2.0', { verdicts: { staging: verdict('pass') } });
  await register('v1.3.0', { verdicts: { dev: verdict('fail') } });
  await register('v1.4.0', { verdicts: { dev: verdict('inconclusive') } });
  await register('v1.5.0', { policy: { digest: digestOf('another policy'), commit: null } });
  await register(
    'v1.6.0',
    { verdicts: { dev: verdict('pass', [waived]) } },
    { 'models/churn/policy.yaml': waiver('"2026-01-31"') },
  );
  await register(
    'v1.7.0',
    {},
    {
      'models/churn/policy.yaml':
        'checks:\n  - {metric: roc_auc, at-least: 0.6}\nenvironments:\n  staging: {soak: 24h}\n',
    },
  );
  const rest = { 'models/churn/policy.yaml': 'checks:\n  - {metric: roc_auc, at-least: 0.6}\n' };
  await register(
    'v1.8.0',
    {},
    {
      ...rest,
      ...deploy('kustomization.yaml', base.replace('service.yaml', 'https://github.com/evil/base?ref=main')),
    },
  );
  await register(
    'v1.9.0',
    {},
    {
      ...rest,
      ...deploy('kustomization.yaml', base),
      ...deploy(
        'deployment.yaml',
        deployFiles['models/churn/deploy/deployment.yaml']!.replace('image: model', 'image: model:latest'),
      ),
    },
  );
  await register(
    'v1.10.0',
    {},
    {
      ...rest,
      ...deploy('deployment.yaml', deployFiles['models/churn/deploy/deployment.yaml']!),
      ...deploy('kustomization.yaml', `${base}images:\n  - name: model\n    newTag: latest\n`),
    },
  );
  await register(
    'v1.11.0',
    {},
    { ...rest, ...deploy('kustomization.yaml', base), ...deploy('release.json', '{}') },
  );
  await git(['rm', '-q', 'models/churn/deploy/release.json'], { cwd: workspace.root });
  symlinkSync('/etc/passwd', join(workspace.root, 'models/churn/deploy/passwd.yaml'));
  await register('v1.12.0', {}, rest);
  await git(['rm', '-rq', 'models/churn/deploy'], { cwd: workspace.root });
  await register('v1.13.0', {}, rest);
  const commit = await commitFiles(workspace, { ...deployFiles });
  await git(['tag', 'churn@v3.0.0', commit], { cwd: workspace.root });
  await git(['tag', '-a', '-m', 'by hand', 'churn@v3.1.0', commit], { cwd: workspace.root });
  await promote(workspace, { model: 'churn', version: 'v1.7.0', environment: 'dev' });
  await registerVersion(workspace, 'v2.0.0');
  await hold(workspace, { model: 'churn', version: 'v2.0.0', reason: 'wrong airports', release: false });
  await registerVersion(workspace, 'v2.1.0');
  await git(['tag', '-f', '-a', '-m', 'moved', 'churn@v2.1.0', commit], { cwd: workspace.root });
});
afterAll(() => sandbox[Symbol.asyncDispose]());

const to = (version: string, environment: string) => () =>
  promote(workspace, { model: 'churn', version, environment });
const back = (over: object) => () =>
  rollback(workspace, { model: 'churn', environment: 'dev', reason: 'because', hold: true, ...over });

test.each([
  ['an environment with a space', to('v1.0.0', 'prod ')],
  ['an environment as a path', to('v1.0.0', '../prod')],
  ['a misspelt environment', to('v1.0.0', 'stagin')],
  [
    'a model as a path',
    () => promote(workspace, { model: '../churn', version: 'v1.0.0', environment: 'dev' }),
  ],
  ['a version without v', to('1.0.0', 'dev')],
  ['a version as an option', to('--help', 'dev')],
  ['an unknown version', to('v9.9.9', 'dev')],
  ['a lightweight tag', to('v3.0.0', 'dev')],
  ['a tag by hand', to('v3.1.0', 'dev')],
  ['a tag that moved', to('v2.1.0', 'dev')],
  ['no verdict', to('v1.1.0', 'dev')],
  ['a verdict for another environment', to('v1.2.0', 'dev')],
  ['a verdict that failed', to('v1.3.0', 'dev')],
  ['a verdict that cannot tell', to('v1.4.0', 'dev')],
  ['another policy', to('v1.5.0', 'dev')],
  ['a waiver that ended', to('v1.6.0', 'dev')],
  ['an environment skipped', to('v1.7.0', 'production')],
  ['another version before it', to('v1.0.0', 'staging')],
  ['not soaked', to('v1.7.0', 'staging')],
  ['a held version', to('v2.0.0', 'dev')],
  ['a remote base', to('v1.8.0', 'dev')],
  ['a tag in a manifest', to('v1.9.0', 'dev')],
  ['an image of its own in the base', to('v1.10.0', 'dev')],
  ['a file in the way of the evidence', to('v1.11.0', 'dev')],
  ['a link in the base', to('v1.12.0', 'dev')],
  ['no base', to('v1.13.0', 'dev')],
  ['nothing to go back to', back({})],
  ['an empty environment to roll back', back({ environment: 'production' })],
  ['a version that never ran', back({ to: 'v1.0.0' })],
  ['a held version to go back to', back({ to: 'v2.0.0' })],
  ['no reason', back({ reason: ' \n' })],
  [
    'a hold on nothing',
    () => hold(workspace, { model: 'churn', version: 'v8.0.0', reason: 'x', release: false }),
  ],
])('%s', async (name, work) => {
  const refs = () => git(['for-each-ref'], { cwd: sandbox.origin });
  const before = await refs();
  expect({ [name]: await messageOf(work()) }).toMatchSnapshot();
  expect(await refs()).toBe(before);
});

test('without an identity nothing is begun', async () => {
  const nobody = await sandbox.clone('nobody');
  await git(['config', '--remove-section', 'user'], { cwd: nobody.root });
  expect(await messageOf(promote(nobody, { model: 'churn', version: 'v1.0.0', environment: 'dev' }))).toMatch(
    /^E_GIT_IDENTITY: /,
  );
  expect(await git(['for-each-ref', 'refs/lockstep'], { cwd: nobody.root })).toBe('');
});

test('a version signed by somebody else is not promoted until the main branch trusts them', async () => {
  const bob = await sandbox.clone('bob');
  expect(await messageOf(promote(bob, { model: 'churn', version: 'v1.0.0', environment: 'dev' }))).toMatch(
    /^E_SIGNATURE: signed by sha256:<hex>, whom nobody here trusts in tag churn@v1\.0\.0 — /,
  );
});
