import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commitFiles, makeRepository, makeSandbox, messageOf } from '../../test/git-sandbox.ts';
import { before, deployFiles, makeProject, policyText, registerVersion } from '../../test/release-sandbox.ts';
import { git, openWorkspace, type Workspace } from '../workspace/index.ts';
import { historyOf } from './history/history.ts';
import { hold, promote, rollback, statusOf, verifyEnvironments } from './index.ts';

const onMain = { 'lockstep.yaml': 'gitops: {branch: main}\n' };
const dev = { model: 'churn', environment: 'dev' };
const folder = 'models/churn/environments/dev';

/** Two versions of churn, on a main that also holds code, and environments from the first promotion on. */
async function project(sandbox: Awaited<ReturnType<typeof makeSandbox>>): Promise<Workspace> {
  const { root } = await makeProject(sandbox, 'ada', {
    ...onMain,
    'src/code.ts': 'export {};\n',
    'keys.txt': 'a',
  });
  const workspace = openWorkspace(root);
  for (const version of ['v1.0.0', 'v1.1.0']) await registerVersion(workspace, version);
  await toMain(workspace);
  return workspace;
}

const toMain = ({ root }: Workspace) =>
  git(['push', '--quiet', 'origin', 'HEAD:refs/heads/main'], { cwd: root });
const filesOf = (cwd: string, commit: string) => git(['ls-tree', '-r', '--name-only', commit], { cwd });
const changed = (cwd: string, from: string, to: string) =>
  git(['diff', '--name-only', from, to], { cwd }).then((text) => text.split('\n'));

test('promotions, holds and rollbacks to main write the environments and leave the rest', async () => {
  await using sandbox = await makeSandbox();
  const workspace = await project(sandbox);
  const { root } = workspace;
  const before = await git(['rev-parse', 'main'], { cwd: sandbox.origin });
  await promote(workspace, { ...dev, version: 'v1.0.0' });
  expect(await changed(sandbox.origin, before, 'main')).toEqual([
    `${folder}/deployment.yaml`,
    `${folder}/kustomization.yaml`,
    `${folder}/release.json`,
    `${folder}/service.yaml`,
  ]);
  // Others go on working on main, and the model's own files too.
  await git(['pull', '--quiet', '--rebase', 'origin', 'main'], { cwd: root });
  await commitFiles(workspace, {
    'src/code.ts': 'export const a = 1;\n',
    'models/churn/model.yaml': 'task: binary\n',
  });
  await toMain(workspace);
  const second = await promote(workspace, { ...dev, version: 'v1.1.0' });
  expect(await changed(sandbox.origin, `${second.commit}^`, second.commit!)).toEqual([
    `${folder}/kustomization.yaml`,
    `${folder}/release.json`,
  ]);
  await rollback(workspace, { ...dev, reason: 'it is worse', hold: true });
  await hold(workspace, { model: 'churn', version: 'v1.1.0', reason: 'mended', release: true });
  expect(await changed(sandbox.origin, before, 'main')).toEqual([
    'models/churn/environments/dev/deployment.yaml',
    'models/churn/environments/dev/kustomization.yaml',
    'models/churn/environments/dev/release.json',
    'models/churn/environments/dev/service.yaml',
    'models/churn/holds.yaml',
    'models/churn/model.yaml',
    'src/code.ts',
  ]);
  const { verified, findings, folders } = await verifyEnvironments(workspace);
  expect([verified.map(({ version }) => version), findings, folders]).toEqual([['v1.0.0'], [], 1]);
  expect((await historyOf(workspace, 'churn')).map(({ event, tag }) => [event, tag])).toEqual([
    ['release', null],
    ['rollback', 'churn#dev#3'],
    ['promotion', 'churn#dev#2'],
    ['promotion', 'churn#dev#1'],
    ['registration', 'churn@v1.1.0'],
    ['registration', 'churn@v1.0.0'],
  ]);
  expect((await statusOf(workspace)).models.map(({ model }) => model)).toEqual(['churn']);
  expect(await filesOf(sandbox.origin, 'main')).toContain('src/code.ts');
});

test('main that moves under our hands for other reasons is tried again, and both are there', async () => {
  await using sandbox = await makeSandbox();
  const workspace = await project(sandbox);
  const bob = await sandbox.clone('bob');
  const othersPush = async () => {
    await commitFiles(bob, { 'src/other.ts': 'export {};\n' });
    await toMain(bob);
  };
  const result = await promote(workspace, { ...dev, version: 'v1.0.0' }, before('push', othersPush));
  expect(result).toMatchObject({ outcome: 'written', attempts: 2 });
  expect(await filesOf(sandbox.origin, 'main')).toContain('src/other.ts');
});

test('verify calls nothing else of main stray, but what lies among the environments', async () => {
  await using sandbox = await makeSandbox();
  const workspace = await project(sandbox);
  await promote(workspace, { ...dev, version: 'v1.0.0' });
  await git(['pull', '--quiet', '--rebase', 'origin', 'main'], { cwd: workspace.root });
  await commitFiles(workspace, { 'models/churn/environments/notes.md': 'hello\n' });
  await toMain(workspace);
  const { findings } = await verifyEnvironments(workspace);
  expect(findings.map(({ message }) => message)).toEqual([
    'E_ENV_FILE_TAMPERED: a file that no promotion wrote in models/churn/environments/notes.md:1 — models/<model>/environments/<environment>/, models/<model>/observed/<environment>.json, models/<model>/holds.yaml and keys.yaml.',
  ]);
});

test('a run leaves its key in keys.yaml of main, where trust says that such keys count', async () => {
  await using sandbox = await makeSandbox();
  const made = await makeProject(sandbox, 'ada', {
    'lockstep.yaml': 'gitops: {branch: main}\ntrust: [{keys: environments, owner: whoever may push}]\n',
  });
  const workspace = openWorkspace(made.root);
  await registerVersion(workspace, 'v1.0.0');
  await promote(workspace, { ...dev, version: 'v1.0.0' });
  expect(await filesOf(sandbox.origin, 'main')).toContain('keys.yaml');
  expect((await verifyEnvironments(await sandbox.clone('bob'))).findings).toEqual([]);
});

test('without origin the files of a main that is checked out follow, and changes of people are not lost', async () => {
  await using sandbox = await makeSandbox();
  const { root } = await makeRepository(sandbox.folder);
  await commitFiles(openWorkspace(root), {
    ...deployFiles,
    'models/churn/policy.yaml': policyText,
    ...onMain,
  });
  const workspace = openWorkspace(root);
  for (const version of ['v1.0.0', 'v1.1.0']) await registerVersion(workspace, version);
  writeFileSync(join(root, 'model.txt'), 'work in progress');
  await promote(workspace, { ...dev, version: 'v1.0.0' });
  expect(await git(['status', '--porcelain'], { cwd: root })).toBe(' M model.txt');
  const file = join(root, folder, 'kustomization.yaml');
  expect(readFileSync(file, 'utf8')).toContain('digest: sha256:');
  writeFileSync(file, 'mine\n');
  expect(await messageOf(promote(workspace, { ...dev, version: 'v1.1.0' }))).toContain(
    "can't follow their branch",
  );
  expect(readFileSync(file, 'utf8')).toBe('mine\n');
  expect(await git(['tag', '-l', 'churn#*'], { cwd: root })).toBe('churn#dev#1');
  await git(['checkout', '--quiet', '--', folder], { cwd: root });
  await promote(workspace, { ...dev, version: 'v1.1.0' });
  expect((await verifyEnvironments(workspace)).verified.map(({ version }) => version)).toEqual(['v1.1.0']);
});
