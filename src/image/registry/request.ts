import { setTimeout as sleep } from 'node:timers/promises';
import { LockstepError, printable } from '../../workspace/index.ts';
import type { RegistryAddress } from './address.ts';
import type { Credentials } from './credentials.ts';
import { authorize, refused } from './token.ts';

export interface RegistryRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT';
  /** Below the repository (`/manifests/v1`), or a whole URL that the registry gave. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Made anew for each try. */
  readonly body?: () => Promise<Blob | Uint8Array<ArrayBuffer> | null>;
  /** Milliseconds for one try. */
  readonly timeoutMs?: number;
}

export type Send = (request: RegistryRequest) => Promise<Response>;

const tries = 5;
/** Who is not there at all is asked less often. */
const networkTries = 3;
const mostWaiting = 120_000;

/**
 * Sends requests to one repository: logs in when asked, waits when told to, tries again what may pass. Redirects are
 * the caller's, since no token may follow them. Errors: E_REGISTRY_AUTH, E_REGISTRY_RATE_LIMIT, E_REGISTRY_FAILED.
 */
export function openSender(
  address: RegistryAddress,
  credentials: Credentials | null,
  actions: 'pull' | 'pull,push',
): Send {
  let authorization: string | null = null;
  let asked = false;
  let waited = 0;

  return async function send(request) {
    for (let attempt = 1; ; attempt++) {
      const response = await once(request, attempt);
      if (response === null) continue;
      if (response.status === 401) {
        await response.body?.cancel();
        if (asked && authorization !== null && attempt > 1)
          throw refused(address.host, 'it answers 401 to our login', credentials);
        authorization = await authorize(
          address,
          response.headers.get('www-authenticate'),
          credentials,
          actions,
        );
        asked = true;
        continue;
      }
      if (response.status !== 429 && response.status < 500) return response;
      if (attempt >= tries) throw failed(address, request, response.status);
      await response.body?.cancel();
      await pause(response, attempt, request);
    }
  };

  async function once(
    { method, path, headers = {}, body, timeoutMs = 60_000 }: RegistryRequest,
    attempt: number,
  ): Promise<Response | null> {
    const url = /^https?:/.test(path) ? path : `${address.url}${path}`;
    const own = new URL(url).host === new URL(address.url).host;
    try {
      return await fetch(url, {
        method,
        headers: { ...headers, ...(authorization !== null && own ? { authorization } : {}) },
        body: body === undefined ? null : await body(),
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutMs),
      });
    } catch (error) {
      if (attempt >= networkTries) throw failed(address, { method, path }, reasonOf(error));
      await sleep(200 * attempt ** 2);
      return null;
    }
  }

  async function pause(response: Response, attempt: number, request: RegistryRequest): Promise<void> {
    const told = Number(response.headers.get('retry-after') ?? Number.NaN) * 1000;
    const wait = Number.isFinite(told) ? told : 200 * attempt ** 2;
    waited += wait;
    if (waited > mostWaiting) throw failed(address, request, response.status);
    await sleep(wait);
  }
}

const reasonOf = (error: unknown): string => {
  const { cause, message } = error as { cause?: { code?: string; message?: string }; message: string };
  return cause?.code ?? cause?.message ?? message;
};

export function failed(
  { host }: RegistryAddress,
  { method, path }: Pick<RegistryRequest, 'method' | 'path'>,
  how: number | string,
): LockstepError {
  const what = `the registry ${host} answered ${how} to ${method} ${printable(path.replace(/\?.*/, ''), 120)}`;
  if (how === 429) {
    return new LockstepError('E_REGISTRY_RATE_LIMIT', {
      what,
      allowed: 'fewer requests',
      fix: 'run the command again later',
    });
  }
  if (how === 401 || how === 403) {
    return new LockstepError('E_REGISTRY_AUTH', {
      what,
      allowed: 'an account that may',
      fix:
        host === 'ghcr.io'
          ? 'give the job `packages: write`; a package made by hand must also give this repository access'
          : `\`docker login ${host}\``,
    });
  }
  return new LockstepError('E_REGISTRY_FAILED', {
    what,
    allowed: "the answer that OCI's distribution specification has",
    fix: "run the command again; see the registry's log if it goes on",
  });
}
