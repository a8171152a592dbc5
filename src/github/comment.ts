import { type Digest, hexOf, isLockstepError, LockstepError } from '../workspace/index.ts';
import type { GitHub } from './api.ts';
import { isNewer, type RunOrder } from './runs.ts';

export interface CommentInput {
  /** Number of the pull request. */
  readonly number: number;
  /** Markdown without a marker; or made of what our comment says now, null where there is none. Null again: leave it. */
  readonly body: string | ((before: string | null) => string | null);
  /** Commit that the body is about. */
  readonly head: string;
  /** The run that the body is about: what an older one has to say is left out. */
  readonly run: RunOrder;
  /** Digest of all that the body says but for what is measured anew each time: what it was written for stays. */
  readonly key?: Digest;
}

export type CommentOutcome =
  | { readonly kind: 'created' | 'updated' | 'unchanged'; readonly id: number; readonly url: string }
  | { readonly kind: 'skipped'; readonly why: 'a newer run already reported' | 'nothing to say' };

interface Found {
  readonly id: number;
  readonly body?: string;
  readonly html_url: string;
  readonly user: { readonly login: string } | null;
}

/** A comment of ours, with what its last line says of the run that it is about. */
interface Own {
  readonly id: number;
  readonly url: string;
  readonly text: string;
  readonly run: RunOrder;
  readonly head: string | null;
  readonly key: string | null;
}

/** GitHub counts UTF-16 code units. */
const mostUnits = 65_536;
const comments = '/repos/{owner}/{repo}/issues/{issue_number}/comments';
const oneComment = '/repos/{owner}/{repo}/issues/comments/{comment_id}';
const needs = 'pull-requests: write';
const markerStart = '<!-- lockstep:report';
const marker =
  /^<!-- lockstep:report(?: run=(\d{1,15})\.(\d{1,6}) head=([0-9a-f]{40,64})(?: of=([0-9a-f]{64}))?)? -->$/;

/**
 * Leaves exactly one comment of ours on a pull request, with this body, however many runs write at once: the oldest is
 * updated and the others are deleted; after creating one everybody looks again. Ours are those that this token's owner
 * wrote and that end with our marker: one without the other is somebody else's. What is about a newer run stays, and so
 * does what was written for the same key. At most four requests, and one more for every hundred comments beyond the first.
 * Errors: E_COMMENT_PERMISSION, E_COMMENT_TOO_LONG, E_GITHUB_*.
 */
export async function publishComment(github: GitHub, input: CommentInput): Promise<CommentOutcome> {
  try {
    return await publish(github, input);
  } catch (error) {
    // What was created without an answer, or deleted under our hands, is found by looking once more.
    if (isLockstepError(error, 'E_GITHUB_FAILED') || isLockstepError(error, 'E_GITHUB_MISSING'))
      return publish(github, input);
    throw error;
  }
}

const nothingToSay: CommentOutcome = { kind: 'skipped', why: 'nothing to say' };

async function publish(github: GitHub, input: CommentInput): Promise<CommentOutcome> {
  const { own: before, count } = await listOwn(github, input);
  if (before.length > 0) return settle(github, input, before, null);
  const text = textOf(input, null);
  if (text === null) return nothingToSay;
  const created = await write(() =>
    github.ask<Found>(
      `POST ${comments}`,
      { issue_number: input.number, body: printed(input, text) },
      { needs },
    ),
  );
  const mine: Own = ownOf(created)!;
  // Others' new ones stand at the end, too; a page earlier, since what is deleted meanwhile moves them.
  const from = Math.max(1, Math.ceil(count / 100) - 1);
  const { own: now } = await listOwn(github, input, { from, login: created.user?.login });
  return settle(github, input, now.some(({ id }) => id === mine.id) ? now : [...now, mine], mine.id);
}

/** Keeps the oldest, with the newest run's words in it, and deletes the rest. */
async function settle(
  github: GitHub,
  input: CommentInput,
  own: readonly Own[],
  created: number | null,
): Promise<CommentOutcome> {
  const [oldest, ...younger] = [...own].sort((a, b) => a.id - b.id) as [Own, ...Own[]];
  for (const { id } of younger) await remove(github, id);
  const { id, url } = oldest;
  if (id === created) return { kind: 'created', id, url };
  if (isNewer(oldest.run, input.run)) return { kind: 'skipped', why: 'a newer run already reported' };
  if (isFor(oldest, input)) return { kind: 'unchanged', id, url };
  const text = textOf(input, oldest.text);
  if (text === null) return nothingToSay;
  if (oldest.text === text) return { kind: 'unchanged', id, url };
  const body = printed(input, text);
  await write(() => github.ask(`PATCH ${oneComment}`, { comment_id: id, body }, { needs }));
  return { kind: 'updated', id, url };
}

/** Written for the same commit, judged alike: only what a clock measures could be another. */
const isFor = ({ head, key }: Own, input: CommentInput): boolean =>
  input.key !== undefined && head === input.head && key === hexOf(input.key);

const textOf = ({ body }: CommentInput, before: string | null): string | null =>
  (typeof body === 'string' ? body : body(before))?.trimEnd() ?? null;

function printed(input: CommentInput, text: string): string {
  const body = `${text}\n\n${printMarker(input)}\n`;
  if (body.length > mostUnits) throw tooLong(body.length);
  return body;
}

async function remove(github: GitHub, id: number): Promise<void> {
  try {
    await write(() => github.ask(`DELETE ${oneComment}`, { comment_id: id }, { needs }));
  } catch (error) {
    if (!isLockstepError(error, 'E_GITHUB_MISSING')) throw error; // Another run was quicker.
  }
}

async function listOwn(
  github: GitHub,
  { number }: CommentInput,
  { from = 1, login }: { readonly from?: number; readonly login?: string | undefined } = {},
) {
  const all = await github.list<Found>(`GET ${comments}`, { issue_number: number }, { from });
  const marked = all.flatMap((comment) => {
    const own = ownOf(comment);
    return own === null ? [] : [{ own, by: comment.user?.login }];
  });
  // Who we are is asked where it decides.
  const we = marked.length === 0 ? null : (login ?? (await github.login()));
  return { own: marked.flatMap(({ own, by }) => (by === we ? [own] : [])), count: all.length };
}

function ownOf({ id, body = '', html_url: url }: Found): Own | null {
  const text = body.trimEnd();
  const at = text.lastIndexOf(markerStart);
  const found = at === -1 ? null : marker.exec(text.slice(at));
  if (!found) return null;
  const [, run = 0, attempt = 0, head = null, key = null] = found;
  return {
    id,
    url,
    text: text.slice(0, at).trimEnd(),
    run: { id: Number(run), attempt: Number(attempt) },
    head,
    key,
  };
}

const printMarker = ({ run, head, key }: CommentInput): string =>
  `${markerStart} run=${run.id}.${run.attempt} head=${head}${key === undefined ? '' : ` of=${hexOf(key)}`} -->`;

async function write<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isLockstepError(error, 'E_GITHUB_PERMISSION')) throw error;
    const { what, allowed, fix } = error;
    throw new LockstepError('E_COMMENT_PERMISSION', { what, allowed, fix, cause: error });
  }
}

const tooLong = (units: number): LockstepError =>
  new LockstepError('E_COMMENT_TOO_LONG', {
    what: `a comment of ${units} UTF-16 units`,
    allowed: `at most ${mostUnits}`,
    fix: 'tell us: a comment of ours is cut before it gets so long',
  });
