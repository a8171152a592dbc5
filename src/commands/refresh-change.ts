import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pushData, writeLock } from '../data/index.ts';
import { lineageFile, writeLineage } from '../data/sources/index.ts';
import { baseCommit, fetchRefs, pushAtomic, pushRefused, remoteRefs } from '../registry/index.ts';
import { git, gitBytes, LockstepError, scratchPath, tryGit, type Workspace } from '../workspace/index.ts';
import type { TakenRefresh } from './refresh-handover.ts';
import { changeLines } from './refresh-text.ts';

/** The one branch of all refreshed data, so that there is one pull request. */
export const refreshBranch = 'refresh/data';
const ref = `refs/heads/${refreshBranch}`;
/** Tells our commits on that branch from other people's. */
const mark = 'Made-by: lockstep data refresh';
const mostLines = 200;

export interface RefreshChange {
  readonly title: string;
  /** What differs, for people. */
  readonly text: string;
  /** `there`: the branch has this very data already. `theirs`: others committed to it, and it is left to them. */
  readonly state: 'pushed' | 'there' | 'theirs';
}

/**
 * Sends the new bytes to the remote, and the lock and lineage that name them to the branch `refresh/data`, forwards
 * only. For a job's own checkout of the default branch: its lock and lineage are replaced.
 * Errors: E_REMOTE_*, E_GIT, E_GIT_IDENTITY, E_GIT_PUSH_REFUSED.
 */
export async function proposeRefresh(workspace: Workspace, taken: TakenRefresh): Promise<RefreshChange> {
  const { root } = workspace;
  const base = await baseCommit(workspace);
  if (base === null)
    throw new LockstepError('E_GIT', { what: 'nothing is committed', fix: 'commit lockstep.yaml first' });
  const { title, text } = describe(taken);
  const tip = await fetchTip(root);
  const open = tip !== null && !(await isAncestor(root, tip, base));
  if (open && (await hasOthersCommits(root, base, tip))) return { title, text, state: 'theirs' };
  writeLock(workspace, taken.lock);
  writeLineage(workspace, taken.lineage);
  if (open && (await hasLock(workspace, tip))) return { title, text, state: 'there' };
  const fresh = taken.changes.filter(({ before, after }) => before?.digest !== after.digest);
  if (fresh.length > 0)
    await pushData(
      workspace,
      fresh.map(({ after }) => after.key),
    );
  const message = `${title}\n\n${text}\n\n${mark}\n`;
  const commit = await commitData(workspace, base, open ? [tip, base] : [base], message);
  const outcome = await pushAtomic(root, { [ref]: commit });
  if (outcome.kind !== 'pushed' && (await remoteRefs(root, [ref])).get(ref) !== commit)
    throw pushRefused(`the branch ${refreshBranch}`, outcome.reason);
  return { title, text, state: 'pushed' };
}

function describe({ changes }: TakenRefresh): Pick<RefreshChange, 'title' | 'text'> {
  const [first, ...more] = changes;
  const lines = changes.flatMap(changeLines);
  const rest = lines.length - mostLines;
  return {
    title: `data: refresh ${first!.after.key}${more.length > 0 ? ` and ${more.length} more` : ''}`,
    text: [...lines.slice(0, mostLines), ...(rest > 0 ? [`and ${rest} more lines`] : [])].join('\n'),
  };
}

async function fetchTip(root: string): Promise<string | null> {
  const tip = (await remoteRefs(root, [ref])).get(ref) ?? null;
  if (tip !== null) await fetchRefs(root, [`+${ref}:refs/lockstep/refresh`]);
  return tip;
}

const isAncestor = async (root: string, commit: string, of: string): Promise<boolean> =>
  (await tryGit(['merge-base', '--is-ancestor', commit, of], { cwd: root })).status === 0;

async function hasOthersCommits(root: string, base: string, tip: string): Promise<boolean> {
  const messages = await git(['log', '--format=%B%x00', `${base}..${tip}`], { cwd: root });
  return messages
    .split('\0')
    .filter((message) => message.trim() !== '')
    .some((message) => !message.trimEnd().endsWith(mark));
}

async function hasLock({ root }: Workspace, tip: string): Promise<boolean> {
  const there = await gitBytes(['cat-file', 'blob', `${tip}:data.lock`], { cwd: root }).catch(() => null);
  if (there === null) return false;
  const [blob, own] = await Promise.all([
    git(['hash-object', '--stdin', '--no-filters'], { cwd: root, input: there }),
    git(['hash-object', '--no-filters', 'data.lock'], { cwd: root }),
  ]);
  return blob === own;
}

/** The base with the lock, the lineage and what the embedded remote has got, made in an index of its own. */
async function commitData(
  workspace: Workspace,
  base: string,
  parents: readonly string[],
  message: string,
): Promise<string> {
  const { root } = workspace;
  const index = scratchPath(workspace, 'index');
  const options = { cwd: root, env: { GIT_INDEX_FILE: index } };
  const paths = ['data.lock', lineageFile, ...(existsSync(join(root, '.data')) ? ['.data'] : [])];
  try {
    await git(['read-tree', base], options);
    await git(['add', '--force', '--ignore-removal', '--', ...paths], options);
    const tree = await git(['write-tree'], options);
    const named = parents.flatMap((parent) => ['-p', parent]);
    return await git(['commit-tree', tree, ...named, '-F', '-'], { ...options, input: message });
  } finally {
    rmSync(index, { force: true });
  }
}
