import { spawn } from 'node:child_process';
import { chmodSync, cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { commitFiles, type GitSandbox, makeSandbox, messageOf } from '../../test/git-sandbox.ts';
import { before, makeProject, registerVersion } from '../../test/release-sandbox.ts';
import {
  exitOf,
  git,
  openWorkspace,
  parseConfiguration,
  parseYaml,
  type Workspace,
} from '../workspace/index.ts';
import { findSource, historyOf, hold, promote, rollback, statusOf, verifyEnvironments } from './index.ts';

const dev = { model: 'churn', environment: 'dev' };
const child = join(import.meta.dirname, '../../test/crash-child.ts');
let template: GitSandbox;

/** Two versions in origin; environments in another repository, whose main has files of its own. */
beforeAll(async () => {
  template = await makeSandbox();
  const { folder } = template;
  await git(['init', '--quiet', '--bare', '--initial-branch=main', join(folder, 'deploy.git')], {
    cwd: folder,
  });
  const { root } = await template.clone('ops');
  await git(['remote', 'set-url', 'origin', join(folder, 'deploy.git')], { cwd: root });
  await commitFiles(openWorkspace(root), { 'clusters/eu.yaml': 'a: 1\n' }, 'the clusters');
  await git(['push', '--quiet', 'origin', 'HEAD:refs/heads/main'], { cwd: root });
  const workspace = await makeProject(template);
  for (const version of ['v1.0.0', 'v1.1.0']) await registerVersion(workspace, version);
});
afterAll(() => template[Symbol.asyncDispose]());

interface Copy {
  readonly workspace: Workspace;
  readonly origin: string;
  readonly deploy: string;
}

/** The same for each test, its repositories in a folder of their own. */
async function copyOf(name: string): Promise<Copy> {
  const folder = join(template.folder, name);
  for (const part of ['origin.git', 'deploy.git', 'ada'])
    cpSync(join(template.folder, part), join(folder, part), { recursive: true });
  const [root, origin, deploy] = ['ada', 'origin.git', 'deploy.git'].map((part) => join(folder, part)) as [
    string,
    string,
    string,
  ];
  await git(['remote', 'set-url', 'origin', origin], { cwd: root });
  writeFileSync(join(root, 'lockstep.yaml'), `gitops: {repository: "${deploy}", branch: main}\n`);
  return { workspace: openWorkspace(root), origin, deploy };
}

const subjects = async (cwd: string, branch = 'main') =>
  (await git(['log', '--first-parent', '--format=%s', branch], { cwd })).split('\n');
const tags = async (cwd: string) =>
  (await git(['tag', '-l', 'churn#*'], { cwd })).split('\n').filter(Boolean);

test('everything is written there and read there; the tags are at origin', async () => {
  const { workspace, origin, deploy } = await copyOf('all');
  const first = await promote(workspace, { ...dev, version: 'v1.0.0' });
  expect(first).toMatchObject({ outcome: 'written', tag: 'churn#dev#1', from: null });
  await promote(workspace, { ...dev, version: 'v1.1.0' });
  expect(await promote(workspace, { ...dev, version: 'v1.1.0' })).toMatchObject({
    outcome: 'already',
    commit: null,
    tag: 'churn#dev#2',
  });
  const back = await rollback(workspace, { ...dev, reason: 'it is worse', hold: true });
  expect(back).toMatchObject({ from: 'v1.1.0', to: 'v1.0.0', tag: 'churn#dev#3' });
  await hold(workspace, { model: 'churn', version: 'v1.1.0', reason: 'mended', release: true });
  expect(await subjects(deploy)).toEqual([
    'churn: release v1.1.0: mended',
    'churn: dev back to v1.0.0 (was v1.1.0): it is worse',
    'churn: v1.1.0 to dev (was v1.0.0)',
    'churn: v1.0.0 to dev',
    'the clusters',
  ]);
  expect(await git(['ls-tree', '-r', '--name-only', 'main', 'clusters'], { cwd: deploy })).toBe(
    'clusters/eu.yaml',
  );
  expect([await tags(deploy), await tags(origin)]).toEqual([
    [],
    ['churn#dev#1', 'churn#dev#2', 'churn#dev#3'],
  ]);
  expect(await git(['for-each-ref', '--format=%(refname)', 'refs/heads'], { cwd: origin })).toBe(
    'refs/heads/main',
  );
  // Nothing of it is known here but what was asked of that repository.
  await git(['update-ref', '-d', 'refs/lockstep/environments'], { cwd: workspace.root });
  const { verified, findings, source } = await verifyEnvironments(workspace);
  expect([verified.map(({ version }) => version), findings, source]).toEqual([['v1.0.0'], [], 'origin']);
  expect((await statusOf(workspace)).models[0]!.environments[0]).toMatchObject({ version: 'v1.0.0' });
  expect((await historyOf(workspace, 'churn')).map(({ event, tag }) => [event, tag])).toEqual([
    ['release', null],
    ['rollback', 'churn#dev#3'],
    ['promotion', 'churn#dev#2'],
    ['promotion', 'churn#dev#1'],
    ['registration', 'churn@v1.1.0'],
    ['registration', 'churn@v1.0.0'],
  ]);
  expect(await findSource(workspace, { remote: undefined, branch: undefined })).toEqual({
    remote: deploy,
    branch: 'main',
  });
});

const around = (effects: readonly string[]) =>
  effects.flatMap((effect) => [[effect, 'before'] as const, [effect, 'after'] as const]);

test.each(around(['push', 'read back', 'tag', 'observe']))(
  'promote killed at "%s", %s: one more run gives one commit there and one tag at origin',
  async (effect, when) => {
    const { workspace, origin, deploy } = await copyOf(`crash-${effect}-${when}`);
    await promote(workspace, { ...dev, version: 'v1.0.0' });
    const killed = spawn(process.execPath, [child, workspace.root, 'promote', effect, when], {
      stdio: 'ignore',
    });
    expect((await exitOf(killed)).signal).toBe('SIGKILL');
    expect((await verifyEnvironments(workspace)).findings).toEqual([]);
    await promote(workspace, { ...dev, version: 'v1.1.0' });
    expect((await subjects(deploy)).slice(0, 2)).toEqual([
      'churn: v1.1.0 to dev (was v1.0.0)',
      'churn: v1.0.0 to dev',
    ]);
    expect(await tags(origin)).toEqual(['churn#dev#1', 'churn#dev#2']);
    expect((await verifyEnvironments(workspace)).verified.map(({ version }) => version)).toEqual(['v1.1.0']);
  },
);

test.each(around(['push', 'tag']))(
  'rollback killed at "%s", %s: running again goes back once, with one tag',
  async (effect, when) => {
    const { workspace, origin, deploy } = await copyOf(`back-${effect}-${when}`);
    for (const version of ['v1.0.0', 'v1.1.0']) await promote(workspace, { ...dev, version });
    const killed = spawn(process.execPath, [child, workspace.root, 'rollback', effect, when], {
      stdio: 'ignore',
    });
    expect((await exitOf(killed)).signal).toBe('SIGKILL');
    const back = await rollback(workspace, { ...dev, reason: 'it is worse', hold: true });
    expect(back).toMatchObject({ from: 'v1.1.0', to: 'v1.0.0', tag: 'churn#dev#3' });
    expect(await subjects(deploy)).toHaveLength(4);
    expect(await tags(origin)).toEqual(['churn#dev#1', 'churn#dev#2', 'churn#dev#3']);
  },
);

test('who takes the number of the tag first is counted after', async () => {
  const { workspace, origin } = await copyOf('taken');
  const othersTag = async () => {
    const author = ['-c', 'user.name=bob', '-c', 'user.email=bob@example.com'];
    await git([...author, 'tag', '-a', '-m', 'please', 'churn#staging#1', 'main'], { cwd: origin });
    await git([...author, 'tag', '-a', '-m', 'please', 'churn#dev#1', 'main'], { cwd: origin });
  };
  const result = await promote(workspace, { ...dev, version: 'v1.0.0' }, before('tag', othersTag));
  expect(result.tag).toBe('churn#dev#2');
});

test('a tag that origin refuses is told, and made when origin takes it', async () => {
  const { workspace, origin, deploy } = await copyOf('refused');
  const hook = join(origin, 'hooks/pre-receive');
  writeFileSync(
    hook,
    '#!/bin/sh\necho "error: GH013: Repository rule violations found for refs/tags/churn#dev#1." >&2\nexit 1\n',
  );
  chmodSync(hook, 0o755);
  expect(await messageOf(promote(workspace, { ...dev, version: 'v1.0.0' }))).toMatchInlineSnapshot(
    `"E_GIT_PUSH_REFUSED: origin refused the tag churn#dev#1, while dev of churn names v1.0.0 already: [remote rejected] (pre-receive hook declined); GH013: Repository rule violations found for refs/tags/churn#dev#1. Fix: add who pushes here to the bypass list of the ruleset (Settings → Rules), for this ref alone; \`lockstep doctor\` shows the rules."`,
  );
  expect((await subjects(deploy))[0]).toBe('churn: v1.0.0 to dev');
  expect([await tags(origin), await tags(workspace.root)]).toEqual([[], []]);
  rmSync(hook);
  expect(await promote(workspace, { ...dev, version: 'v1.0.0' })).toMatchObject({
    outcome: 'already',
    tag: 'churn#dev#1',
  });
  expect(await subjects(deploy)).toHaveLength(2);
});

test('a repository that cannot be reached is told, and nothing is written', async () => {
  const { workspace, origin, deploy } = await copyOf('gone');
  rmSync(deploy, { recursive: true });
  expect(await messageOf(promote(workspace, { ...dev, version: 'v1.0.0' }))).toMatch(/^E_GIT: git ls-remote/);
  expect(await tags(origin)).toEqual([]);
});

test.each(['-oProxyCommand=x', 'ext::sh -c x', 'deploy.git', 'ssh://-oProxyCommand=x/y'])(
  'the address %s is refused',
  (repository) => {
    const parsed = parseYaml(Buffer.from(`gitops: {repository: "${repository}"}\n`), 'lockstep.yaml');
    expect(() => parseConfiguration(parsed)).toThrow(
      /^E_CONFIG_VALUE: gitops\.repository is the text .* — https:/,
    );
  },
);

test('a password in the address is refused, and not repeated', () => {
  const parsed = parseYaml(
    Buffer.from('gitops: {repository: "https://u:secret@h.org/d.git"}\n'),
    'lockstep.yaml',
  );
  expect(() => parseConfiguration(parsed)).toThrowErrorMatchingInlineSnapshot(
    `[LockstepError: E_REMOTE_CREDENTIALS: the repository https://***@h.org/d.git carries credentials in lockstep.yaml — an address without a user and password, since it is committed. Fix: take them out of the address, and change the password: it may have been pushed.]`,
  );
});

test.each([
  'https://github.com/acme/deploy.git',
  'git@github.com:acme/deploy.git',
  'ssh://git@example.com/acme/deploy.git',
  'file:///srv/deploy.git',
])('the address %s is taken', (repository) => {
  const parsed = parseYaml(Buffer.from(`gitops: {repository: "${repository}"}\n`), 'lockstep.yaml');
  expect(parseConfiguration(parsed).gitops).toEqual({ branch: 'environments', mode: 'push', repository });
});
