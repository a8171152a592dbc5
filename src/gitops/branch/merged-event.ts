import { openObjects, type Workspace } from '../../workspace/index.ts';
import { type BranchEvent, parseMessage } from './commit-message.ts';

/** Whoever updates a pull request's branch puts merges upon our commit; nobody does so for ever. */
const mostSteps = 20;

/**
 * What commits of the branch did, by their ids: as their own messages say, or, for a merge, as the commit says that it
 * merged. Commits by hand are not in it.
 */
export async function readEvents(
  { root }: Workspace,
  commits: readonly { readonly commit: string; readonly message: string }[],
): Promise<ReadonlyMap<string, BranchEvent>> {
  await using objects = openObjects(root);
  const read = async (oid: string) => parseCommit((await objects.read(oid, 'commit')).toString());
  const events = new Map<string, BranchEvent>();
  for (const { commit, message } of commits) {
    const told = parseMessage(message) ?? (await mergedEvent(commit, read));
    if (told !== null) events.set(commit, told);
  }
  return events;
}

interface Commit {
  readonly parents: readonly string[];
  readonly message: string;
}

async function mergedEvent(
  merge: string,
  read: (oid: string) => Promise<Commit>,
): Promise<BranchEvent | null> {
  let at = (await read(merge)).parents[1];
  for (let step = 0; at !== undefined && step < mostSteps; step++) {
    const { parents, message }: Commit = await read(at);
    const told = parseMessage(message);
    if (told !== null) return told;
    at = parents[0];
  }
  return null;
}

function parseCommit(text: string): Commit {
  const end = text.indexOf('\n\n');
  const head = text.slice(0, end).split('\n');
  const parents = head.flatMap((line) => /^parent ([0-9a-f]+)$/.exec(line)?.[1] ?? []);
  return { parents, message: text.slice(end + 2) };
}
