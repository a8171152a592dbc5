import { afterEach, beforeEach, expect, test } from 'vitest';
import { commitFiles, type GitSandbox, makeSandbox } from '../../test/git-sandbox.ts';
import { git, resolveCommit, type Workspace } from '../workspace/index.ts';
import { baseCommit } from './index.ts';

let sandbox: GitSandbox;
let workspace: Workspace;
const run = (...args: string[]) => git(args, { cwd: workspace.root });

beforeEach(async () => {
  sandbox = await makeSandbox();
  workspace = await sandbox.clone('ada');
});
afterEach(() => sandbox[Symbol.asyncDispose]());

test('before anything was pushed, or without an origin, HEAD is the base', async () => {
  const first = await commitFiles(workspace, { 'a.txt': '1' });
  expect(await baseCommit(workspace)).toBe(first);
  await run('remote', 'remove', 'origin');
  expect(await baseCommit(workspace)).toBe(first);
});

test('on a branch the base is where it left the default branch of origin', async () => {
  const first = await commitFiles(workspace, { 'a.txt': '1' });
  await run('push', '--quiet', 'origin', 'HEAD:refs/heads/main');
  await commitFiles(workspace, { 'a.txt': '2' });
  expect(await baseCommit(workspace)).toBe(first);
});

test('a clone that has fetched a change alone does not let it judge itself', async () => {
  await commitFiles(workspace, { 'a.txt': '1' });
  await run('push', '--quiet', 'origin', 'HEAD:refs/heads/main');
  const change = await commitFiles(workspace, { 'a.txt': '2' });
  // What a runner has after it checked out the merge commit of a pull request.
  await run('update-ref', 'refs/remotes/pull/1/merge', change);
  await run('update-ref', '-d', 'refs/remotes/origin/main');
  expect(await resolveCommit(workspace.root, 'refs/remotes/origin/HEAD')).toBeNull();
  await expect(baseCommit(workspace)).rejects.toThrowErrorMatchingInlineSnapshot(
    `[LockstepError: E_GIT: this clone holds a pull request and not the branch it is for, whose policy and trust hold — a clone with origin/main (or origin/HEAD), and the history back to where the change began. Fix: check out with fetch-depth: 0.]`,
  );
});
