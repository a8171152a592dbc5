import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { emptyLock, type Lock, parseLock, printMerge } from '../data/index.ts';
import { git, isLockstepError, tryGit, type Workspace, writeAtomic } from '../workspace/index.ts';
import { type LockMergeResult, mergeSides } from './merge-lock.ts';

/** The files that Git hands to a merge driver, %O %A %B: gitattributes(5), "Defining a custom merge driver". */
export interface DriverFiles {
  readonly base: string;
  /** The result goes here. */
  readonly ours: string;
  readonly theirs: string;
}

/**
 * Merges as Git's driver. Asks no remote: in the middle of `git merge` nothing is fetched, and a folder whose manifest
 * is not here stays a conflict for `lockstep data merge`. Null where a side is no lock: then the text is merged as Git
 * would have, and whatever it left in `ours` is to be looked at.
 */
export async function driveMerge(workspace: Workspace, files: DriverFiles): Promise<LockMergeResult | null> {
  const { root } = workspace;
  const [base, ours, theirs] = [files.base, files.ours, files.theirs].map((path) => resolve(root, path)) as [
    string,
    string,
    string,
  ];
  try {
    const sides = { base: lockIn(base), ours: lockIn(ours), theirs: lockIn(theirs) };
    const result = await mergeSides(
      workspace,
      sides,
      { ours: [], theirs: [] },
      { commits: mergedHeads(), mostFetched: 0 },
    );
    writeAtomic(ours, printMerge(result));
    return result;
  } catch (error) {
    if (!isLockstepError(error)) throw error;
    await tryGit(['merge-file', '-L', 'ours', '-L', 'base', '-L', 'theirs', ours, base, theirs], {
      cwd: root,
    });
    return null;
  }
}

/** An empty file is what Git hands over for a side that has none. */
function lockIn(path: string): Lock {
  const bytes = readFileSync(path);
  return bytes.byteLength === 0 ? emptyLock : parseLock(bytes);
}

/** `git merge` names what it merges in variables `GITHEAD_<commit>`. */
const mergedHeads = (): string[] =>
  Object.keys(process.env).flatMap((key) => /^GITHEAD_([0-9a-f]{40,64})$/.exec(key)?.[1] ?? []);

/**
 * Without Lockstep (an old commit, nothing installed) the shell says 2 or 127, and Git's own text merge is what
 * remains: Git would else take our side alone for the result.
 */
const driverOf = (program: string): string =>
  `${program} data merge --driver %O %A %B %P; case $? in 0) exit 0;; 1) exit 1;; *) git merge-file --marker-size=%L %A %O %B;; esac`;

/** Makes Git in this clone merge data.lock by Lockstep. True when .gitattributes had to be changed. Errors: E_GIT. */
export async function installDriver({ root }: Workspace): Promise<boolean> {
  const quoted = (path: string) => `'${path.replaceAll("'", "'\\''").replaceAll('%', '%%')}'`;
  const program = existsSync(join(root, 'lockstep'))
    ? './lockstep'
    : [process.execPath, process.argv[1]!].map(quoted).join(' ');
  await git(['config', '--local', 'merge.lockstep.name', 'data.lock, dataset by dataset'], { cwd: root });
  await git(['config', '--local', 'merge.lockstep.driver', driverOf(program)], { cwd: root });
  const merging = await git(['check-attr', 'merge', '--', 'data.lock'], { cwd: root });
  if (merging.endsWith(': lockstep')) return false;
  const path = join(root, '.gitattributes');
  writeAtomic(path, withAttribute(existsSync(path) ? readFileSync(path, 'utf8') : ''));
  return true;
}

export const isInstalled = async ({ root }: Workspace): Promise<boolean> =>
  (await tryGit(['config', '--get', 'merge.lockstep.driver'], { cwd: root })).status === 0;

/** .gitattributes with our line for data.lock, its other attributes kept. */
export function withAttribute(text: string): string {
  const lines = text.split('\n').filter((line, at, all) => line !== '' || at < all.length - 1);
  const own = lines.findIndex((line) => /^\/?data\.lock\s/.test(line));
  if (own >= 0)
    lines[own] = `${lines[own]!.replace(/\s+-?!?merge(=\S+)?(?=\s|$)/g, '').trimEnd()} merge=lockstep`;
  else {
    // The last line stays the last: it keeps Git from changing objects in .data/.
    const last = lines.findLastIndex((line) => line.startsWith('/.data/'));
    lines.splice(last < 0 ? lines.length : last, 0, 'data.lock text eol=lf merge=lockstep');
  }
  return `${lines.join('\n')}\n`;
}
