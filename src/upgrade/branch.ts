import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { git, LockstepError, resolveCommit, tryGit } from '../workspace/index.ts';

/** One file of the new tree: its state, or null to take it out. */
export interface TreeChange {
  readonly path: string;
  readonly state: { readonly mode: string; readonly oid: string } | null;
}

/** Git's three-way merge of lines, with the names of the sides at its marks. Reads and writes the scratch alone. */
export async function mergeLines(
  scratch: string,
  { base, yours, release }: { base: Buffer; yours: Buffer; release: Buffer },
): Promise<{ clean: boolean; text: Buffer }> {
  const folder = join(scratch, 'merge');
  mkdirSync(folder, { recursive: true });
  const [mine, before, next] = ['yours', 'base', 'release'].map((name) => join(folder, name));
  writeFileSync(mine!, yours);
  writeFileSync(before!, base);
  writeFileSync(next!, release);
  const labels = ['-L', 'yours', '-L', 'what both began with', '-L', 'the release'];
  const result = await tryGit(['merge-file', '-p', '--diff3', ...labels, mine!, before!, next!], {
    cwd: folder,
  });
  // A number of conflicts, at most 127; what is above is an error of Git's own.
  if (result.status <= 127) return { clean: result.status === 0, text: Buffer.from(result.stdout) };
  return { clean: false, text: release };
}

export const writeBlob = (scratch: string, bytes: Buffer): Promise<string> =>
  git(['hash-object', '-w', '--stdin'], { cwd: scratch, input: bytes });

/** The tree of a commit with some files changed, in an index of its own. */
export async function writeTree(
  scratch: string,
  commit: string,
  changes: readonly TreeChange[],
): Promise<string> {
  const at = { cwd: scratch, env: { GIT_INDEX_FILE: join(scratch, 'upgrade-index') } };
  await git(['read-tree', commit], at);
  const gone = '0'.repeat(commit.length);
  const line = ({ path, state }: TreeChange) => `${state?.mode ?? '0'} ${state?.oid ?? gone}\t${path}\0`;
  // What goes makes room for what comes: a file may become a folder.
  const lines = [...changes.filter(({ state }) => !state), ...changes.filter(({ state }) => state)].map(line);
  await git(['update-index', '-z', '--add', '--index-info'], { ...at, input: lines.join('') });
  return git(['write-tree'], at);
}

/**
 * The branch with one commit on top of `head`, by one creation of a ref: before it nothing can be seen, and what a
 * killed process leaves is unnamed objects. `there` when the branch is that already. Errors: E_UPGRADE_BRANCH.
 */
export async function landBranch(
  root: string,
  scratch: string,
  { branch, head, tree, message }: { branch: string; head: string; tree: string; message: string },
  person: Readonly<Record<string, string>>,
): Promise<{ kind: 'made' | 'there'; commit: string }> {
  const ref = `refs/heads/${branch}`;
  const tip = await resolveCommit(root, ref);
  if (tip !== null) {
    const is = await git(['log', '-1', '--format=%T %P', tip], { cwd: root });
    if (is === `${tree} ${head}`) return { kind: 'there', commit: tip };
    throw branchTaken(branch);
  }
  const commit = await git(['commit-tree', tree, '-p', head, '-F', '-'], {
    cwd: scratch,
    input: message,
    env: person,
  });
  await git(['update-ref', 'refs/heads/upgrade', commit], { cwd: scratch });
  const flags = [
    '--quiet',
    '--no-tags',
    '--no-write-fetch-head',
    '--no-auto-maintenance',
    '--recurse-submodules=no',
  ];
  await git(['fetch', ...flags, scratch, 'refs/heads/upgrade'], { cwd: root });
  const made = await tryGit(
    ['update-ref', '-m', 'lockstep upgrade', ref, commit, '0'.repeat(commit.length)],
    {
      cwd: root,
    },
  );
  if (made.status !== 0) throw branchTaken(branch);
  return { kind: 'made', commit };
}

/** Author and committer as the repository knows them; the scratch has no settings of its own. Errors: E_GIT_IDENTITY. */
export function personEnvironment(ident: string): Record<string, string> {
  const [, name = '', email = ''] = /^(.*) <(.*)> \d+ [+-]\d{4}$/.exec(ident) ?? [];
  return {
    GIT_AUTHOR_NAME: name,
    GIT_AUTHOR_EMAIL: email,
    GIT_COMMITTER_NAME: name,
    GIT_COMMITTER_EMAIL: email,
  };
}

/** Leaves files for people to look at, in place of those of an earlier run. */
export function leaveFiles(folder: string, files: ReadonlyMap<string, Buffer>): void {
  rmSync(folder, { recursive: true, force: true });
  for (const [path, bytes] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
}

const branchTaken = (branch: string): LockstepError =>
  new LockstepError('E_UPGRADE_BRANCH', {
    what: `the branch ${branch} is there already, with something else`,
    allowed: 'a branch that this command makes',
    fix: `merge it, or remove it: git branch -D ${branch}`,
  });
