import { gitRecords, isLockstepError, type Workspace } from '../../workspace/index.ts';
import type { FolderEntries, Tip } from '../branch/tip.ts';
import { folderOf, placeOf } from '../folder/environment-folder.ts';
import type { Change, Changes, StatusMemo } from './status-memo.ts';

/**
 * When and by which commit each of the tip's folders last changed, by its path: of what is new since the last time,
 * where that is known.
 */
export async function changedAt(
  workspace: Workspace,
  tip: Tip,
  folders: readonly FolderEntries[],
  memo: Pick<StatusMemo, 'changes' | 'learnChanges'>,
): Promise<Changes['last']> {
  if (tip.commit === null) return {};
  const known = memo.changes;
  if (known?.tip === tip.commit) return known.last;
  const wanted = new Set(folders.map(({ model, environment }) => folderOf(model, environment)));
  const since = known && (await walkSince(workspace, known.tip, tip.commit, wanted));
  const last = since ? { ...known.last, ...since } : (await walk(workspace, tip.commit, wanted)).last;
  memo.learnChanges({ tip: tip.commit, last });
  return last;
}

/** Null when the branch did not simply grow from there: it was written anew. */
async function walkSince(
  workspace: Workspace,
  from: string,
  tip: string,
  wanted: ReadonlySet<string>,
): Promise<Changes['last'] | null> {
  try {
    const { last, isWhole, parent } = await walk(workspace, `${from}..${tip}`, wanted);
    return isWhole && parent !== from ? null : last;
  } catch (error) {
    if (isLockstepError(error, 'E_GIT')) return null; // That commit is not here any more.
    throw error;
  }
}

interface Walk {
  readonly last: Changes['last'];
  /** Whether the whole range was walked, and from where its first commit went on. */
  readonly isWhole: boolean;
  readonly parent: string | null;
}

/**
 * From the newest commit on, until every folder was met. No path is named to git: it would compare every two trees
 * twice, once to see whether the commit is one to show.
 */
async function walk({ root }: Workspace, range: string, wanted: ReadonlySet<string>): Promise<Walk> {
  const last: Record<string, Change> = {};
  const missing = new Set(wanted);
  let parent: string | null = null;
  const log = ['log', '--first-parent', '-m', '--no-renames', '--format=%x00%ct %H %P', '--name-only', range];
  for await (const entry of gitRecords(log, { cwd: root }, '\0')) {
    const [head, ...paths] = entry.split('\n').filter(Boolean);
    const [seconds, commit, first = null] = head!.split(' ');
    parent = first;
    const change: Change = [new Date(Number(seconds) * 1000).toISOString(), commit!];
    for (const path of paths) {
      const place = placeOf(path);
      if (place?.kind !== 'folder') continue;
      const folder = folderOf(place.model, place.environment);
      if (missing.delete(folder)) last[folder] = change;
    }
    if (missing.size === 0) return { last, isWhole: false, parent };
  }
  return { last, isWhole: true, parent };
}
