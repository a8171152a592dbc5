import { spawn } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { commitFiles, type GitSandbox, makeSandbox, messageOf } from '../../test/git-sandbox.ts';
import { makeProject, registerVersion } from '../../test/release-sandbox.ts';
import { exitOf, git, openWorkspace, type Workspace } from '../workspace/index.ts';
import {
  historyAt,
  historyOf,
  hold,
  openRequests,
  promote,
  readTagState,
  rollback,
  untagged,
  verifyEnvironments,
} from './index.ts';

const dev = { model: 'churn', environment: 'dev' };
const branch = 'lockstep/promote/churn/dev/v1.0.0';
const child = join(import.meta.dirname, '../../test/crash-child.ts');
let template: GitSandbox;

beforeAll(async () => {
  template = await makeSandbox();
  const { root } = await makeProject(template, 'ada', {
    'lockstep.yaml': 'gitops: {branch: main, mode: pull-request}\n',
  });
  const workspace = openWorkspace(root);
  for (const version of ['v1.0.0', 'v1.1.0']) await registerVersion(workspace, version);
  await git(['push', '--quiet', 'origin', 'HEAD:refs/heads/main'], { cwd: root });
});
afterAll(() => template[Symbol.asyncDispose]());

interface Copy {
  readonly workspace: Workspace;
  readonly origin: string;
  /** Merges a branch to main as a forge does, and returns what main is then. */
  merge(branch: string, how: 'merge' | 'squash' | 'squash as a forge words it'): Promise<string>;
}

async function copyOf(name: string): Promise<Copy> {
  const folder = join(template.folder, name);
  for (const part of ['origin.git', 'ada'])
    cpSync(join(template.folder, part), join(folder, part), { recursive: true });
  const [root, origin, forge] = [join(folder, 'ada'), join(folder, 'origin.git'), join(folder, 'forge')];
  await git(['remote', 'set-url', 'origin', origin], { cwd: root });
  return {
    workspace: openWorkspace(root),
    origin,
    async merge(source, how) {
      await git(['clone', '--quiet', origin, forge], { cwd: folder });
      const as = ['-c', 'user.name=grace', '-c', 'user.email=grace@example.com'];
      const message = await git(['log', '-1', '--format=%B', `origin/${source}`], { cwd: forge });
      if (how === 'merge') {
        await git([...as, 'merge', '--quiet', '--no-ff', '-m', `Merge pull request 7`, `origin/${source}`], {
          cwd: forge,
        });
      } else {
        await git([...as, 'merge', '--quiet', '--squash', `origin/${source}`], { cwd: forge });
        const words =
          how === 'squash'
            ? 'Promote it (7)'
            : `${message.replace('\n', ' (#7)\n')}\n\nCo-authored-by: A <a@example.com>`;
        await git([...as, 'commit', '--quiet', '-m', words], { cwd: forge });
      }
      await git(['push', '--quiet', 'origin', 'HEAD:main'], { cwd: forge });
      const tip = await git(['rev-parse', 'HEAD'], { cwd: forge });
      rmSync(forge, { recursive: true });
      return tip;
    },
  };
}

const refs = (cwd: string, pattern: string) =>
  git(['for-each-ref', '--format=%(objectname) %(refname)', pattern], { cwd });
const tags = async (cwd: string) =>
  (await git(['tag', '-l', 'churn#*'], { cwd })).split('\n').filter(Boolean);

test('a promotion is a commit on a branch of its own, upon main, which stays as it is', async () => {
  const { workspace, origin } = await copyOf('propose');
  const main = await git(['rev-parse', 'main'], { cwd: origin });
  const first = await promote(workspace, { ...dev, version: 'v1.0.0' });
  expect(first).toMatchObject({
    outcome: 'proposed',
    commit: null,
    tag: null,
    from: null,
    proposal: { branch, target: 'main', base: main, state: 'made' },
  });
  expect(await git(['rev-parse', 'main', `${branch}^`], { cwd: origin })).toBe(`${main}\n${main}`);
  expect((await git(['diff', '--name-only', 'main', branch], { cwd: origin })).split('\n')).toEqual([
    'models/churn/environments/dev/deployment.yaml',
    'models/churn/environments/dev/kustomization.yaml',
    'models/churn/environments/dev/release.json',
    'models/churn/environments/dev/service.yaml',
  ]);
  expect(await tags(origin)).toEqual([]);
  const before = await refs(origin, 'refs');
  const again = await promote(workspace, { ...dev, version: 'v1.0.0' });
  expect(again.proposal).toEqual({ ...first.proposal, state: 'unchanged' });
  expect(await refs(origin, 'refs')).toBe(before);
});

