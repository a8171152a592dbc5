import { type Digest, digestOf, readAtCommit, tryGit, type Workspace } from '../../workspace/index.ts';
import { objectPath, openStore } from './store.ts';

/**
 * Takes an object into the store from `.data/` as one of these commits has it: what another branch brought along is
 * there though no file of it is checked out. False where none has it. `most` is in bytes.
 */
export async function takeCommitted(
  workspace: Workspace,
  digest: Digest,
  { commits, most }: { readonly commits: readonly string[]; readonly most: number },
): Promise<boolean> {
  const { root } = workspace;
  const path = `.data/${objectPath(digest)}`;
  for (const commit of commits) {
    const { status, stdout } = await tryGit(['cat-file', '-s', `${commit}:${path}`], { cwd: root });
    if (status !== 0 || Number(stdout) > most) continue;
    const bytes = await readAtCommit(root, commit, path);
    if (bytes === null || digestOf(bytes) !== digest) continue;
    await openStore(workspace).put(bytes);
    return true;
  }
  return false;
}
