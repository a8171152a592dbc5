import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commitFiles, type GitSandbox, makeSandbox, messageOf } from '../../../test/git-sandbox.ts';
import { makeProject, registerVersion } from '../../../test/release-sandbox.ts';
import { loadKey } from '../../registry/index.ts';
import { git, openWorkspace, readAtCommit, type Workspace } from '../../workspace/index.ts';
import { promote, recordRunKey, rollback, statusOf, verifyEnvironments } from '../index.ts';

const trust = 'trust:\n  - {keys: environments, owner: whoever may push the branch}\n';
const keysFile = async (root: string) =>
  (await readAtCommit(root, 'refs/heads/environments', 'keys.yaml'))?.toString() ?? '';

/** A project whose runs leave their keys on the branch; every clone of it is a runner with a key of its own. */
async function project(sandbox: GitSandbox): Promise<Workspace> {
  const workspace = await makeProject(sandbox);
  await commitFiles(workspace, { 'lockstep.yaml': trust }, 'runs leave their keys');
  await git(['push', '--quiet', 'origin', 'HEAD:refs/heads/main'], { cwd: workspace.root });
  return openWorkspace(workspace.root);
}

test('what one runner registered another promotes, and a third verifies', async () => {
  await using sandbox = await makeSandbox();
  const first = await project(sandbox);
  expect(await recordRunKey(first, 'churn')).toBe('recorded');
  expect(await recordRunKey(first, 'churn')).toBe('known');
  await registerVersion(first, 'v1.0.0');
  const second = await sandbox.clone('second');
  await promote(second, { model: 'churn', version: 'v1.0.0', environment: 'dev' });
  const third = await sandbox.clone('third');
  expect(await git(['fsck', '--strict', '--full'], { cwd: sandbox.origin })).toBe('');
  const { findings, verified } = await verifyEnvironments(third);
  expect(findings).toEqual([]);
  expect(verified.map(({ version, environment }) => [version, environment])).toEqual([['v1.0.0', 'dev']]);
  expect((await statusOf(third)).models.map(({ model }) => model)).toEqual(['churn']);
  const lines = (await keysFile(sandbox.origin)).split('\n').filter((line) => line.includes('{key: '));
  expect(lines.map((line) => /by: "([^"]+)"/.exec(line)?.[1])).toEqual([
    'ada <ada@example.com>',
    'second <second@example.com>',
  ]);
  expect(lines[1]).toContain(loadKey(second).spki);
});

test('a key that nobody left on the branch counts for nothing', async () => {
  await using sandbox = await makeSandbox();
  const first = await project(sandbox);
  await registerVersion(first, 'v1.0.0');
  const second = await sandbox.clone('second');
  expect(
    await messageOf(promote(second, { model: 'churn', version: 'v1.0.0', environment: 'dev' })),
  ).toContain('E_SIGNATURE: signed by sha256:<hex>, whom nobody here trusts in tag churn@v1.0.0');
  rmSync(join(second.root, '.lockstep'), { recursive: true });
  expect((await statusOf(second)).models).toEqual([]);
});

test('keys of the branch count only where lockstep.yaml of the base commit says so', async () => {
  await using sandbox = await makeSandbox();
  const workspace = await makeProject(sandbox);
  await registerVersion(workspace, 'v1.0.0');
  expect(await recordRunKey(workspace, 'churn')).toBe('not needed');
  await promote(workspace, { model: 'churn', version: 'v1.0.0', environment: 'dev' });
  expect(await keysFile(sandbox.origin)).toBe('');
});

test('a rollback works from a runner that signed nothing yet', async () => {
  await using sandbox = await makeSandbox();
  const first = await project(sandbox);
  await recordRunKey(first, 'churn');
  await registerVersion(first, 'v1.0.0');
  await registerVersion(first, 'v1.1.0');
  for (const version of ['v1.0.0', 'v1.1.0'])
    await promote(first, { model: 'churn', version, environment: 'dev' });
  const second = await sandbox.clone('second');
  const { to } = await rollback(second, {
    model: 'churn',
    environment: 'dev',
    hold: true,
    reason: 'it was worse',
  });
  expect(to).toBe('v1.0.0');
  expect((await verifyEnvironments(second)).findings).toEqual([]);
});
