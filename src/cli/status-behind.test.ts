import { expect, test } from 'vitest';
import { commitFiles, makeRepository, makeSandbox } from '../../test/git-sandbox.ts';
import { deployFiles, makeProject, policyText, registerVersion } from '../../test/release-sandbox.ts';
import { promote, statusOf } from '../gitops/index.ts';
import { git, type Workspace } from '../workspace/index.ts';
import { command as status } from './status.ts';

const deployment = 'models/churn/deploy/deployment.yaml';
const grown = `${deployFiles[deployment]}          resources: {}\n`;

const toMain = (workspace: Workspace) =>
  git(['push', '--quiet', 'origin', 'HEAD:refs/heads/main'], { cwd: workspace.root });

const behind = async (workspace: Workspace) =>
  (await statusOf(workspace)).models[0]!.environments.map((one) => [one.environment, one.behind]);

const textOf = async (workspace: Workspace) => {
  const input = { workspace, cwd: workspace.root, positionals: [], values: {}, json: false };
  return (await status.run(input)).text.split('\n').filter((line) => / is |copied/.test(line));
};

test('status says how many manifest changes an environment is behind main, and which files', async () => {
  await using sandbox = await makeSandbox();
  const workspace = await makeProject(sandbox);
  await registerVersion(workspace, 'v1.0.0');
  for (const environment of ['dev', 'staging', 'production'])
    await promote(workspace, { model: 'churn', version: 'v1.0.0', environment });
  await commitFiles(workspace, { 'README.md': 'hello', 'models/churn/model.yaml': 'task: binary\n' });
  await toMain(workspace);
  expect(await behind(workspace)).toEqual([
    ['dev', null],
    ['staging', null],
    ['production', null],
  ]);
  await commitFiles(workspace, { 'models/churn/deploy/production.yaml': 'spec: {replicas: 5}\n' });
  await toMain(workspace);
  expect(await textOf(workspace)).toEqual([
    '    production is one manifest change behind main (production.yaml)',
  ]);
  await commitFiles(workspace, { [deployment]: grown });
  await commitFiles(workspace, {
    [deployment]: `# more\n${grown}`,
    'models/churn/deploy/hpa.yaml': 'a: 1\n',
  });
  await toMain(workspace);
  expect(await behind(workspace)).toEqual([
    ['dev', { branch: 'main', commits: 2, files: ['deployment.yaml', 'hpa.yaml'] }],
    ['staging', { branch: 'main', commits: 2, files: ['deployment.yaml', 'hpa.yaml'] }],
    ['production', { branch: 'main', commits: 3, files: ['deployment.yaml', 'hpa.yaml', 'production.yaml'] }],
  ]);
});

test('a change that was taken back leaves nobody behind; a merge counts as one change', async () => {
  await using sandbox = await makeSandbox();
  const workspace = await makeProject(sandbox);
  const { root } = workspace;
  await registerVersion(workspace, 'v1.0.0');
  await promote(workspace, { model: 'churn', version: 'v1.0.0', environment: 'dev' });
  await commitFiles(workspace, { [deployment]: grown });
  await commitFiles(workspace, { [deployment]: deployFiles[deployment]! });
  await toMain(workspace);
  expect(await behind(workspace)).toEqual([['dev', null]]);
  await git(['switch', '--quiet', '--create', 'side'], { cwd: root });
  await commitFiles(workspace, { [deployment]: `# one\n${grown}` });
  await commitFiles(workspace, { [deployment]: `# two\n${grown}` });
  await git(['switch', '--quiet', 'main'], { cwd: root });
  await git(['merge', '--quiet', '--no-ff', '-m', 'merge', 'side'], { cwd: root });
  await toMain(workspace);
  // The two that were taken back are before it, and what was copied is found after one step.
  expect(await behind(workspace)).toEqual([
    ['dev', { branch: 'main', commits: 1, files: ['deployment.yaml'] }],
  ]);
});

test('a version of another branch is ahead of main, or beside it', async () => {
  await using sandbox = await makeSandbox();
  const workspace = await makeProject(sandbox);
  await commitFiles(workspace, { [deployment]: grown });
  await registerVersion(workspace, 'v1.0.0');
  await promote(workspace, { model: 'churn', version: 'v1.0.0', environment: 'dev' });
  expect(await behind(workspace)).toEqual([['dev', null]]);
  await git(['reset', '--quiet', '--hard', 'HEAD~2'], { cwd: workspace.root });
  await commitFiles(workspace, { [deployment]: `# other\n${grown}` });
  await toMain(workspace);
  expect(await textOf(workspace)).toEqual([
    '    dev is copied from elsewhere than main, which has other manifests (deployment.yaml)',
  ]);
});

test('without origin the main branch is the own one', async () => {
  await using sandbox = await makeSandbox();
  const workspace = await makeRepository(sandbox.folder);
  await commitFiles(workspace, { ...deployFiles, 'models/churn/policy.yaml': policyText });
  await registerVersion(workspace, 'v1.0.0');
  await promote(workspace, { model: 'churn', version: 'v1.0.0', environment: 'dev' });
  await commitFiles(workspace, { [deployment]: grown });
  expect(await behind(workspace)).toEqual([
    ['dev', { branch: 'main', commits: 1, files: ['deployment.yaml'] }],
  ]);
});
