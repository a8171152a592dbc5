import { setTimeout as sleep } from 'node:timers/promises';
import { isLockstepError, LockstepError, printable } from '../workspace/index.ts';
import type { RegistryAddress } from './address.ts';
import type { Credentials } from './credentials.ts';
import { authorize, refused, type Scopes } from './token.ts';

export interface RegistryRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  /** Below the repository (`/manifests/v1`), or a whole URL that the registry gave. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Made anew for each try. */
  readonly body?: () => Promise<Blob | Uint8Array<ArrayBuffer>>;
  /** Milliseconds for one try. */
  readonly timeoutMs?: number;
  /** What can't be sent twice to one address: only a login and 429 are answered by sending it again. */
  readonly once?: boolean;
}

export type Send = (request: RegistryRequest) => Promise<Response>;

const tries = 5;
/** Who is not there at all is asked less often. */
const networkTries = 3;
const mostWaiting = 120_000;

/** What a failed try is followed by, in milliseconds. */
export const backOff = (attempt: number): number => 200 * attempt ** 2;

/**
 * Sends requests to one repository: logs in when asked, waits when told to, tries again what may pass. Redirects are
 * the caller's, since no token may follow them. Errors: E_REGISTRY_AUTH, E_REGISTRY_RATE_LIMIT, E_REGISTRY_FAILED.
 */
export function openSender(
  address: RegistryAddress,
  credentials: Credentials | null,
  scopes: Scopes,
  onAnswer: (answer: Response) => void = () => {},
): Send {
  let authorization: string | null = null;
  let waited = 0;

  return async function send(request) {
    let loggedIn = false;
    for (let attempt = 1; ; attempt++) {
      const response = await once(request, attempt);
      if (response === null) continue;
      onAnswer(response);
      if (response.status === 401) {
        await response.body?.cancel();
        // The first 401 of a request may be a token that grew old.
        if (loggedIn) throw refused(address.host, 'it answers 401 to our login', credentials);
        const challenge = response.headers.get('www-authenticate');
        authorization = await authorize(address, challenge, credentials, scopes);
        loggedIn = true;
        continue;
      }
      if (response.status !== 429 && (response.status < 500 || request.once)) return response;
      if (attempt >= tries) throw failed(address, request, response.status);
      await response.body?.cancel();
      await pause(response, attempt, request);
    }
  };

  async function once(request: RegistryRequest, attempt: number): Promise<Response | null> {
    const { method, path, headers = {}, body, timeoutMs = 60_000 } = request;
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
      if (request.once) throw error;
      if (attempt >= networkTries) throw failed(address, request, reasonOf(error));
      await sleep(backOff(attempt));
      return null;
    }
  }

  async function pause(response: Response, attempt: number, request: RegistryRequest): Promise<void> {
    const wait = told(response.headers.get('retry-after')) ?? backOff(attempt);
    waited += wait;
    if (waited > mostWaiting) throw failed(address, request, response.status);
    await sleep(wait);
  }
}

/** Milliseconds of a Retry-After (RFC 9110, 10.2.3): seconds, or a date. */
function told(header: string | null): number | null {
  if (header === null) return null;
  const wait = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(wait) ? Math.max(0, wait) : null;
}

/** Does again what broke while an answer was read; errors that say what is wrong pass. */
export async function readingAgain<T>(
  address: RegistryAddress,
  request: Pick<RegistryRequest, 'method' | 'path'>,
  read: () => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await read();
    } catch (error) {
      const ofFiles = (error as NodeJS.ErrnoException).path !== undefined;
      if (isLockstepError(error) || ofFiles) throw error;
      if (attempt >= networkTries) throw failed(address, request, reasonOf(error));
      await sleep(backOff(attempt));
    }
  }
}

export const reasonOf = (error: unknown): string => {
  const { cause, message } = error as { cause?: { code?: string; message?: string }; message: string };
  return cause?.message || cause?.code || message;
};

export function failed(
  { host }: RegistryAddress,
  { method, path }: Pick<RegistryRequest, 'method' | 'path'>,
  how: number | string,
): LockstepError {
  const asked = `${method} ${printable(path.replace(/\?.*/, ''), 120)}`;
  const what =
    typeof how === 'number'
      ? `the registry ${host} answered ${how} to ${asked}`
      : `${asked} of the registry ${host} failed: ${printable(how, 120)}`;
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
    cause: how,
  });
}
