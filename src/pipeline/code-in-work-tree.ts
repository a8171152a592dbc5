import { lstatSync, readdirSync, readFileSync, realpathSync, type Stats } from 'node:fs';
import { join, posix } from 'node:path';
import type { DigestMemo } from '../data/index.ts';
import { digestFile, LockstepError, type Workspace } from '../workspace/index.ts';
import { byPath, type CodeEntry, type CodeFile, type CodeSource, skippedFolders } from './code-source.ts';

/** Code as it lies in the work tree now. Links are refused: what they lead to is not what was reviewed. */
export function codeInWorkTree({ root }: Workspace, memo: DigestMemo): CodeSource {
  const fileAt = async (path: string, stats: Stats): Promise<CodeFile> => {
    const file = join(root, path);
    // Who is gone since the folder was listed must not count as a file without a digest: reading it throws.
    const read = (await memo.digestOf(file)) ?? (await digestFile(file));
    return { path, ...read, executable: (stats.mode & 0o100) !== 0 };
  };
  const filesBelow = async (folder: string): Promise<CodeFile[]> => {
    const found: CodeFile[] = [];
    for (const name of readdirSync(join(root, folder))) {
      if (skippedFolders.includes(name)) continue;
      const path = posix.join(folder, name);
      const stats = lstatSync(join(root, path));
      if (stats.isDirectory()) found.push(...(await filesBelow(path)));
      else if (stats.isFile()) found.push(await fileAt(path, stats));
      else throw refusedLink(path);
    }
    return found;
  };
  return {
    async find(path): Promise<CodeEntry | null> {
      const stats = statsOf(root, path);
      if (stats === null) return null;
      if (stats.isFile()) return { kind: 'file', file: await fileAt(path, stats) };
      if (stats.isDirectory()) return { kind: 'folder', files: (await filesBelow(path)).sort(byPath) };
      throw refusedLink(path);
    },
    async read(path) {
      const stats = statsOf(root, path);
      return stats?.isFile() ? readFileSync(join(root, path)) : null;
    },
    async names(folder) {
      const stats = statsOf(root, folder);
      if (!stats?.isDirectory()) return [];
      return readdirSync(join(root, folder), { withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ name }) => name)
        .sort();
    },
  };
}

function statsOf(root: string, path: string): Stats | null {
  let stats: Stats;
  try {
    stats = lstatSync(join(root, path));
  } catch {
    return null;
  }
  if (stats.isSymbolicLink() || realpathSync(join(root, path)) !== join(realpathSync(root), path)) {
    throw refusedLink(path);
  }
  return stats;
}

const refusedLink = (path: string): LockstepError =>
  new LockstepError('E_PATH_TRAVERSAL', {
    what: `${path} is a link, leads over one, or is no plain file`,
    allowed: 'plain files and folders inside the repository',
    fix: 'put the file itself there',
  });
