import { existsSync, readFileSync, rmSync } from 'node:fs';
import { environmentsRemote } from '../../registry/index.ts';
import { canonicalJson, statePath, tryGit, type Workspace, writeAtomic } from '../../workspace/index.ts';
import type { Proposal } from '../branch/proposal.ts';
import { branchRef, fetchedRef } from '../branch/tip.ts';
import type { VerifiedRelease } from '../folder/evidence.ts';

export interface RollbackRequest {
  readonly model: string;
  readonly environment: string;
  /** Version to go back to; the one that ran before unless given. */
  readonly to?: string;
  readonly reason: string;
  /** The version that is to be left; whatever the environment names unless given. */
  readonly from?: string;
  /** Also hold the version that is left, so that nobody promotes it again by mistake. */
  readonly hold: boolean;
  /** How long to wait for the environment to answer, in seconds. */
  readonly observe?: number;
}

export interface RollbackResult {
  readonly model: string;
  readonly environment: string;
  readonly from: string;
  readonly to: string;
  readonly image: string;
  readonly commit: string;
  /** Null until it is merged, where it is proposed. */
  readonly tag: string | null;
  readonly held: boolean;
  readonly outcome: 'written' | 'observed' | 'proposed';
  /** Where people merge it; null where it is on the branch. */
  readonly proposal: Proposal | null;
}

/** What one commit did, before anybody was asked whether it runs. */
export type Done = Omit<RollbackResult, 'commit' | 'outcome' | 'proposal'> & {
  readonly release: VerifiedRelease;
};

/** `.lockstep/rollback/`: what a run that was killed was about to push. */
export function noteOf(
  workspace: Workspace,
  { model, environment, to, from, reason, hold }: RollbackRequest,
) {
  const path = statePath(workspace, 'rollback', `${model}.${environment}.json`);
  const asked = canonicalJson({ to: to ?? null, from: from ?? null, reason, hold });
  let result: Omit<Done, 'release'> | undefined;
  return {
    expect({ release: _, ...planned }: Done): void {
      result = planned;
    },
    write: (commit: string) => writeAtomic(path, `${JSON.stringify({ asked, commit, result })}\n`),
    clear: () => rmSync(path, { force: true }),
    /** The result of the same request when its commit is on the branch after all. */
    async finished(): Promise<RollbackResult | null> {
      if (!existsSync(path)) return null;
      const note = JSON.parse(readFileSync(path, 'utf8')) as {
        asked: string;
        commit: string;
        result: Omit<Done, 'release'>;
      };
      rmSync(path, { force: true });
      const remote = await environmentsRemote(workspace);
      const branch = branchRef(workspace);
      if (remote !== null)
        await tryGit(
          ['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', remote, `+${branch}:${fetchedRef}`],
          { cwd: workspace.root },
        );
      const tip = remote === null ? branch : fetchedRef;
      const { status } = await tryGit(['merge-base', '--is-ancestor', note.commit, tip], {
        cwd: workspace.root,
      });
      return status === 0 && note.asked === asked
        ? { ...note.result, commit: note.commit, outcome: 'written', proposal: null }
        : null;
    },
  };
}
