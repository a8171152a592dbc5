import type { Trust } from '../../registry/index.ts';
import { git, LockstepError, readTree, type TreeEntry, type Workspace } from '../../workspace/index.ts';
import { readFolder, type Tip, tipAt } from '../branch/tip.ts';
import { folderOf } from '../folder/environment-folder.ts';
import type { VerifiedRelease } from '../folder/evidence.ts';
import { verifyFolder } from '../folder/verify-folder.ts';
import type { RollbackRequest } from './rollback-note.ts';

/** Versions that an environment does not go back to. */
interface Avoided {
  readonly left: string;
  readonly isHeld: (version: string) => boolean;
}

/** The newest folder in the branch's history that is verified today and is of another, unheld version. */
export async function findEarlier(
  workspace: Workspace,
  tip: Tip,
  { model, environment, to }: RollbackRequest,
  { left, isHeld }: Avoided,
  trust: Trust,
): Promise<{ release: VerifiedRelease; entries: readonly TreeEntry[] }> {
  const folder = folderOf(model, environment);
  const log = await git(['log', '--first-parent', '--format=%H', tip.commit!, '--', folder], {
    cwd: workspace.root,
  });
  const seen = new Set<string>();
  for (const commit of log.split('\n').filter(Boolean).slice(1)) {
    const earlier = await tipAt(workspace, commit, 'local');
    const files = await readFolder(workspace, earlier, model, environment);
    const verdict = files && verifyFolder({ model, environment, files, trust });
    if (verdict?.kind !== 'verified') continue;
    const { version } = verdict.release;
    if (to === undefined ? version !== left && !isHeld(version) : version === to && version !== left) {
      return { release: verdict.release, entries: await readTree(workspace.root, commit, folder) };
    }
    seen.add(version);
  }
  const wanted =
    to === undefined
      ? 'no earlier verified version without a hold'
      : to === left
        ? `${to} is what stands now`
        : `${to} never ran verified`;
  throw nothingEarlier(model, environment, `${wanted} in ${environment} of ${model}`, [...seen]);
}

/** Errors are made, not thrown: E_ROLLBACK_NONE. */
export const nothingEarlier = (
  model: string,
  environment: string,
  what: string,
  seen: readonly string[],
): LockstepError =>
  new LockstepError('E_ROLLBACK_NONE', {
    what,
    where: { file: folderOf(model, environment) },
    allowed:
      seen.length > 0
        ? `versions in its history: ${seen.join(', ')}`
        : 'an environment with an earlier version',
    fix: `lockstep promote ${model} <version> --to ${environment}`,
  });
