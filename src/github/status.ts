import type { ToldStatus } from '../gitops/index.ts';
import { type Digest, hexOf } from '../workspace/index.ts';
import type { GitHub } from './api.ts';
import { isNewer, type RunOrder } from './runs.ts';
import type { KnownSubject } from './subject.ts';

/** The one status that a pull request needs; make it the required check. */
const verdictContext = 'lockstep/verdict';

/**
 * A status belongs to a commit, and one commit may be offered to several branches: what the base of a lax one says must
 * not turn the default branch's check green, so other branches have a check of their own, `lockstep/verdict/<branch>`.
 */
export const verdictContextOf = ({ baseRef, defaultBranch }: KnownSubject): string =>
  baseRef === defaultBranch ? verdictContext : `${verdictContext}/${baseRef}`;

export interface CommitStatus {
  readonly sha: string;
  readonly context: string;
  readonly state: 'success' | 'failure' | 'error' | 'pending';
  /** For people; cut to what GitHub takes. */
  readonly description: string;
  /** Of the run that says it. */
  readonly url: string;
  /** The run that it is about, where that is another. */
  readonly about?: RunOrder;
  /** Digest of what decided; said again for the same, other words (a time that was measured anew) make no new status. */
  readonly key?: Digest;
}

interface Found {
  readonly context: string;
  readonly state: string;
  readonly description: string | null;
  readonly target_url: string | null;
  readonly creator: { readonly login: string } | null;
}

/**
 * Sets a status unless the newest of its name says the same. What we said about a newer run stays.
 * Errors: E_GITHUB_*.
 */
export async function setStatus(
  github: GitHub,
  { sha, context, state, description, url, about, key }: CommitStatus,
): Promise<'set' | 'unchanged' | 'skipped'> {
  const text = cutText(description);
  const of = key === undefined ? '' : `of-${hexOf(key).slice(0, 16)}`;
  const marks = [about === undefined ? '' : `about-${about.id}.${about.attempt}`, of].filter(Boolean);
  const target = marks.length === 0 ? url : `${url}#${marks.join('-')}`;
  const statuses = await github.ask<Found[]>('GET /repos/{owner}/{repo}/commits/{ref}/statuses', {
    ref: sha,
    per_page: 100,
  });
  const newest = statuses.find((status) => status.context === context);
  if (newest !== undefined && newest.creator?.login === (await github.login())) {
    if (isNewer(orderOf(newest.target_url), orderOf(target))) return 'skipped';
    const same = newest.description === text || (of !== '' && newest.target_url?.endsWith(of) === true);
    if (newest.state === state && same) return 'unchanged';
  }
  await github.ask(
    'POST /repos/{owner}/{repo}/statuses/{sha}',
    { sha, state, description: text, target_url: target, context },
    { needs: 'statuses: write', repeatable: true },
  );
  return 'set';
}

/** State of the newest status of a name; null when there is none. */
export async function stateOf(github: GitHub, sha: string, context: string): Promise<string | null> {
  const statuses = await github.ask<Found[]>(
    'GET /repos/{owner}/{repo}/commits/{ref}/statuses',
    { ref: sha, per_page: 100 },
    { needs: 'statuses: read' },
  );
  return statuses.find((status) => status.context === context)?.state ?? null;
}

/** What others said of a commit, newest first; a busy commit's oldest are left out. Errors: E_GITHUB_*. */
export async function statusesOf(github: GitHub, sha: string): Promise<ToldStatus[]> {
  const statuses = await github.list<Found & { readonly created_at: string }>(
    'GET /repos/{owner}/{repo}/commits/{ref}/statuses',
    { ref: sha },
    { needs: 'statuses: read', most: 3 },
  );
  return statuses.map(({ context, state, description, target_url: url, creator, created_at: time }) => ({
    ...{ context, state, description, url, time },
    creator: creator?.login ?? null,
  }));
}

/** The run that a status of ours is about. */
function orderOf(url: string | null): RunOrder {
  const [, run, about, attempt] =
    /\/actions\/runs\/(\d+)(?:#(?:about-(\d+)\.(\d+))?(?:-?of-[0-9a-f]{16})?)?$/.exec(url ?? '') ?? [];
  return { id: Number(about ?? run ?? 0), attempt: Number(attempt ?? 0) };
}

const mostUnits = 140;

/** One line of whole characters within what GitHub takes for a description. */
export function cutText(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  if (line.length <= mostUnits) return line;
  const cut = line.slice(0, mostUnits - 1);
  return `${/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}
