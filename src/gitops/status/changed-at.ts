import { git, type Workspace } from '../../workspace/index.ts';
import { historyPaths, type Tip } from '../branch/tip.ts';
import { folderOf, placeOf } from '../folder/environment-folder.ts';
import type { Change, Changes, StatusMemo } from './status-memo.ts';

/** When and by which commit each folder last changed, by its path: of what is new since the last time, where that is known. */
export async function changedAt(workspace: Workspace, tip: Tip, memo: StatusMemo): Promise<Changes['last']> {
  if (tip.commit === null) return {};
  const known = memo.changes;
  if (known?.tip === tip.commit) return known.last;
  const since = known && (await walkSince(workspace, known.tip, tip.commit));
  const last = since ? { ...known.last, ...since } : await walkAll(workspace, tip.commit);
  memo.learnChanges({ tip: tip.commit, last });
  return last;
}

const walkAll = async ({ root }: Workspace, tip: string): Promise<Changes['last']> =>
  lastIn(
    await git([...walk, tip, '--', ...historyPaths('*')], {
      cwd: root,
    }),
  );

/** Null when the branch did not simply grow from there: it was written anew. */
async function walkSince({ root }: Workspace, from: string, tip: string): Promise<Changes['last'] | null> {
  const chain = await git(['rev-list', '--first-parent', '--parents', `${from}..${tip}`], {
    cwd: root,
  }).catch(() => '');
  const [, first] = chain.split('\n').at(-1)!.split(' ');
  if (first !== from) return null;
  return lastIn(await git([...walk, `${from}..${tip}`, '--', ...historyPaths('*')], { cwd: root }));
}

const walk = ['log', '--first-parent', '-m', '--format=%x00%ct %H', '--name-only'];

function lastIn(log: string): Changes['last'] {
  const last: Record<string, Change> = {};
  for (const entry of log.split('\0').slice(1)) {
    const [head, ...paths] = entry.split('\n').filter(Boolean);
    const [seconds, commit] = head!.split(' ');
    const change: Change = [new Date(Number(seconds) * 1000).toISOString(), commit!];
    for (const path of paths) {
      const place = placeOf(path);
      if (place?.kind === 'folder') last[folderOf(place.model, place.environment)] ??= change;
    }
  }
  return last;
}
