import { spawn } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type GitSandbox, makeSandbox } from '../../test/git-sandbox.ts';
import { makeProject, registerVersion } from '../../test/release-sandbox.ts';
import { exitOf, git, openWorkspace } from '../workspace/index.ts';
import { promote, rollback, verifyEnvironments } from './index.ts';

const child = join(import.meta.dirname, '../../test/crash-child.ts');
const branch = 'refs/heads/environments';
let template: GitSandbox;

beforeAll(async () => {
  template = await makeSandbox();
  const workspace = await makeProject(template);
  for (const version of ['v1.0.0', 'v1.1.0']) await registerVersion(workspace, version);
  await promote(workspace, { model: 'churn', version: 'v1.0.0', environment: 'dev' });
});
afterAll(() => template[Symbol.asyncDispose]());

/** A copy of the project with its origin: every crash begins from the same state. */
async function copyOf(name: string) {
  const folder = join(template.folder, name);
  for (const part of ['origin.git', 'ada'])
    cpSync(join(template.folder, part), join(folder, part), { recursive: true });
  const workspace = openWorkspace(join(folder, 'ada'));
  const origin = join(folder, 'origin.git');
  await git(['remote', 'set-url', 'origin', origin], { cwd: workspace.root });
  return { workspace, origin };
}

async function killed(root: string, work: string, effect: string, when: string): Promise<void> {
  const process_ = spawn(process.execPath, [child, root, work, effect, when], { stdio: 'ignore' });
  expect((await exitOf(process_)).signal).toBe('SIGKILL');
}

const commits = async (origin: string) =>
  (await git(['log', '--format=%s', branch], { cwd: origin })).split('\n');
const tags = async (origin: string) => (await git(['tag', '-l', 'churn#*'], { cwd: origin })).split('\n');

const around = (effects: readonly string[]) =>
  effects.flatMap((effect) => [[effect, 'before'] as const, [effect, 'after'] as const]);

test.each(around(['read', 'objects', 'push', 'read back', 'refs', 'observe']))(
  'promote killed at "%s", %s: every folder stays proven, and running again finishes',
  async (effect, when) => {
    const { workspace, origin } = await copyOf(`promote-${effect}-${when}`);
    await killed(workspace.root, 'promote', effect, when);
    expect((await verifyEnvironments(workspace)).findings).toEqual([]);
    expect(['v1.0.0', 'v1.1.0']).toContain((await verifyEnvironments(workspace)).verified[0]!.version);
    await promote(workspace, { model: 'churn', version: 'v1.1.0', environment: 'dev' });
    expect(await commits(origin)).toEqual(['churn: v1.1.0 to dev (was v1.0.0)', 'churn: v1.0.0 to dev']);
    expect(await tags(origin)).toEqual(['churn#dev#1', 'churn#dev#2']);
    expect((await verifyEnvironments(workspace)).verified.map(({ version }) => version)).toEqual(['v1.1.0']);
  },
);

test.each(around(['push', 'observe']))(
  'rollback killed at "%s", %s: running again goes back once',
  async (effect, when) => {
    const { workspace, origin } = await copyOf(`rollback-${effect}-${when}`);
    await promote(workspace, { model: 'churn', version: 'v1.1.0', environment: 'dev' });
    await killed(workspace.root, 'rollback', effect, when);
    const request = { model: 'churn', environment: 'dev', reason: 'it is worse', hold: true };
    expect(await rollback(workspace, request)).toMatchObject({ from: 'v1.1.0', to: 'v1.0.0', held: true });
    expect((await commits(origin))[0]).toBe('churn: dev back to v1.0.0 (was v1.1.0): it is worse');
    expect(await commits(origin)).toHaveLength(3);
    expect(await tags(origin)).toEqual(['churn#dev#1', 'churn#dev#2', 'churn#dev#3']);
    expect((await verifyEnvironments(workspace)).findings).toEqual([]);
  },
);
