import { setTimeout as sleep } from 'node:timers/promises';
import { LockstepError, printable } from '../workspace/index.ts';
import type { RepositoryName, RunContext } from './context.ts';

/** GitHub's REST API for one repository. */
export interface GitHub {
  readonly repository: RepositoryName;
  /** How many requests were sent, repeated ones too: an hour has a thousand. */
  readonly requests: number;
  /** `route` as the documentation writes it, `GET /repos/{owner}/{repo}/…`; owner and repo are filled in. */
  ask<T>(route: string, parameters?: Readonly<Record<string, unknown>>, options?: AskOptions): Promise<T>;
  /** Every page of a list, a hundred items each. `key` is where an answer that is no list keeps them. */
  list<T>(route: string, parameters?: Readonly<Record<string, unknown>>, options?: ListOptions): Promise<T[]>;
  /** A file behind a redirect to another host, which is sent no token. Errors: as `ask`, E_REMOTE_REDIRECT. */
  download(route: string, parameters: Readonly<Record<string, unknown>>): Promise<Response>;
}

export interface AskOptions {
  /** The permission it takes, for the message when it is missing: `pull-requests: write`. */
  readonly needs?: string;
}

export interface ListOptions extends AskOptions {
  readonly key?: string;
  /** The first page that is read, from 1. */
  readonly from?: number;
  /** Pages that are read at most. */
  readonly most?: number;
}

const requestTimeout = 30_000;
const tries = 3;
/** Seconds that all waiting for a rate limit may take together. */
const mostWaiting = 90;

interface Failure {
  readonly status?: number;
  readonly message?: string;
  readonly response?: { readonly headers?: Readonly<Record<string, string | undefined>> };
}

/** Opens the API with a token, which no message ever holds. */
export async function openGitHub(
  token: string,
  context: Pick<RunContext, 'repository' | 'apiUrl'>,
): Promise<GitHub> {
  if (token === '') {
    throw new LockstepError('E_GITHUB_AUTH', {
      what: 'no token',
      allowed: 'a token for this repository',
      fix: 'pass the token of the job (`github.token`), or set GITHUB_TOKEN',
    });
  }
  const { getOctokit } = await import('@actions/github');
  const octokit = getOctokit(token, { baseUrl: context.apiUrl });
  const { owner, name: repo } = context.repository;
  let requests = 0;
  let waited = 0;

  async function send<T>(
    route: string,
    parameters: object,
    { needs }: AskOptions,
  ): Promise<{ data: T; link: string }> {
    for (let attempt = 1; ; attempt++) {
      requests++;
      try {
        const signal = AbortSignal.timeout(requestTimeout);
        const { data, headers } = await octokit.request(route, {
          owner,
          repo,
          ...parameters,
          request: { signal },
        });
        return { data: data as T, link: headers.link ?? '' };
      } catch (error) {
        const pause = pauseBefore(error as Failure, route, attempt);
        if (pause === null || waited + pause > mostWaiting) throw failureOf(error as Failure, route, needs);
        waited += pause;
        await sleep(pause * 1000);
      }
    }
  }

  return {
    repository: context.repository,
    get requests() {
      return requests;
    },
    ask: async (route, parameters = {}, options = {}) => (await send<never>(route, parameters, options)).data,
    async list<T>(
      route: string,
      parameters = {},
      { key, from = 1, most = 1_000, ...options }: ListOptions = {},
    ) {
      const found: T[] = [];
      for (let page = from; page < from + most; page++) {
        const { data, link } = await send<T[]>(route, { ...parameters, per_page: 100, page }, options);
        found.push(...(key === undefined ? data : ((data as unknown as Record<string, T[]>)[key] ?? [])));
        if (!link.includes('rel="next"')) break;
      }
      return found;
    },
    async download(route, parameters) {
      const { url, headers } = octokit.request.endpoint(route, { owner, repo, ...parameters });
      requests++;
      const first = await fetch(url, {
        headers: { ...(headers as Record<string, string>), authorization: `token ${token}` },
        redirect: 'manual',
        signal: AbortSignal.timeout(requestTimeout),
      });
      if (first.status === 200) return first;
      const location = first.headers.get('location');
      if (first.status !== 302 || location === null)
        throw failureOf({ status: first.status, message: await first.text() }, route, 'actions: read');
      return fetch(checkedRedirect(location, context.apiUrl), {
        redirect: 'error',
        signal: AbortSignal.timeout(10 * 60_000),
      });
    },
  };
}

/** Seconds until the same request is worth another try, or null. */
function pauseBefore({ status, response }: Failure, route: string, attempt: number): number | null {
  const headers = response?.headers ?? {};
  const limited =
    status === 429 ||
    (status === 403 && (headers['retry-after'] || headers['x-ratelimit-remaining'] === '0'));
  if (limited && attempt < tries) {
    const reset = Number(headers['x-ratelimit-reset'] ?? 0) - Date.now() / 1000;
    return Math.max(1, Number(headers['retry-after'] ?? 0) || Math.min(mostWaiting + 1, Math.ceil(reset)));
  }
  // What may have been done already is not done a second time.
  const repeatable = !route.startsWith('POST');
  const passing = status === undefined || status >= 500;
  return repeatable && passing && attempt < tries ? attempt ** 2 / 2 : null;
}

function failureOf({ status, message, response }: Failure, route: string, needs?: string): LockstepError {
  const [method, path] = route.split(' ');
  const what = `GitHub answered ${status ?? 'nothing'} to ${method} ${path}: ${printable((message ?? '').split('\n')[0]!, 200)}`;
  const limited = status === 429 || response?.headers?.['x-ratelimit-remaining'] === '0';
  if (limited) {
    return new LockstepError('E_GITHUB_RATE_LIMIT', {
      what,
      allowed: 'a thousand requests an hour for a repository',
      fix: 'run the workflow again later',
    });
  }
  if (status === 401) {
    return new LockstepError('E_GITHUB_AUTH', {
      what,
      allowed: 'a valid token',
      fix: 'pass a token that has not ended',
    });
  }
  if (status === 403) {
    return new LockstepError('E_GITHUB_PERMISSION', {
      what,
      allowed: needs === undefined ? 'a token that may' : `a token with \`${needs}\``,
      fix: needs === undefined ? 'give the job the permission' : `add \`${needs}\` to the job's permissions`,
    });
  }
  if (status === 404) {
    return new LockstepError('E_GITHUB_MISSING', {
      what,
      allowed: `something that is there${needs === undefined ? '' : `, and a token with \`${needs}\``}`,
      fix: 'look whether it was deleted, and whether this token may see it',
    });
  }
  return new LockstepError('E_GITHUB_FAILED', {
    what,
    allowed: 'an answer',
    fix:
      status === undefined || status >= 500
        ? 'run the workflow again'
        : 'read the message; LOCKSTEP_DEBUG=1 tells more',
  });
}

/** Never from the API to a file, a plain connection or an address inside. Errors: E_REMOTE_REDIRECT. */
function checkedRedirect(location: string, apiUrl: string): string {
  const [target, api] = [URL.parse(location), new URL(apiUrl)];
  const loopback = (host: string) => /^(127\.|localhost$|\[::1\]$)/.test(host);
  if (target?.protocol === 'https:' && !loopback(target.hostname)) return target.href;
  if (target?.protocol === 'http:' && loopback(target.hostname) && loopback(api.hostname)) return target.href;
  throw new LockstepError('E_REMOTE_REDIRECT', {
    what: `the API sent us to ${printable(target ? target.origin : location, 100)}`,
    allowed: 'https to another host',
    fix: 'run the workflow again; tell GitHub if it goes on',
  });
}
