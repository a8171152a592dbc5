import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commitFiles, makeSandbox, messageOf } from '../../test/git-sandbox.ts';
import { before, deployFiles, makeProject, policyText, registerVersion } from '../../test/release-sandbox.ts';
import { git, type Workspace } from '../workspace/index.ts';
import { promote, verifyEnvironments } from './index.ts';

const branch = 'refs/heads/environments';

/** Another person's clone that signs with the same key, so that who trusts whom is not what is tested. */
const shareKey = (from: Workspace, to: Workspace) =>
  cpSync(join(from.root, '.lockstep/keys'), join(to.root, '.lockstep/keys'), { recursive: true });

test('five clones promote five models at once: all land, nothing is lost or forced', async () => {
  await using sandbox = await makeSandbox();
  const ada = await makeProject(sandbox);
  const models = Array.from({ length: 5 }, (_, index) => `model-${index}`);
  for (const model of models) {
    const files = Object.entries(deployFiles).map(([path, text]) => [
      path.replace('models/churn', `models/${model}`),
      text,
    ]);
    await registerVersion(
      ada,
      'v1.0.0',
      { model },
      { ...Object.fromEntries(files), [`models/${model}/policy.yaml`]: policyText },
    );
  }
  await git(['push', '--quiet', 'origin', 'HEAD:refs/heads/main'], { cwd: ada.root });
  const clones = await Promise.all(models.map((model) => sandbox.clone(`clone-${model}`)));
  for (const clone of clones) shareKey(ada, clone);
  const results = await Promise.all(
    models.map((model, index) => promote(clones[index]!, { model, version: 'v1.0.0', environment: 'dev' })),
  );
  expect(Math.max(...results.map(({ attempts }) => attempts))).toBeLessThanOrEqual(10);
  const log = await git(['log', '--format=%s', branch], { cwd: sandbox.origin });
  expect(log.split('\n').sort()).toEqual(models.map((model) => `${model}: v1.0.0 to dev`));
  const { verified, findings } = await verifyEnvironments(ada);
  expect([verified.length, findings]).toEqual([5, []]);
});

test('two clones want one environment: the history is some order of them, and who is overtaken is told', async () => {
  await using sandbox = await makeSandbox();
  const ada = await makeProject(sandbox);
  for (const version of ['v1.0.0', 'v1.1.0', 'v1.2.0']) await registerVersion(ada, version);
  await promote(ada, { model: 'churn', version: 'v1.0.0', environment: 'dev' });
  const bob = await sandbox.clone('bob');
  shareKey(ada, bob);
  const go = (workspace: Workspace, version: string) =>
    promote(workspace, { model: 'churn', version, environment: 'dev' });
  const outcomes = await Promise.allSettled([go(ada, 'v1.1.0'), go(bob, 'v1.2.0')]);
  const landed = outcomes.filter(({ status }) => status === 'fulfilled').length;
  expect(landed).toBeGreaterThanOrEqual(1);
  expect(await git(['rev-list', '--count', branch], { cwd: sandbox.origin })).toBe(String(1 + landed));
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') {
      expect((outcome.reason as Error).message).toMatch(
        /^E_PROMOTE_RACE: dev of churn changed meanwhile: expected v1\.0\.0, found v1\.[12]\.0 — /,
      );
    }
  }
});

test('a branch that moves under our hands is read again; one that moved for the same environment refuses', async () => {
  await using sandbox = await makeSandbox();
  const ada = await makeProject(sandbox);
  for (const version of ['v1.0.0', 'v1.1.0', 'v1.2.0']) await registerVersion(ada, version);
  const bob = await sandbox.clone('bob');
  shareKey(ada, bob);
  await promote(ada, { model: 'churn', version: 'v1.0.0', environment: 'dev' });
  const overtaken = promote(
    ada,
    { model: 'churn', version: 'v1.1.0', environment: 'dev' },
    before('push', () => promote(bob, { model: 'churn', version: 'v1.2.0', environment: 'dev' })),
  );
  expect(await messageOf(overtaken)).toMatchInlineSnapshot(
    `"E_PROMOTE_RACE: dev of churn changed meanwhile: expected v1.0.0, found v1.2.0 — one promotion of an environment after the other. Fix: look at \`lockstep status\`, then \`lockstep promote churn v1.1.0 --to dev\` if you still want it."`,
  );
});

test('a remote that refuses says why, and nothing is half-written', async () => {
  await using sandbox = await makeSandbox();
  const ada = await makeProject(sandbox);
  await registerVersion(ada, 'v1.0.0');
  writeFileSync(
    join(sandbox.origin, 'hooks/pre-receive'),
    '#!/bin/sh\necho "protected branch: ask the release team" >&2\nexit 1\n',
    { mode: 0o755 },
  );
  expect(
    await messageOf(promote(ada, { model: 'churn', version: 'v1.0.0', environment: 'dev' })),
  ).toMatchInlineSnapshot(
    `"E_GIT_PUSH_REFUSED: origin refused the promotion of churn v1.0.0 to dev: [remote rejected] (pre-receive hook declined); protected branch: ask the release team. Fix: let who pushes here past the branch protection (Settings → Branches, or a ruleset with this workflow's app as a bypass actor), or set \`gitops: {branch: …}\` to a branch it may push; \`lockstep doctor\` shows the rules."`,
  );
  expect(
    await git(['for-each-ref', 'refs/heads/environments', 'refs/tags/churn#*'], { cwd: sandbox.origin }),
  ).toBe('');
  expect(await git(['for-each-ref', 'refs/lockstep', 'refs/tags/churn#*'], { cwd: ada.root })).toBe('');
});

test('a remote that hides the branch is no race: it is asked once, not ten times with a tag each', async () => {
  await using sandbox = await makeSandbox();
  const ada = await makeProject(sandbox);
  await registerVersion(ada, 'v1.0.0');
  await git(['config', 'receive.hideRefs', branch], { cwd: sandbox.origin });
  expect(await messageOf(promote(ada, { model: 'churn', version: 'v1.0.0', environment: 'dev' }))).toMatch(
    /^E_GIT_PUSH_REFUSED: origin refused the promotion of churn v1\.0\.0 to dev: \[remote rejected\] \(deny updating a hidden ref\)/,
  );
  expect((await git(['tag', '-l', 'churn#*'], { cwd: sandbox.origin })).split('\n').length).toBeLessThan(2);
});

test('a hand-made promotion tag takes its number, and the next one is counted after it', async () => {
  await using sandbox = await makeSandbox();
  const ada = await makeProject(sandbox);
  await registerVersion(ada, 'v1.0.0');
  const bob = await sandbox.clone('bob');
  await commitFiles(bob, { 'b.txt': 'b' });
  await git(['tag', '-a', '-m', 'please', 'churn#dev#7'], { cwd: bob.root });
  await git(['push', '--quiet', 'origin', 'refs/tags/churn#dev#7'], { cwd: bob.root });
  expect((await promote(ada, { model: 'churn', version: 'v1.0.0', environment: 'dev' })).tag).toBe(
    'churn#dev#8',
  );
});
