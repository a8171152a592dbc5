import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { makeSandbox } from '../../../test/git-sandbox.ts';
import { makeProject, registerVersion } from '../../../test/release-sandbox.ts';
import { baseCommit, trustedKeys } from '../../registry/index.ts';
import { digestOf, git, statePath, type Workspace } from '../../workspace/index.ts';
import { foldersOf, readTip } from '../branch/tip.ts';
import { promote } from '../promotion/promotion.ts';
import { statusOf } from './status.ts';
import { openStatusMemo } from './status-memo.ts';

const versionIn = async (workspace: Workspace, environment: string) =>
  (await statusOf(workspace)).models[0]!.environments.find((entry) => entry.environment === environment);

test('what was proven is recalled, and only that: for these files, trust and machine', async () => {
  await using sandbox = await makeSandbox();
  const workspace = await makeProject(sandbox);
  await registerVersion(workspace, 'v1.0.0');
  for (const environment of ['dev', 'staging'])
    await promote(workspace, { model: 'churn', version: 'v1.0.0', environment, observe: 0 });
  const first = await statusOf(workspace);
  const recalled = async () => {
    const trust = await trustedKeys(workspace, await baseCommit(workspace), { local: true });
    const memo = openStatusMemo(workspace, trust);
    return foldersOf(await readTip(workspace)).map((folder) => memo.recall(folder)?.version ?? null);
  };
  expect(await recalled()).toEqual(['v1.0.0', 'v1.0.0']);
  expect(await statusOf(workspace)).toEqual(first);

  await registerVersion(workspace, 'v1.1.0');
  await promote(workspace, { model: 'churn', version: 'v1.1.0', environment: 'dev', observe: 0 });
  expect(await recalled()).toEqual([null, 'v1.0.0']);
  const dev = await versionIn(workspace, 'dev');
  expect(dev?.version).toBe('v1.1.0');
  const { root } = workspace;
  const seconds = await git(['log', '-1', '--format=%ct', 'refs/lockstep/environments'], { cwd: root });
  expect(dev?.since).toBe(new Date(Number(seconds) * 1000).toISOString());

  // Another key here, and none in `trust:`: nothing that the old one signed is proven any more.
  rmSync(statePath(workspace, 'keys', 'ed25519.pem'));
  expect((await versionIn(workspace, 'dev'))?.state).toBe('unproven');
});

test('so is an observation, good or not: for this file, trust and machine', async () => {
  await using sandbox = await makeSandbox();
  const workspace = await makeProject(sandbox);
  const trust = await trustedKeys(workspace, null, { local: true });
  const file = { path: 'models/churn/observed/dev.json', mode: '100644', oid: 'a'.repeat(40) };
  const seen = { time: '2026-11-27T12:00:00.000Z', by: { kind: 'url', url: 'https://example.com' } } as const;
  const recorded = { promotion: digestOf('p'), commit: 'c'.repeat(40), observed: seen, verified: null };
  const memo = openStatusMemo(workspace, trust);
  expect(memo.recallObserved(file)).toBeUndefined();
  memo.learnObserved(file, recorded);
  memo.learnObserved({ ...file, path: 'models/churn/observed/staging.json' }, null);
  memo.save();
  const again = openStatusMemo(workspace, trust);
  expect(again.recallObserved(file)).toEqual(recorded);
  expect(again.recallObserved({ ...file, path: 'models/churn/observed/staging.json' })).toBeNull();
  expect(again.recallObserved({ ...file, oid: 'b'.repeat(40) })).toBeUndefined();
  expect(again.recallObserved({ ...file, mode: '120000' })).toBeUndefined();
  expect(openStatusMemo(workspace, []).recallObserved(file)).toBeUndefined();
});

test('a memo that this machine did not write is not believed', async () => {
  await using sandbox = await makeSandbox();
  const workspace = await makeProject(sandbox);
  await registerVersion(workspace, 'v1.0.0');
  await promote(workspace, { model: 'churn', version: 'v1.0.0', environment: 'dev', observe: 0 });
  const truth = await statusOf(workspace);
  const file = statePath(workspace, 'cache', 'status');
  const lie = readFileSync(file, 'utf8').replaceAll('v1.0.0', 'v9.9.9');
  expect(lie).toContain('v9.9.9');
  writeFileSync(file, lie);
  expect(await statusOf(workspace)).toEqual(truth);
  expect(readFileSync(file, 'utf8')).not.toContain('v9.9.9');
});

test('a branch that was written anew is walked anew', async () => {
  await using sandbox = await makeSandbox();
  const workspace = await makeProject(sandbox);
  await registerVersion(workspace, 'v1.0.0');
  for (const environment of ['dev', 'staging'])
    await promote(workspace, { model: 'churn', version: 'v1.0.0', environment, observe: 0 });
  await statusOf(workspace);
  const { root } = workspace;
  const env = { GIT_COMMITTER_DATE: '2026-02-03T04:05:06Z' };
  const tree = 'refs/lockstep/environments^{tree}';
  const squashed = await git(['commit-tree', '-m', 'squashed', tree], { cwd: root, env });
  await git(['push', '--quiet', '--force', 'origin', `${squashed}:refs/heads/environments`], { cwd: root });
  expect((await versionIn(workspace, 'dev'))?.since).toBe('2026-02-03T04:05:06.000Z');
});
