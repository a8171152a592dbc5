import { git, type Workspace } from '../workspace/index.ts';
import { folderOf, placeOf } from './environment-folder.ts';
import type { Changes, StatusMemo } from './status-memo.ts';
import { historyPaths, type Tip } from './tip.ts';

/** When each folder last changed, by its path: of what is new since the last time, where that is known. */
export async function changedAt(workspace: Workspace, tip: Tip, memo: StatusMemo): Promise<Changes['times']> {
  if (tip.commit === null) return {};
  const known = memo.changes;
  if (known?.tip === tip.commit) return known.times;
  const since = known && (await walkSince(workspace, known.tip, tip.commit));
  const times = since ? { ...known.times, ...since } : await walkAll(workspace, tip.commit);
  memo.learnChanges({ tip: tip.commit, times });
  return times;
}

const walkAll = async ({ root }: Workspace, tip: string): Promise<Changes['times']> =>
  timesIn(
    await git([...walk, tip, '--', ...historyPaths('*')], {
      cwd: root,
    }),
  );

/** Null when the branch did not simply grow from there: it was written anew. */
async function walkSince({ root }: Workspace, from: string, tip: string): Promise<Changes['times'] | null> {
  const chain = await git(['rev-list', '--first-parent', '--parents', `${from}..${tip}`], {
    cwd: root,
  }).catch(() => '');
  const [, first] = chain.split('\n').at(-1)!.split(' ');
  if (first !== from) return null;
  return timesIn(await git([...walk, `${from}..${tip}`, '--', ...historyPaths('*')], { cwd: root }));
}

const walk = ['log', '--first-parent', '-m', '--format=%x00%ct', '--name-only'];

function timesIn(log: string): Record<string, string> {
  const times: Record<string, string> = {};
  for (const entry of log.split('\0').slice(1)) {
    const [seconds, ...paths] = entry.split('\n').filter(Boolean);
    for (const path of paths) {
      const place = placeOf(path);
      if (place?.kind !== 'folder') continue;
      times[folderOf(place.model, place.environment)] ??= new Date(Number(seconds) * 1000).toISOString();
    }
  }
  return times;
}
