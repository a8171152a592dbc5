import { setTimeout as sleep } from 'node:timers/promises';
import { LockstepError, printable } from '../workspace/index.ts';
import { type RegistryAddress, sameOwner } from './address.ts';
import { basic, type Credentials } from './credentials.ts';

/** What is asked for at the login. */
export interface Scopes {
  readonly actions: 'pull' | 'pull,push' | 'pull,push,delete';
  /** Other repositories of the registry that blobs may be taken from. */
  readonly from: readonly string[];
}

const requestTimeout = 30_000;
const tries = 3;

/**
 * What to send as Authorization after a 401: Basic where it is asked for, else a token from the realm that the
 * challenge names (distribution specification, "Token Authentication"). A realm of somebody else's would be told our
 * password. Errors: E_REGISTRY_AUTH.
 */
export async function authorize(
  { host, repository, url }: RegistryAddress,
  challenge: string | null,
  credentials: Credentials | null,
  { actions, from }: Scopes,
): Promise<string> {
  const scheme = /^\s*(\w+)/.exec(challenge ?? '')?.[1]?.toLowerCase();
  if (scheme === 'basic' && credentials) return basic(credentials);
  if (scheme === 'basic') throw refused(host, 'it wants a login', credentials);
  const realm = scheme === 'bearer' ? URL.parse(/realm="([^"]*)"/.exec(challenge!)?.[1] ?? '') : null;
  if (realm === null) throw refused(host, 'it asks for no login that we know', credentials);
  const { protocol, host: own } = new URL(url);
  if (realm.protocol !== protocol || realm.username !== '' || !sameOwner(realm.host, own))
    throw refused(host, `it sends us to ${printable(realm.origin, 80)} to log in`, credentials);
  const service = /service="([^"]*)"/.exec(challenge!)?.[1];
  if (service) realm.searchParams.set('service', service);
  realm.searchParams.append('scope', `repository:${repository}:${actions}`);
  for (const other of from) realm.searchParams.append('scope', `repository:${other}:pull`);
  const response = await ask(realm, credentials);
  if (typeof response === 'string') throw refused(host, `its login fails: ${response}`, credentials);
  if (!response.ok) throw refused(host, `its login answers ${response.status}`, credentials);
  const { token, access_token: other } = await wordsOf(response);
  const found = token ?? other;
  if (typeof found !== 'string') throw refused(host, 'its login gives no token', credentials);
  return `Bearer ${found}`;
}

/** The last answer, or why there is none. */
async function ask(realm: URL, credentials: Credentials | null): Promise<Response | string> {
  for (let attempt = 1; ; attempt++) {
    const response = await fetch(realm, {
      headers: credentials ? { authorization: basic(credentials) } : {},
      redirect: 'error',
      signal: AbortSignal.timeout(requestTimeout),
    }).catch((error: Error & { cause?: { code?: string } }) => error.cause?.code ?? error.message);
    const passing = typeof response === 'string' || response.status === 429 || response.status >= 500;
    if (!passing || attempt === tries) return response;
    await sleep(200 * attempt ** 2);
  }
}

const wordsOf = (response: Response): Promise<{ token?: unknown; access_token?: unknown }> =>
  response.json().then(
    (words) => (typeof words === 'object' && words !== null ? words : {}),
    () => ({}),
  );

export const refused = (host: string, why: string, credentials: Credentials | null): LockstepError =>
  new LockstepError('E_REGISTRY_AUTH', {
    what: `the registry ${host} does not let us in: ${why}`,
    allowed: credentials
      ? `an account that may (we are ${printable(credentials.user, 60)})`
      : 'an account; we have none for it',
    fix:
      host === 'ghcr.io'
        ? 'give the job `packages: write` and pass `token`; or `docker login ghcr.io`'
        : `\`docker login ${host}\`, or set LOCKSTEP_REGISTRY_HOST, LOCKSTEP_REGISTRY_USER and LOCKSTEP_REGISTRY_TOKEN`,
  });
