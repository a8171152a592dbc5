import { emptyLock, type Lock, lockName, printLock, withEntry } from '../data/index.ts';
import { commitUpon } from '../gitops/index.ts';
import type { ReleaseRecord } from '../registry/index.ts';
import { LockstepError, tryGit, type Workspace } from '../workspace/index.ts';
import { lockAt } from './locks-in-git.ts';

/** What an environment trains a version's commit on. */
export interface OwnData {
  readonly environment: string;
  /** The version's commit with the locks moved, and nothing else. */
  readonly commit: string;
  /** data.lock there, and as the version has it. */
  readonly lock: Lock;
  readonly before: Lock;
}

/**
 * The datasets that `data.<environment>.lock` names at HEAD take the place of the version's own; the others stay. What
 * comes of it is a commit, so that code, data.lock and params name one model here too. Errors: E_LOCK_MISSING,
 * E_GIT_DIRTY, those of a bad lock.
 */
export async function ownData(
  workspace: Workspace,
  { model, version, commit }: ReleaseRecord,
  environment: string,
): Promise<OwnData> {
  const name = lockName(environment);
  const own = await committedLock(workspace, environment, name);
  const before = (await lockAt(workspace, commit, 'data.lock')) ?? emptyLock;
  const lock = own.entries.reduce(withEntry, before);
  const files = new Map([
    ['data.lock', Buffer.from(printLock(lock))],
    [name, Buffer.from(printLock(own))],
  ]);
  const message = `chore(${model}): ${version} on the data of ${environment}`;
  return { environment, commit: await commitUpon(workspace, commit, files, message), lock, before };
}

async function committedLock(workspace: Workspace, environment: string, name: string): Promise<Lock> {
  const { stdout } = await tryGit(['status', '--porcelain', '--', name], { cwd: workspace.root });
  if (stdout.trim() !== '') {
    throw new LockstepError('E_GIT_DIRTY', {
      what: `${name} is not committed`,
      allowed: 'a version names one commit, so all of it has to be there',
      fix: `git add ${name} and git commit, then retrain again`,
    });
  }
  const lock = await lockAt(workspace, 'HEAD', name);
  if (lock !== null) return lock;
  throw new LockstepError('E_LOCK_MISSING', {
    what: `no ${name} at HEAD, so ${environment} has no data of its own`,
    allowed: `a committed ${name} at the root of the repository`,
    fix: `\`lockstep data add <file> --as <dataset> --for ${environment}\`, then commit it`,
  });
}
