import { chmodSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commitFiles, makeSandbox } from '../../test/git-sandbox.ts';
import { git, type Workspace } from '../workspace/index.ts';
import { isMerged, type TrainedChange, trainedChange } from './kept-change.ts';

/** A change that adds, edits, removes, links and makes runnable; main goes on beside it. */
async function changed(workspace: Workspace): Promise<{ head: string; change: TrainedChange }> {
  const { root } = workspace;
  const base = await commitFiles(workspace, { 'a.ts': '1', 'gone.ts': 'x', 'run.sh': 'true', 'b.ts': '1' });
  await git(['push', '--quiet', 'origin', 'HEAD:main'], { cwd: root });
  await git(['switch', '--quiet', '--create', 'change'], { cwd: root });
  rmSync(join(root, 'gone.ts'));
  chmodSync(join(root, 'run.sh'), 0o755);
  symlinkSync('a.ts', join(root, 'link.ts'));
  const head = await commitFiles(workspace, { 'a.ts': '2', 'new folder/é "x".ts': 'new', __proto__x: 'p' });
  const change = await trainedChange(workspace, { base, head });
  await git(['switch', '--quiet', 'main'], { cwd: root });
  await commitFiles(workspace, { 'b.ts': 'meanwhile' });
  return { head, change };
}

test('a change counts once all of it is on the branch, however it came there', async () => {
  await using sandbox = await makeSandbox();
  const workspace = await sandbox.clone('ada');
  const { root } = workspace;
  const { head, change } = await changed(workspace);
  expect(Object.keys(change.files).sort()).toEqual([
    '__proto__x',
    'a.ts',
    'gone.ts',
    'link.ts',
    'new folder/é "x".ts',
    'run.sh',
  ]);
  expect(change.files['gone.ts']).toBeNull();
  expect(change.files['run.sh']).toMatch(/^100755 /);
  expect(await isMerged(workspace, change)).toBe(false);
  const before = await git(['rev-parse', 'HEAD'], { cwd: root });
  for (const way of [
    ['merge', '--quiet', '--no-ff', '--no-edit', head],
    ['cherry-pick', head],
    ['merge', '--quiet', '--squash', head],
  ]) {
    await git(way, { cwd: root });
    if (way.includes('--squash')) await git(['commit', '--quiet', '-m', 'squashed'], { cwd: root });
    expect([way[0], await isMerged(workspace, change)]).toEqual([way[0], true]);
    await git(['reset', '--quiet', '--hard', before], { cwd: root });
  }
});

test('one file that is otherwise, or a beginning that is elsewhere, and it does not count', async () => {
  await using sandbox = await makeSandbox();
  const workspace = await sandbox.clone('ada');
  const { root } = workspace;
  const { head, change } = await changed(workspace);
  await git(['merge', '--quiet', '--squash', head], { cwd: root });
  await git(['commit', '--quiet', '-m', 'squashed'], { cwd: root });
  expect(await isMerged(workspace, change)).toBe(true);
  const stranger = await git(['commit-tree', '-m', 'elsewhere', `${head}^{tree}`], { cwd: root });
  expect(await isMerged(workspace, { ...change, base: stranger })).toBe(false);
  expect(await isMerged(workspace, { ...change, base: 'f'.repeat(40) })).toBe(false);
  const merged = await git(['rev-parse', 'HEAD'], { cwd: root });
  const edits: readonly (() => void)[] = [
    () => chmodSync(join(root, 'run.sh'), 0o644),
    () => rmSync(join(root, 'link.ts')),
    () => rmSync(join(root, 'new folder'), { recursive: true }),
  ];
  for (const edit of edits) {
    edit();
    await commitFiles(workspace, {});
    expect(await isMerged(workspace, change), String(edit)).toBe(false);
    await git(['reset', '--quiet', '--hard', merged], { cwd: root });
  }
  for (const files of [{ 'a.ts': '3' }, { 'gone.ts': 'back' }]) {
    await commitFiles(workspace, files as unknown as Record<string, string>);
    expect([files, await isMerged(workspace, change)]).toEqual([files, false]);
    await git(['reset', '--quiet', '--hard', merged], { cwd: root });
  }
});
