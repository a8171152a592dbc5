import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commitFiles, makeSandbox, messageOf } from '../../test/git-sandbox.ts';
import { printLock } from '../data/index.ts';
import { type Digest, digestOf, git, openWorkspace, statePath, type Workspace } from '../workspace/index.ts';
import { findRoots, type RootOptions } from './gc-roots.ts';

const digest = (name: string): Digest => digestOf(name);
const lock = (...names: string[]) =>
  printLock({ entries: names.map((name) => ({ key: `${name}.csv`, digest: digest(name), size: 1 })) });
const commitLock = (workspace: Workspace, ...names: string[]) =>
  commitFiles(workspace, { 'data.lock': lock(...names) });
const day = 86_400_000;

async function found(workspace: Workspace, over: Partial<RootOptions> = {}): Promise<Record<string, string>> {
  const options = { history: 90, runs: 30, complete: false, now: Date.now(), ...over } as const;
  const { datasets, objects } = await findRoots(workspace, options);
  const names = new Map(
    [
      'new',
      'old',
      'ancient',
      'branch',
      'tagged',
      'stashed',
      'staged',
      'elsewhere',
      'theirs',
      'run',
      'late',
      'live',
      'model',
      'ours',
    ].map((name) => [digest(name), name]),
  );
  return Object.fromEntries(
    [...datasets.map((root) => [root.digest, root.why] as const), ...objects]
      .map(([of, why]) => [names.get(of) ?? of, why] as const)
      .sort(),
  );
}

/** A commit as old as that. */
const ago = async (days: number, work: () => Promise<unknown>) => {
  const date = new Date(Date.now() - days * day).toISOString();
  Object.assign(process.env, { GIT_COMMITTER_DATE: date, GIT_AUTHOR_DATE: date });
  await work();
  delete process.env.GIT_COMMITTER_DATE;
  delete process.env.GIT_AUTHOR_DATE;
};

test('what refs, stashes, index, work trees, recent history, environments and runs name', async () => {
  await using sandbox = await makeSandbox();
  const workspace = await sandbox.clone('ada');
  const { root } = workspace;
  const run = (...args: string[]) => git(args, { cwd: root });
  await ago(300, () => commitLock(workspace, 'ancient'));
  await ago(200, () => commitLock(workspace, 'old'));
  await run(
    'tag',
    '-a',
    'toy@v1.0.0',
    '-m',
    `toy\n\n{"payload":"${Buffer.from(`{"modelDigest":"${digest('model')}"}`).toString('base64')}"}`,
  );
  const released = await commitLock(workspace, 'live');
  await commitLock(workspace, 'new');
  await run('push', '--quiet', 'origin', 'main', '--tags');
  await run('switch', '--quiet', '--create', 'side');
  await commitLock(workspace, 'branch');
  await run('switch', '--quiet', 'main');
  writeFileSync(join(root, 'data.lock'), lock('stashed'));
  await run('stash', '--quiet');
  writeFileSync(join(root, 'data.lock'), lock('staged'));
  await run('add', 'data.lock');
  writeFileSync(
    join(root, 'data.lock'),
    `<<<<<<< ours\n${lock('ours')}=======\n${lock('theirs')}>>>>>>> side\n`,
  );
  await run('worktree', 'add', '--quiet', '--detach', join(sandbox.folder, 'elsewhere'), 'HEAD');
  writeFileSync(join(sandbox.folder, 'elsewhere', 'data.lock'), lock('elsewhere'));
  for (const [name, days] of [
    ['run', 1],
    ['late', 60],
  ] as const) {
    const record = statePath(workspace, 'runs', digest(name).slice(7), 'record.json');
    mkdirSync(join(record, '..'), { recursive: true });
    writeFileSync(record, JSON.stringify({ stages: [{ outputs: { 'a.csv': { digest: digest(name) } } }] }));
    const time = new Date(Date.now() - days * day);
    utimesSync(record, time, time);
  }
  expect(await found(workspace)).toEqual({
    staged: 'work tree',
    theirs: 'work tree',
    ours: 'work tree',
    elsewhere: 'work tree',
    new: 'work tree',
    old: 'tags',
    model: 'tags',
    branch: 'branches',
    stashed: 'stash',
    live: 'history',
    run: 'runs',
  });
  const all = await found(workspace, { history: 'all', runs: 100 });
  expect(all).toMatchObject({ ancient: 'history', late: 'runs' });
  expect(await found(workspace, { history: 0 })).not.toHaveProperty('live');

  // It runs somewhere, whoever removed its tag.
  const payload = Buffer.from(JSON.stringify({ predicate: { commit: released, golden: digest('late') } }));
  const release = JSON.stringify({ record: { payload: payload.toString('base64') } });
  await run('switch', '--quiet', '--orphan', 'environments', '--discard-changes');
  await commitFiles(workspace, { 'models/toy/environments/dev/release.json': release });
  await run('push', '--quiet', 'origin', 'environments');
  await run('switch', '--quiet', 'main');
  expect(await found(workspace, { history: 0 })).toMatchObject({
    live: 'environments',
    late: 'environments',
  });
});

test('a remote is cleaned up only by a clone that knows all that origin does', async () => {
  await using sandbox = await makeSandbox();
  const [ada, bob] = [await sandbox.clone('ada'), await sandbox.clone('bob')];
  await commitLock(ada, 'old');
  await git(['push', '--quiet', 'origin', 'HEAD:main'], { cwd: ada.root });
  await git(['pull', '--quiet', 'origin', 'main'], { cwd: bob.root });
  await commitLock(bob, 'new');
  await git(['push', '--quiet', 'origin', 'HEAD:refs/heads/bobs'], { cwd: bob.root });
  const complete = { complete: true };
  expect(await messageOf(found(ada, complete))).toMatchInlineSnapshot(
    `"E_GIT: origin has 1 branches or tags that this clone does not have — a clone that knows everything the remote serves. Fix: git fetch --tags origin '+refs/heads/*:refs/remotes/origin/*'."`,
  );
  await git(['fetch', '--quiet', 'origin', 'bobs'], { cwd: ada.root });
  expect(await found(ada, complete)).toEqual({ old: 'work tree', new: 'branches' });

  const shallow = join(sandbox.folder, 'shallow');
  await git(['clone', '--quiet', '--depth=1', `file://${sandbox.origin}`, shallow], { cwd: sandbox.folder });
  expect(await messageOf(found(openWorkspace(shallow), complete))).toMatchInlineSnapshot(
    `"E_GIT: this clone is shallow: it does not know what older commits need — a clone that knows everything the remote serves. Fix: git fetch --unshallow --tags."`,
  );
  expect(await found(openWorkspace(shallow))).toHaveProperty('old');
  const alone = join(sandbox.folder, 'alone');
  mkdirSync(join(alone, 'pipelines'), { recursive: true });
  expect(await messageOf(found(openWorkspace(alone), complete))).toMatch(/^E_GIT: .* is no Git repository/);
  expect(await found(openWorkspace(alone))).toEqual({});
});
