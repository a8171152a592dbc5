import { LockstepError } from '../workspace/index.ts';

/** What octokit throws when GitHub refuses, or when nothing comes back at all: then without a response, as a 500. */
export interface ApiFailure {
  readonly status: number;
  readonly message: string;
  readonly response?: { readonly headers: Readonly<Record<string, string | number | undefined>> } | undefined;
}

export interface AskedOf {
  /** `GET /repos/{owner}/{repo}/…` */
  readonly route: string;
  /** The permission it takes: `pull-requests: write`. */
  readonly needs?: string | undefined;
  /** Name of the job that we run in. */
  readonly job?: string | null | undefined;
}

export const isApiFailure = (error: unknown): error is ApiFailure =>
  error instanceof Error && typeof (error as { status?: unknown }).status === 'number';

const secondary = /secondary rate limit|abuse detection/i;
/** What GitHub asks for where it names no time. */
const secondaryPause = 60;

/** Seconds until GitHub wants to be asked again; null when it refused for another reason than haste. */
export function rateLimitPause({ status, message, response }: ApiFailure, now: number): number | null {
  if (status !== 403 && status !== 429) return null;
  const headers = response?.headers ?? {};
  const after = Number(headers['retry-after'] ?? 0);
  if (after > 0) return after;
  if (String(headers['x-ratelimit-remaining']) === '0')
    return Math.max(1, Math.ceil(Number(headers['x-ratelimit-reset'] ?? 0) - now / 1000));
  return status === 429 || secondary.test(message) ? secondaryPause : null;
}

/** One line for people: what was asked, what came back, what to change. It never holds a token or a body. */
export function apiError(failure: ApiFailure, { route, needs, job }: AskedOf): LockstepError {
  const { status, message, response } = failure;
  const came = response === undefined ? 'did not answer' : `answered ${status} to`;
  const what = `GitHub ${came} ${route}: ${message.split('\n')[0]?.slice(0, 200)}`;
  const token = needs === undefined ? 'a token that may' : `a token with \`${needs}\``;
  if (rateLimitPause(failure, Date.now()) !== null) {
    const allowed = 'a thousand requests an hour for a repository';
    return new LockstepError('E_GITHUB_RATE_LIMIT', { what, allowed, fix: 'run the workflow again later' });
  }
  if (status === 401) {
    const fix = 'pass a token that has not ended';
    return new LockstepError('E_GITHUB_AUTH', { what, allowed: 'a valid token', fix });
  }
  if (status === 403) {
    const place = job ? `the permissions of the job \`${job}\`` : "the job's permissions";
    const fix = needs === undefined ? 'give the job the permission' : `add \`${needs}\` to ${place}`;
    return new LockstepError('E_GITHUB_PERMISSION', { what, allowed: token, fix });
  }
  if (status === 404 || status === 410) {
    const allowed = `something that is there${needs === undefined ? '' : `, and ${token}`}`;
    const fix = 'look whether it was deleted, and whether this token may see it';
    return new LockstepError('E_GITHUB_MISSING', { what, allowed, fix });
  }
  const fix = status >= 500 ? 'run the workflow again' : 'read the message; LOCKSTEP_DEBUG=1 tells more';
  return new LockstepError('E_GITHUB_FAILED', { what, allowed: 'an answer', fix });
}
