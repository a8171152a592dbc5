import { posix } from 'node:path';
import { digestOf, git, gitBlobs, LockstepError, readAtCommit, type Workspace } from '../workspace/index.ts';
import { byPath, type CodeEntry, type CodeFile, type CodeSource, skippedFolders } from './code-source.ts';

interface TreeLine {
  readonly mode: string;
  readonly id: string;
  readonly path: string;
}

/** Code as it was at a commit, read from Git's objects: the work tree plays no part. */
export function codeAtCommit({ root }: Workspace, commit: string): CodeSource {
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
  const filesOf = async (found: readonly TreeLine[]): Promise<CodeFile[]> => {
    const link = found.find(({ mode }) => !mode.startsWith('100'));
    if (link !== undefined) {
      throw new LockstepError('E_PATH_TRAVERSAL', {
        what: `${link.path} is a link or a submodule at ${commit.slice(0, 12)}`,
        allowed: 'plain files and folders inside the repository',
        fix: 'put the file itself there',
      });
    }
    const blobs = await gitBlobs(
      found.map(({ id }) => id),
      { cwd: root },
    );
    return found.map(({ path, mode }, index) => {
      const bytes = blobs[index]!;
      return { path, digest: digestOf(bytes), size: bytes.byteLength, executable: mode === '100755' };
    });
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
      const files = await filesOf(found);
      return only.path === path
        ? { kind: 'file', file: files[0]! }
        : { kind: 'folder', files: files.sort(byPath) };
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
