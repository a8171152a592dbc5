import { type LockEntry, workingState } from '../../data/index.ts';
import { LockstepError, type Workspace } from '../../workspace/index.ts';

/**
 * Whether the working copy may be replaced: it is what the lock before says. False where none was locked: then only a
 * free place is taken. Errors: E_DATA_CHANGED for somebody's own edits.
 */
export async function checkReplaceable(
  workspace: Workspace,
  before: LockEntry | null,
  after: LockEntry,
): Promise<boolean> {
  if (before === null) return false;
  const state = await workingState(workspace, before);
  if (state === 'same' || (await workingState(workspace, after)) === 'same') return true;
  if (state === 'missing') return false;
  throw new LockstepError('E_DATA_CHANGED', {
    what: `data/${before.key} was changed here, and its source has other bytes too`,
    allowed: 'a dataset as data.lock says, or none',
    fix: '`lockstep data pull --force` drops the change; then refresh again',
  });
}
