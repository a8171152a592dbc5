import { resolveCommit, type Workspace } from '../workspace/index.ts';
import { hasOrigin } from './origin.ts';

/** Where the fetched branch `environments` is kept, out of the way of people's own branches. */
export const fetchedRef = 'refs/lockstep/environments';

/** The remote that has the environments: the repository that configuration names, else origin; null without either. */
export async function environmentsRemote({ root, configuration }: Workspace): Promise<string | null> {
  return configuration.gitops.repository ?? ((await hasOrigin(root)) ? 'origin' : null);
}

/**
 * The commit of the branch `environments` that this clone knows of without asking anybody: as we fetched it last, else
 * as the clone or the checkout brought it (a job without a token can do no more); without origin, the local branch. Null
 * where there is none.
 */
export async function knownBranchCommit({ root, configuration }: Workspace): Promise<string | null> {
  const { branch, repository } = configuration.gitops;
  if (repository !== null) return resolveCommit(root, fetchedRef);
  if (!(await hasOrigin(root))) return resolveCommit(root, `refs/heads/${branch}`);
  return (
    (await resolveCommit(root, fetchedRef)) ?? (await resolveCommit(root, `refs/remotes/origin/${branch}`))
  );
}
