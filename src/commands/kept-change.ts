import { git, LockstepError, tryGit, type Workspace } from '../workspace/index.ts';

/** What a commit brought to the one where it left its branch: enough to see later whether all of it was merged. */
export interface TrainedChange {
  /** Full id of the commit where the change began. */
  readonly base: string;
  /** `<mode> <object id>` of each file that differs there, as the change has it; null for one that it removed. */
  readonly files: Readonly<Record<string, string | null>>;
}

/** A signed statement has to stay readable in one go. */
const mostFiles = 2000;

/**
 * What `head` brought to `base`, read from Git's objects; nothing is checked out.
 * Errors: E_GIT; E_HANDOVER_RECORD for a change of more than 2,000 files.
 */
export async function trainedChange(
  { root }: Workspace,
  { base, head }: { readonly base: string; readonly head: string },
): Promise<TrainedChange> {
  const listed = await git(['diff-tree', '-r', '-z', '--no-renames', '--end-of-options', base, head], {
    cwd: root,
  });
  // `:<old mode> <new mode> <old id> <new id> <status>`, then the path: git-diff-tree(1), "raw output format".
  const fields = listed.split('\0').slice(0, -1);
  if (fields.length / 2 > mostFiles) throw tooMany(fields.length / 2, head);
  const files: Record<string, string | null> = Object.create(null);
  for (let at = 0; at < fields.length; at += 2) {
    const [, mode, , id] = fields[at]!.split(' ');
    files[fields[at + 1]!] = mode === '000000' ? null : `${mode} ${id}`;
  }
  return { base, files };
}

/**
 * Whether HEAD descends from where the change began and has every file of it exactly as it was trained. Then all that
 * ran is this branch's own, old or new, however the change came in: merged, squashed or rebased. Errors: E_GIT.
 */
export async function isMerged({ root }: Workspace, { base, files }: TrainedChange): Promise<boolean> {
  const began = await tryGit(['merge-base', '--is-ancestor', base, 'HEAD'], { cwd: root });
  if (began.status !== 0) return false;
  // `<mode> <type> <id>`, a tab, the path: git-ls-tree(1).
  const listed = await git(['ls-tree', '-r', '-z', 'HEAD'], { cwd: root });
  const here = new Map(
    listed.split('\0').map((line) => {
      const [, mode, id, path] = /^(\d+) \w+ (\w+)\t(.*)$/s.exec(line) ?? [];
      return [path, `${mode} ${id}`] as const;
    }),
  );
  return Object.entries(files).every(([path, file]) => (here.get(path) ?? null) === file);
}

const tooMany = (count: number, head: string): LockstepError =>
  new LockstepError('E_HANDOVER_RECORD', {
    what: `a change of ${count} files in ${head.slice(0, 12)}`,
    allowed: `at most ${mostFiles}, for its run to be kept`,
    fix: 'merge it: the default branch trains it again',
  });
