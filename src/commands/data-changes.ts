import { type Lock, parseLock } from '../data/index.ts';
import type { DataChange } from '../report/index.ts';
import { isLockstepError, readAtCommit, type Workspace } from '../workspace/index.ts';

/** Datasets whose entry differs between two locks, by key; one that is not there has none. */
export function lockDifference(before: Lock | null, after: Lock | null): DataChange[] {
  const entries = (lock: Lock | null) => new Map(lock?.entries.map((entry) => [entry.key, entry]));
  const [old, now] = [entries(before), entries(after)];
  return [...new Set([...old.keys(), ...now.keys()])].sort().flatMap((key): DataChange[] => {
    const [was, is] = [old.get(key), now.get(key)];
    return was?.digest === is?.digest
      ? []
      : [{ key, ...(was ? { before: was } : {}), ...(is ? { after: is } : {}) }];
  });
}

/** The same between two commits; empty where one of their locks can't be read. */
export async function dataBetween(workspace: Workspace, base: string, head: string): Promise<DataChange[]> {
  const [before, after] = [await lockAt(workspace, base), await lockAt(workspace, head)];
  return before === null || after === null ? [] : lockDifference(before, after);
}

async function lockAt({ root }: Workspace, commit: string): Promise<Lock | null> {
  const bytes = await readAtCommit(root, commit, 'data.lock');
  try {
    return bytes && parseLock(bytes, 'data.lock');
  } catch (error) {
    if (isLockstepError(error)) return null;
    throw error;
  }
}
