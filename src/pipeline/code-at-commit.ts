import { posix } from 'node:path';
import pLimit from 'p-limit';
import { digestOf, git, gitBytes, LockstepError, readAtCommit, type Workspace } from '../workspace/index.ts';
import { byPath, type CodeEntry, type CodeFile, type CodeSource, skippedFolders } from './code-source.ts';

interface TreeLine {
  readonly mode: string;
  readonly id: string;
  readonly path: string;
}

/** Code as it was at a commit, read from Git's objects: the work tree plays no part. */
export function codeAtCommit({ root }: Workspace, commit: string): CodeSource {
  const few = pLimit(8); // Each file is a process of git's.
  const lines = async (path: string): Promise<TreeLine[]> => {
    // A leading ./ and no --full-name: the workspace may lie below the repository's top.
    const text = await git(['ls-tree', '-r', '-z', commit, '--', `./${path}`], { cwd: root });
    return text
      .split('\0')
      .filter(Boolean)
      .map((line) => {
        const [, mode, id, found] = /^(\d+) \w+ ([0-9a-f]+)\t(.*)$/s.exec(line)!;
        return { mode: mode!, id: id!, path: posix.normalize(found!) };
      });
  };
  const fileOf = async ({ mode, id, path }: TreeLine): Promise<CodeFile> => {
    if (!mode.startsWith('100')) {
      throw new LockstepError('E_PATH_TRAVERSAL', {
        what: `${path} is a link or a submodule at ${commit.slice(0, 12)}`,
        allowed: 'plain files and folders inside the repository',
        fix: 'put the file itself there',
      });
    }
    const bytes = await gitBytes(['cat-file', 'blob', id], { cwd: root });
    return { path, digest: digestOf(bytes), size: bytes.byteLength, executable: mode === '100755' };
  };
  return {
    async find(path): Promise<CodeEntry | null> {
      const found = (await lines(path)).filter(
        (line) =>
          !line.path
            .slice(path.length)
            .split('/')
            .some((part) => skippedFolders.includes(part)),
      );
      const [only] = found;
      if (only === undefined) return null;
      if (only.path === path) return { kind: 'file', file: await fileOf(only) };
      return { kind: 'folder', files: (await few.map(found, fileOf)).sort(byPath) };
    },
    read: (path) => readAtCommit(root, commit, `./${path}`),
    async names(folder) {
      return (await lines(folder))
        .filter(({ path }) => posix.dirname(path) === folder)
        .map(({ path }) => posix.basename(path))
        .sort();
    },
  };
}
