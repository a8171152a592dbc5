import { LockstepError, printable } from '../../workspace/index.ts';
import { type RegistryAddress, sameOwner } from './address.ts';
import { basic, type Credentials } from './credentials.ts';

const requestTimeout = 30_000;

/**
 * What to send as Authorization after a 401: Basic where it is asked for, else a token from the realm that the
 * challenge names (distribution specification, "Token Authentication"). A realm of somebody else's would be told our
 * password. Errors: E_REGISTRY_AUTH.
 */
export async function authorize(
  { host, repository, url }: RegistryAddress,
  challenge: string | null,
  credentials: Credentials | null,
  actions: 'pull' | 'pull,push',
): Promise<string> {
  const scheme = /^\s*(\w+)/.exec(challenge ?? '')?.[1]?.toLowerCase();
  if (scheme === 'basic' && credentials) return basic(credentials);
  const realm = scheme === 'bearer' ? URL.parse(/realm="([^"]*)"/.exec(challenge!)?.[1] ?? '') : null;
  if (realm === null) throw refused(host, 'it asks for no login that we know', credentials);
  if (realm.protocol !== new URL(url).protocol || !sameOwner(realm.host, new URL(url).host))
    throw refused(host, `it sends us to ${printable(realm.origin, 80)} to log in`, credentials);
  const service = /service="([^"]*)"/.exec(challenge!)?.[1];
  if (service) realm.searchParams.set('service', service);
  realm.searchParams.set('scope', `repository:${repository}:${actions}`);
  const response = await fetch(realm, {
    headers: credentials ? { authorization: basic(credentials) } : {},
    redirect: 'error',
    signal: AbortSignal.timeout(requestTimeout),
  });
  if (!response.ok) throw refused(host, `its login answers ${response.status}`, credentials);
  const { token, access_token: other } = (await response.json()) as {
    token?: unknown;
    access_token?: unknown;
  };
  const found = token ?? other;
  if (typeof found !== 'string') throw refused(host, 'its login gives no token', credentials);
  return `Bearer ${found}`;
}

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
