import { isLockstepError } from '../workspace/index.ts';
import type { GitHub } from './api.ts';
import { mayWrite } from './people.ts';

export interface PullInput {
  /** Branch of this repository that is to be merged. */
  readonly head: string;
  /** Branch that it is merged to. */
  readonly base: string;
  readonly title: string;
  readonly body: string;
}

export interface PullRequest {
  readonly number: number;
  readonly url: string;
  readonly state: 'open' | 'merged' | 'closed';
  /** Commit that is, or was, to be merged. */
  readonly head: string;
  readonly body: string;
}

interface Found {
  readonly number: number;
  readonly html_url: string;
  readonly state: string;
  readonly merged_at: string | null;
  readonly title: string;
  readonly body: string | null;
  readonly head: { readonly sha: string };
}

const pulls = '/repos/{owner}/{repo}/pulls';
const needs = 'pull-requests: write';

/** The pull request of a branch: the open one, else the newest of those that ended; null when there never was one. */
export async function findPull(github: GitHub, head: string, base: string): Promise<PullRequest | null> {
  const found = await newest(github, head, base);
  return found && shown(found);
}

/**
 * Opens a pull request for a branch, or gives the open one this title and text. A repository may forbid it to
 * workflows: then null, and people open it. Errors: E_GITHUB_*.
 */
export async function openPull(github: GitHub, input: PullInput): Promise<PullRequest | null> {
  const found = await newest(github, input.head, input.base);
  const { title, body } = input;
  if (found?.state === 'open') {
    if (found.title !== title || found.body?.replaceAll('\r\n', '\n') !== body)
      await github.ask(`PATCH ${pulls}/{pull_number}`, { pull_number: found.number, title, body }, { needs });
    return shown(found);
  }
  try {
    return shown(await github.ask<Found>(`POST ${pulls}`, { ...input }, { needs }));
  } catch (error) {
    if (isLockstepError(error, 'E_GITHUB_PERMISSION')) return null;
    throw error;
  }
}

async function newest(github: GitHub, head: string, base: string): Promise<Found | null> {
  const all = await github.ask<Found[]>(
    `GET ${pulls}`,
    {
      state: 'all',
      head: `${github.repository.owner}:${head}`,
      base,
      sort: 'created',
      direction: 'desc',
      per_page: 30,
    },
    { needs: 'pull-requests: read' },
  );
  return all.find(({ state }) => state === 'open') ?? all[0] ?? null;
}

const shown = ({ number, html_url: url, state, merged_at, head, body }: Found): PullRequest => ({
  number,
  url,
  state: state === 'open' ? 'open' : merged_at === null ? 'closed' : 'merged',
  head: head.sha,
  body: body ?? '',
});

export interface ReviewApproval {
  readonly by: string;
  /** Number of the account. */
  readonly id: number;
  readonly time: string;
}

interface Review {
  readonly state: string;
  readonly user: { readonly login: string; readonly id: number } | null;
  readonly submitted_at?: string;
  readonly commit_id: string | null;
}

/** Everybody may write a review; most accounts that count are few. */
const mostReviewers = 6;

/**
 * Who approved just what was to be merged and has not taken it back since, of those who may write here: anybody else's
 * review is an opinion. By account, in the order of their reviews.
 */
export async function reviewApprovals(
  github: GitHub,
  { number, head }: Pick<PullRequest, 'number' | 'head'>,
): Promise<ReviewApproval[]> {
  const reviews = await github.list<Review>(
    `GET ${pulls}/{pull_number}/reviews`,
    { pull_number: number },
    { needs: 'pull-requests: read' },
  );
  const last = new Map<number, Review & { user: NonNullable<Review['user']> }>();
  for (const review of reviews) {
    const { user, state } = review;
    if (user !== null && state !== 'COMMENTED' && state !== 'PENDING') last.set(user.id, { ...review, user });
  }
  const approvals: ReviewApproval[] = [];
  for (const { user, state, commit_id: commit, submitted_at: time } of last.values()) {
    if (state !== 'APPROVED' || commit !== head || time === undefined) continue;
    if (approvals.length < mostReviewers && (await mayWrite(github, user.login)))
      approvals.push({ by: user.login, id: user.id, time });
  }
  return approvals;
}
