import { isLockstepError, LockstepError } from '../workspace/index.ts';
import type { GitHub } from './api.ts';

export interface CommentInput {
  /** Number of the pull request. */
  readonly number: number;
  /** Markdown without a marker. */
  readonly body: string;
  /** Commit that the body is about. */
  readonly head: string;
  readonly runId: number;
  readonly runAttempt: number;
  /** Who we are to GitHub; the login behind a workflow's own token unless stated. */
  readonly author?: string;
}

export type CommentOutcome =
  | { readonly kind: 'created' | 'updated' | 'unchanged'; readonly id: number; readonly url: string }
  | { readonly kind: 'skipped'; readonly why: 'a newer run already reported' | 'the head has moved on' };

interface Found {
  readonly id: number;
  readonly body?: string;
  readonly html_url: string;
  readonly user: { readonly login: string } | null;
}

/** A comment of ours, with what its last line says of the run that wrote it. */
interface Own {
  readonly id: number;
  readonly url: string;
  readonly text: string;
  readonly run: readonly [id: number, attempt: number];
}

/** GitHub counts UTF-16 code units. */
export const mostUnits = 65_536;
const workflowLogin = 'github-actions[bot]';
const markerLine = /\n*<!-- lockstep:report(?: run=(\d{1,15})\.(\d{1,6}) head=[0-9a-f]{40,64})? -->\s*$/;

/**
 * Leaves exactly one comment of ours on a pull request, with this body, however many runs write at once: the oldest is
 * updated and the others are deleted; after creating one everybody looks again. Ours are those that this author wrote
 * and that end with our marker: one without the other is somebody else's. What was written by a newer run stays, a
 * head that has moved on gets nothing. At most eight requests, and one more for every hundred comments beyond the first.
 * Errors: E_COMMENT_PERMISSION, E_COMMENT_TOO_LONG, E_GITHUB_*.
 */
export async function publishComment(github: GitHub, input: CommentInput): Promise<CommentOutcome> {
  const { number, head } = input;
  const body = `${input.body.trimEnd()}\n\n${printMarker(input)}\n`;
  if (body.length > mostUnits) throw tooLong(body.length);
  const pull = await github.ask<{ head: { sha: string } }>('GET /repos/{owner}/{repo}/pulls/{pull_number}', {
    pull_number: number,
  });
  if (pull.head.sha !== head) return { kind: 'skipped', why: 'the head has moved on' };
  const { own: before, count } = await listOwn(github, input);
  if (before.length > 0) return settle(github, input, body, before, null);
  const created = await write(() =>
    github.ask<Found>('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', {
      issue_number: number,
      body,
    }),
  );
  const mine: Own = ownOf(created)!;
  // Others' new ones stand at the end, too; a page earlier, since what is deleted meanwhile moves them.
  const { own: now } = await listOwn(github, input, Math.max(1, Math.ceil(count / 100) - 1));
  return settle(github, input, body, now.some(({ id }) => id === mine.id) ? now : [...now, mine], mine.id);
}

/** Keeps the oldest, with the newest run's words in it, and deletes the rest. */
async function settle(
  github: GitHub,
  { runId, runAttempt, body: text }: CommentInput,
  body: string,
  own: readonly Own[],
  created: number | null,
): Promise<CommentOutcome> {
  const [oldest, ...younger] = [...own].sort((a, b) => a.id - b.id) as [Own, ...Own[]];
  for (const { id } of younger) await remove(github, id);
  const { id, url } = oldest;
  if (id === created) return { kind: 'created', id, url };
  if (isNewer(oldest.run, [runId, runAttempt]))
    return { kind: 'skipped', why: 'a newer run already reported' };
  if (oldest.text === text.trimEnd()) return { kind: 'unchanged', id, url };
  await write(() =>
    github.ask('PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}', { comment_id: id, body }),
  );
  return { kind: 'updated', id, url };
}

async function remove(github: GitHub, id: number): Promise<void> {
  try {
    await write(() =>
      github.ask('DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}', { comment_id: id }),
    );
  } catch (error) {
    if (!isLockstepError(error, 'E_GITHUB_MISSING')) throw error; // Another run was quicker.
  }
}

async function listOwn(
  github: GitHub,
  { number, author = workflowLogin }: CommentInput,
  from = 1,
): Promise<{ own: Own[]; count: number }> {
  const all = await github.list<Found>(
    'GET /repos/{owner}/{repo}/issues/{issue_number}/comments',
    {
      issue_number: number,
    },
    { from },
  );
  const own = all.flatMap((comment) => (comment.user?.login === author ? (ownOf(comment) ?? []) : []));
  return { own, count: all.length };
}

function ownOf({ id, body = '', html_url: url }: Found): Own | null {
  const found = markerLine.exec(body);
  if (!found) return null;
  return {
    id,
    url,
    text: body.slice(0, found.index).trimEnd(),
    run: [Number(found[1] ?? 0), Number(found[2] ?? 0)],
  };
}

const printMarker = ({ runId, runAttempt, head }: CommentInput): string =>
  `<!-- lockstep:report run=${runId}.${runAttempt} head=${head} -->`;

const isNewer = ([run, attempt]: Own['run'], [otherRun, otherAttempt]: Own['run']): boolean =>
  run > otherRun || (run === otherRun && attempt > otherAttempt);

async function write<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isLockstepError(error, 'E_GITHUB_PERMISSION')) throw error;
    throw new LockstepError('E_COMMENT_PERMISSION', {
      what: 'the token may not comment on pull requests',
      allowed: 'a token with `pull-requests: write`',
      fix: 'add `pull-requests: write` to the permissions of the job that comments',
      cause: error,
    });
  }
}

const tooLong = (units: number): LockstepError =>
  new LockstepError('E_COMMENT_TOO_LONG', {
    what: `a comment of ${units} UTF-16 units`,
    allowed: `at most ${mostUnits}`,
    fix: 'tell us: a comment of ours is cut before it gets so long',
  });
