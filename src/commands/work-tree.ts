import { copyFileSync, existsSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { git, scratchPath, type Workspace } from '../workspace/index.ts';

/** The work tree as a Git tree, with what is neither committed nor ignored: in an index of its own, gone afterwards. */
export async function treeOfWork(workspace: Workspace): Promise<string> {
  const { root } = workspace;
  const index = scratchPath(workspace, 'index');
  const folder = resolve(root, await git(['rev-parse', '--git-dir'], { cwd: root }));
  const at = { cwd: root, env: { GIT_INDEX_FILE: index } };
  try {
    // What the real index knows of unchanged files saves reading them.
    if (existsSync(join(folder, 'index'))) copyFileSync(join(folder, 'index'), index);
    await git(['add', '--all', '--', '.'], at);
    return await git(['write-tree'], at);
  } finally {
    rmSync(index, { force: true });
  }
}
