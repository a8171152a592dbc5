import { posix } from 'node:path';
import {
  digestOf,
  git,
  gitBlobs,
  LockstepError,
  type TreeEntry,
  type Workspace,
} from '../workspace/index.ts';
import { byPath, type CodeEntry, type CodeFile, type CodeSource, skippedFolders } from './code-source.ts';

/** What stands in a Git tree, and how its blobs are read. */
export interface TreeFiles {
  /** The commit, for errors. */
  readonly name: string;
  /** By path from the workspace's root. */
  list(): Promise<ReadonlyMap<string, TreeEntry>>;
  /** The bytes of these blobs, in this order. */
  read(oids: readonly string[]): Promise<readonly Buffer[]>;
}

/** Code as it was at a commit, read from Git's objects: the work tree plays no part. */
export function codeAtCommit({ root }: Workspace, commit: string): CodeSource {
  let listed: Promise<ReadonlyMap<string, TreeEntry>> | undefined;
  return codeInTree({
    name: commit,
    list: () => {
      listed ??= listBelow(root, commit);
      return listed;
    },
    read: (oids) => gitBlobs(oids, { cwd: root }),
  });
}

/** Without --full-tree, paths are from where git stands: the workspace may lie below the repository's top. */
async function listBelow(root: string, commit: string): Promise<ReadonlyMap<string, TreeEntry>> {
  const text = await git(['ls-tree', '-r', '-z', commit], { cwd: root });
  const entries = text
    .split('\0')
    .filter(Boolean)
    .map((line): TreeEntry => {
      const [, mode, oid, path] = /^(\d+) \w+ ([0-9a-f]+)\t(.*)$/s.exec(line)!;
      return { mode: mode!, oid: oid!, path: path! };
    });
  return new Map(entries.map((entry) => [entry.path, entry]));
}

/** Code as a Git tree has it. */
export function codeInTree({ name, list, read }: TreeFiles): CodeSource {
  const filesOf = async (found: readonly TreeEntry[]): Promise<CodeFile[]> => {
    const link = found.find(({ mode }) => !mode.startsWith('100'));
    if (link !== undefined) {
      throw new LockstepError('E_PATH_TRAVERSAL', {
        what: `${link.path} is a link or a submodule at ${name.slice(0, 12)}`,
        allowed: 'plain files and folders inside the repository',
        fix: 'put the file itself there',
      });
    }
    const blobs = await read(found.map(({ oid }) => oid));
    return found.map(({ path, mode }, index) => {
      const bytes = blobs[index]!;
      return { path, digest: digestOf(bytes), size: bytes.byteLength, executable: mode === '100755' };
    });
  };
  return {
    async find(path): Promise<CodeEntry | null> {
      const files = await list();
      const own = files.get(path);
      if (own !== undefined) return { kind: 'file', file: (await filesOf([own]))[0]! };
      const below = [...files.values()].filter((entry) => isMeant(entry.path, path));
      return below.length === 0 ? null : { kind: 'folder', files: (await filesOf(below)).sort(byPath) };
    },
    async read(path) {
      const entry = (await list()).get(path);
      return entry === undefined || entry.mode === '160000' ? null : (await read([entry.oid]))[0]!;
    },
    async names(folder) {
      return [...(await list()).keys()]
        .filter((path) => posix.dirname(path) === folder)
        .map((path) => posix.basename(path))
        .sort();
    },
  };
}

/** In a folder, and in none that tools fill. */
const isMeant = (path: string, folder: string): boolean =>
  path.startsWith(`${folder}/`) &&
  !path
    .slice(folder.length + 1)
    .split('/')
    .some((part) => skippedFolders.includes(part));
