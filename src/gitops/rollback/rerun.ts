import { git, type Workspace } from '../../workspace/index.ts';
import { type BranchEvent, parseMessage } from '../branch/commit-message.ts';
import type { Tip } from '../branch/tip.ts';
import { folderOf } from '../folder/environment-folder.ts';
import type { RollbackRequest } from './rollback-note.ts';

/**
 * The rollback that an earlier attempt of this run pushed, where nothing came after it. A lost runner's notes are lost
 * with it, and going back twice would leave a good version.
 */
export async function rolledBackBefore(
  workspace: Workspace,
  tip: Tip,
  { model, environment, to, from, reason }: RollbackRequest,
  run: string | null,
): Promise<{ readonly event: BranchEvent; readonly commit: string } | null> {
  if (run === null || tip.commit === null) return null;
  const log = ['log', '-1', '--first-parent', '--format=%H%x00%B', tip.commit, '--'];
  const last = await git([...log, folderOf(model, environment)], { cwd: workspace.root });
  const [commit = '', message = ''] = last.split('\0');
  const event = parseMessage(message);
  if (event?.event !== 'rollback' || event.run !== run || event.reason !== reason) return null;
  const asked = (to ?? event.version) === event.version && (from ?? event.from) === event.from;
  return asked ? { event, commit } : null;
}
