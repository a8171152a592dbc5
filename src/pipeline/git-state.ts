import { tryGit } from '../workspace/index.ts';

export interface GitState {
  /** Full commit id, or null outside Git or before the first commit. */
  readonly commit: string | null;
  /** Whether tracked files differ from the commit. */
  readonly dirty: boolean;
}

/** One call of git: a run with nothing changed spends most of its time starting processes. */
export async function readGitState(root: string): Promise<GitState> {
  const { status, stdout } = await tryGit(
    ['status', '--porcelain=v2', '--branch', '--untracked-files=no', '--no-renames'],
    { cwd: root },
  );
  if (status !== 0) return { commit: null, dirty: false };
  const lines = stdout.split('\n').filter(Boolean);
  const id = lines.find((line) => line.startsWith('# branch.oid '))?.slice('# branch.oid '.length);
  const commit = id !== undefined && /^[0-9a-f]{40,64}$/.test(id) ? id : null;
  return { commit, dirty: lines.some((line) => !line.startsWith('# ')) };
}
