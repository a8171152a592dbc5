import {
  type GitHub,
  type KnownSubject,
  type RunContext,
  subjectOfRun,
  triggeringRun,
  type WorkflowRun,
} from '../../src/github/index.ts';
import type { Workspace } from '../../src/workspace/index.ts';
import { type ChangeCommits, fetchChange } from '../kit/change-commits.ts';

/** What a step of the report works with. */
export interface ReportJob {
  readonly context: RunContext;
  readonly workspace: Workspace;
  readonly github: GitHub;
}

export type Change =
  | {
      readonly kind: 'change';
      readonly run: WorkflowRun;
      readonly subject: KnownSubject;
      readonly commits: ChangeCommits;
    }
  /** Somebody's first: it has not run, and won't until a maintainer lets it. */
  | { readonly kind: 'unapproved'; readonly run: WorkflowRun; readonly subject: KnownSubject }
  /** Nothing is to be said about it any more. */
  | { readonly kind: 'stale'; readonly why: string };

/**
 * The change that the finished run was for, by the API and by Git: in every job anew, since nobody's word is taken for it.
 * Errors: E_GITHUB_*, E_HANDOVER_REPO, E_HANDOVER_PR, E_GIT.
 */
export async function findChange({ context, workspace, github }: ReportJob): Promise<Change> {
  const run = await triggeringRun(github, context);
  const subject = await subjectOfRun(github, run);
  if (subject.kind === 'stale') return subject;
  if (run.conclusion === 'action_required') return { kind: 'unapproved', run, subject };
  const { head, baseRef } = subject;
  const from = subject.kind === 'pull-request' ? `refs/pull/${subject.number}/head` : head;
  const commits = await fetchChange(workspace, { from, head, baseRef });
  return commits === null
    ? { kind: 'stale', why: 'the change has a newer commit' }
    : { kind: 'change', run, subject, commits };
}