test.each(['merge', 'squash', 'squash as a forge words it'] as const)(
  'merged by a %s, the folder proves itself, and the next run makes the one tag',
  async (how) => {
    const { workspace, origin, merge } = await copyOf(`merged-${how}`);
    await promote(workspace, { ...dev, version: 'v1.0.0' });
    expect(await untagged(workspace, ['churn'])).toEqual([]);
    await merge(branch, how);
    const { verified, findings } = await verifyEnvironments(workspace);
    expect([verified.map(({ version }) => version), findings]).toEqual([['v1.0.0'], []]);
    expect((await untagged(workspace, ['churn'])).map(({ environment }) => environment)).toEqual(['dev']);
    const done = await promote(workspace, { ...dev, version: 'v1.0.0' });
    expect(done).toMatchObject({ outcome: 'already', tag: 'churn#dev#1', proposal: null });
    expect(await untagged(workspace, ['churn'])).toEqual([]);
    await promote(workspace, { ...dev, version: 'v1.0.0' });
    expect(await tags(origin)).toEqual(['churn#dev#1']);
    const [told] = await historyOf(workspace, 'churn');
    expect(told).toMatchObject(
      how === 'squash'
        ? { event: 'request', tag: 'churn#dev#1' }
        : { event: 'promotion', version: 'v1.0.0', environment: 'dev', tag: 'churn#dev#1' },
    );
    const { environments } = await historyAt(workspace, new Date());
    expect(environments[0]).toMatchObject({ version: 'v1.0.0', by: 'grace <grace@example.com>' });
  },
);

test('main moves: elsewhere the proposal stands, for the same environment it is made anew without force', async () => {
  const { workspace, origin, merge } = await copyOf('moves');
  const { proposal } = await promote(workspace, { ...dev, version: 'v1.0.0' });
  await git(['pull', '--quiet', 'origin', 'main'], { cwd: workspace.root });
  await commitFiles(workspace, { 'src/code.ts': 'export {};\n' });
  await git(['push', '--quiet', 'origin', 'HEAD:refs/heads/main'], { cwd: workspace.root });
  expect((await promote(workspace, { ...dev, version: 'v1.0.0' })).proposal).toEqual({
    ...proposal,
    state: 'unchanged',
  });
  await promote(workspace, { ...dev, version: 'v1.1.0' });
  await merge('lockstep/promote/churn/dev/v1.1.0', 'merge');
  const anew = await promote(workspace, { ...dev, version: 'v1.0.0' });
  expect(anew).toMatchObject({ from: 'v1.1.0', proposal: { branch, state: 'remade' } });
  const parents = await git(['log', '-1', '--format=%P', branch], { cwd: origin });
  expect(parents).toBe(`${proposal?.commit} ${anew.proposal?.base}`);
  // What people see of it is the promotion alone.
  expect((await git(['diff', '--name-only', `main...${branch}`], { cwd: origin })).split('\n')).toEqual([
    'models/churn/environments/dev/kustomization.yaml',
    'models/churn/environments/dev/release.json',
  ]);
  await merge(branch, 'squash');
  expect((await verifyEnvironments(workspace)).verified.map(({ version }) => version)).toEqual(['v1.0.0']);
});

test('what somebody pushed upon the branch is not promoted with it', async () => {
  const { workspace, origin } = await copyOf('foreign');
  await promote(workspace, { ...dev, version: 'v1.0.0' });
  const { root } = workspace;
  await git(['fetch', '--quiet', 'origin', branch], { cwd: root });
  await git(['switch', '--quiet', '--detach', 'FETCH_HEAD'], { cwd: root });
  await commitFiles(workspace, { 'src/evil.ts': 'steal();\n' }, 'a little more');
  await git(['push', '--quiet', 'origin', `HEAD:refs/heads/${branch}`], { cwd: root });
  await git(['switch', '--quiet', 'main'], { cwd: root });
  expect((await promote(workspace, { ...dev, version: 'v1.0.0' })).proposal?.state).toBe('remade');
  expect(await git(['diff', '--name-only', `main...${branch}`], { cwd: origin })).not.toContain('evil');
});

test('a tag that asks is answered by the merge, and no other is made', async () => {
  const { workspace, origin, merge } = await copyOf('asked');
  const { root } = workspace;
  await git(['tag', '-a', '-m', 'please', 'churn#dev#4', 'churn@v1.0.0^{commit}'], { cwd: root });
  await git(['push', '--quiet', 'origin', 'refs/tags/churn#dev#4'], { cwd: root });
  const asked = async () => (await openRequests(workspace, ['churn'], new Date())).map(({ tag }) => tag);
  expect(await asked()).toEqual(['churn#dev#4']);
  const made = await promote(workspace, { ...dev, version: 'v1.0.0', tag: 'churn#dev#4' });
  expect(made).toMatchObject({ outcome: 'proposed', tag: 'churn#dev#4' });
  // It stands and waits for people: no sweep has anything to do.
  expect(await asked()).toEqual([]);
  expect((await readTagState(workspace, 'churn#dev#4')).kind).toBe('open');
  await merge(branch, 'squash');
  expect((await readTagState(workspace, 'churn#dev#4')).kind).toBe('written');
  expect([await asked(), await untagged(workspace, ['churn'])]).toEqual([[], []]);
  await promote(workspace, { ...dev, version: 'v1.0.0' });
  expect(await tags(origin)).toEqual(['churn#dev#4']);
});

