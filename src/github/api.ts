import { setTimeout as sleep } from 'node:timers/promises';
import { isLockstepError, LockstepError } from '../workspace/index.ts';
import { type ApiFailure, apiError, isApiFailure, rateLimitPause } from './api-error.ts';
import type { RepositoryName, RunContext } from './context.ts';
import { checkedRedirect } from './redirect.ts';

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
  /** Who writes with this token, as comments and issues name their author. */
  login(): Promise<string>;
}

export interface AskOptions {
  /** The permission it takes, for the message when it is missing: `pull-requests: write`. */
  readonly needs?: string;
  /** Whether doing it twice is like doing it once; everything but POST is, unless stated. */
  readonly repeatable?: boolean;
}

export interface ListOptions extends AskOptions {
  readonly key?: string;
  /** The first page that is read, from 1. */
  readonly from?: number;
  /** Pages that are read at most. */
  readonly most?: number;
}

const requestTimeout = 30_000;
const downloadTimeout = 10 * 60_000;
const tries = 3;
/** Seconds that all waiting for a rate limit may take together. */
const mostWaiting = 90;
/** The author of what a workflow writes with its own token. */
const workflowLogin = 'github-actions[bot]';

/** Opens the API with a token, which no message ever holds. Errors: E_GITHUB_AUTH without one. */
export async function openGitHub(
  token: string,
  context: Pick<RunContext, 'repository' | 'apiUrl'> & { readonly job?: string | null },
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
  let login: Promise<string> | null = null;

  async function persist<T>(
    route: string,
    { needs, repeatable = !route.startsWith('POST') }: AskOptions,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      requests++;
      try {
        return await work(AbortSignal.timeout(requestTimeout));
      } catch (error) {
        if (!isApiFailure(error)) throw error;
        const pause = attempt < tries ? pauseBefore(error, repeatable, attempt) : null;
        if (pause === null || waited + pause > mostWaiting)
          throw apiError(error, { route, needs, job: context.job });
        waited += pause;
        await sleep(pause * 1000);
      }
    }
  }

  const send = (route: string, parameters: object, options: AskOptions, how: object = {}) =>
    persist(route, options, (signal) =>
      octokit.request(route, { owner, repo, ...parameters, request: { signal, ...how } }),
    );

  async function whoAmI(): Promise<string> {
    const route = 'POST /graphql';
    try {
      const answer = await persist(route, { repeatable: true }, (signal) =>
        octokit.graphql<{ viewer: { login: string } }>('query { viewer { login } }', { request: { signal } }),
      );
      return answer.viewer.login;
    } catch (error) {
      // Where nobody may ask that, it is a workflow that asks.
      const refused =
        isLockstepError(error, 'E_GITHUB_PERMISSION') || isLockstepError(error, 'E_GITHUB_MISSING');
      if (refused || (error as Error).name === 'GraphqlResponseError') return workflowLogin;
      throw error;
    }
  }

  return {
    repository: context.repository,
    get requests() {
      return requests;
    },
    ask: async (route, parameters = {}, options = {}) => (await send(route, parameters, options)).data,
    async list<T>(
      route: string,
      parameters = {},
      { key, from = 1, most = 1_000, ...options }: ListOptions = {},
    ) {
      const found: T[] = [];
      for (let page = from; page < from + most; page++) {
        const { data, headers } = await send(route, { ...parameters, per_page: 100, page }, options);
        found.push(...((key === undefined ? data : data[key]) ?? []));
        if (!headers.link?.includes('rel="next"')) break;
      }
      return found;
    },
    async download(route, parameters) {
      const how = { redirect: 'manual', parseSuccessResponseBody: false };
      const { headers } = await send(route, parameters, { needs: 'actions: read' }, how);
      // The same way out as to the API: a runner may have a proxy.
      const fetchThere: typeof fetch = octokit.request.endpoint.DEFAULTS.request?.fetch ?? fetch;
      return fetchThere(checkedRedirect(headers.location, context.apiUrl), {
        redirect: 'error',
        signal: AbortSignal.timeout(downloadTimeout),
      });
    },
    login: () => (login ??= whoAmI()),
  };
}

/** Seconds until the same request is worth another try, or null. What may have been done already is not done again. */
function pauseBefore(failure: ApiFailure, repeatable: boolean, attempt: number): number | null {
  const pause = rateLimitPause(failure, Date.now());
  if (pause !== null) return pause;
  return repeatable && failure.status >= 500 ? attempt ** 2 / 2 : null;
}
