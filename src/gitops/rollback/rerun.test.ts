import { readFileSync } from 'node:fs';
import { afterEach, expect, test, vi } from 'vitest';
import { type GitSandbox, makeSandbox } from '../../../test/git-sandbox.ts';
import { makeProject, registerVersion } from '../../../test/release-sandbox.ts';
import { git, statePath, type Workspace, writeAtomic } from '../../workspace/index.ts';
import { promote, rollback, verifyEnvironments } from '../index.ts';

afterEach(() => vi.unstubAllEnvs());

/** A runner that is new each time, with the key that its workflow gives it. */
async function runner(sandbox: GitSandbox, key: string, name: string): Promise<Workspace> {
  const workspace = await sandbox.clone(name);
  writeAtomic(statePath(workspace, 'keys/ed25519.pem'), key);
  await git(['checkout', '--quiet', 'origin/main'], { cwd: workspace.root });
  return workspace;
}

function asRun(id: string): void {
  vi.stubEnv('GITHUB_SERVER_URL', 'https://github.com');
  vi.stubEnv('GITHUB_REPOSITORY', 'acme/models');
  vi.stubEnv('GITHUB_RUN_ID', id);
}

test('another attempt of a run on a new runner goes back no further; another run does', async () => {
  await using sandbox = await makeSandbox();
  const ada = await makeProject(sandbox);
  for (const version of ['v1.0.0', 'v1.1.0', 'v1.2.0']) {
    await registerVersion(ada, version);
    await promote(ada, { model: 'churn', version, environment: 'dev', observe: 0 });
  }
  const key = readFileSync(statePath(ada, 'keys/ed25519.pem'), 'utf8');
  const request = { model: 'churn', environment: 'dev', reason: 'it is worse', hold: true, observe: 0 };
  const commits = () => git(['rev-list', '--count', 'environments'], { cwd: sandbox.origin });

  asRun('7');
  const first = await rollback(await runner(sandbox, key, 'attempt-1'), request);
  expect(first).toMatchObject({ from: 'v1.2.0', to: 'v1.1.0', held: true });
  expect(await rollback(await runner(sandbox, key, 'attempt-2'), request)).toEqual(first);
  expect((await commits()).trim()).toBe('4');
  const other = await runner(sandbox, key, 'attempt-3');
  expect((await rollback(other, { ...request, to: 'v1.0.0' })).from).toBe('v1.1.0');

  asRun('8');
  const back = { ...request, from: 'v1.0.0', to: 'v1.1.0', hold: false };
  await expect(rollback(other, back)).rejects.toThrow('E_PROMOTE_HELD');
  expect((await verifyEnvironments(ada)).verified.map(({ version }) => version)).toEqual(['v1.0.0']);
});

test('what was done since by others counts: the same run goes back from that', async () => {
  await using sandbox = await makeSandbox();
  const ada = await makeProject(sandbox);
  for (const version of ['v1.0.0', 'v1.1.0']) {
    await registerVersion(ada, version);
    await promote(ada, { model: 'churn', version, environment: 'dev', observe: 0 });
  }
  asRun('7');
  const request = { model: 'churn', environment: 'dev', reason: 'it is worse', hold: false, observe: 0 };
  expect((await rollback(ada, request)).to).toBe('v1.0.0');
  await promote(ada, { model: 'churn', version: 'v1.1.0', environment: 'dev', observe: 0 });
  expect(await rollback(ada, request)).toMatchObject({ from: 'v1.1.0', to: 'v1.0.0' });
});