test('rollback and hold are proposed too', async () => {
  const { workspace, merge } = await copyOf('back');
  for (const version of ['v1.0.0', 'v1.1.0']) {
    await promote(workspace, { ...dev, version });
    await merge(`lockstep/promote/churn/dev/${version}`, 'merge');
  }
  const request = { ...dev, reason: 'it is worse', hold: true };
  const back = await rollback(workspace, request);
  expect(back).toMatchObject({
    outcome: 'proposed',
    from: 'v1.1.0',
    to: 'v1.0.0',
    tag: null,
    proposal: { branch: 'lockstep/rollback/churn/dev', state: 'made' },
  });
  expect((await rollback(workspace, request)).proposal).toEqual({ ...back.proposal, state: 'unchanged' });
  await merge('lockstep/rollback/churn/dev', 'merge');
  expect((await verifyEnvironments(workspace)).verified.map(({ version }) => version)).toEqual(['v1.0.0']);
  expect((await historyOf(workspace, 'churn'))[0]).toMatchObject({ event: 'rollback', from: 'v1.1.0' });
  const released = await hold(workspace, {
    model: 'churn',
    version: 'v1.1.0',
    reason: 'mended',
    release: true,
  });
  expect(released).toMatchObject({ commit: null, proposal: { branch: 'lockstep/release/churn/v1.1.0' } });
});

const around = (effects: readonly string[]) =>
  effects.flatMap((effect) => [[effect, 'before'] as const, [effect, 'after'] as const]);

test.each(around(['objects', 'push', 'read back']))(
  'killed at "%s", %s: main is as it was, and one more run leaves one proposal',
  async (effect, when) => {
    const { workspace, origin } = await copyOf(`crash-${effect}-${when}`.replaceAll(' ', '-'));
    const main = await git(['rev-parse', 'main'], { cwd: origin });
    const killed = spawn(process.execPath, [child, workspace.root, 'promote', effect, when], {
      stdio: 'ignore',
    });
    expect((await exitOf(killed)).signal).toBe('SIGKILL');
    const { proposal } = await promote(workspace, { ...dev, version: 'v1.1.0' });
    expect(await git(['log', '--format=%s', `main..${proposal?.branch}`], { cwd: origin })).toBe(
      'churn: v1.1.0 to dev',
    );
    expect(await git(['rev-parse', 'main'], { cwd: origin })).toBe(main);
    expect(await tags(origin)).toEqual([]);
  },
);

test('two who propose the same at once leave one branch', async () => {
  const { workspace, origin } = await copyOf('twice');
  const bob = join(template.folder, 'twice', 'bob');
  cpSync(workspace.root, bob, { recursive: true });
  const results = await Promise.all(
    [workspace, openWorkspace(bob)].map((one) => promote(one, { ...dev, version: 'v1.0.0' })),
  );
  expect(new Set(results.map(({ proposal }) => proposal?.commit)).size).toBe(1);
  expect(await git(['log', '--format=%s', `main..${branch}`], { cwd: origin })).toBe('churn: v1.0.0 to dev');
});

test('without a branch to merge to, or with keys that runs would leave there, it is refused before anything', async () => {
  const { workspace, origin } = await copyOf('refused');
  const { configuration } = workspace;
  const onto = {
    ...workspace,
    configuration: { ...configuration, gitops: { ...configuration.gitops, branch: 'deploys' } },
  };
  expect(await messageOf(promote(onto, { ...dev, version: 'v1.0.0' }))).toMatchInlineSnapshot(
    `"E_GIT: there is no branch deploys at origin that a pull request could be merged to in lockstep.yaml — gitops: {mode: pull-request} with a branch that exists. Fix: git push origin "$(git commit-tree -m "Environments" "$(git mktree </dev/null)")":refs/heads/deploys."`,
  );
  await commitFiles(workspace, {
    'lockstep.yaml':
      'gitops: {branch: main, mode: pull-request}\ntrust: [{keys: environments, owner: whoever may push}]\n',
  });
  await git(['push', '--quiet', 'origin', 'HEAD:refs/heads/main'], { cwd: workspace.root });
  expect(
    await messageOf(promote(openWorkspace(workspace.root), { ...dev, version: 'v1.0.0' })),
  ).toMatchInlineSnapshot(
    `"E_CONFIG_VALUE: trust says {keys: environments}, and main takes pull requests alone: a run cannot leave its key there in lockstep.yaml — with gitops: {mode: pull-request}, keys that last. Fix: list the public key of whoever promotes under trust, and give runs the secret LOCKSTEP_SIGNING_KEY (docs/formats/keys.md)."`,
  );
  expect(await refs(origin, 'refs/heads/lockstep')).toBe('');
});
