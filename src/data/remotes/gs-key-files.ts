import { createSign } from 'node:crypto';
import { subjectToken } from './gs-federation.ts';
import { askToken, type Fields, field, formPost, noCredentials, type Token } from './token.ts';

const scopes = {
  storage: 'https://www.googleapis.com/auth/devstorage.read_write',
  /** Of who only asks for the token of a service account. */
  cloud: 'https://www.googleapis.com/auth/cloud-platform',
} as const;

type Ask = (file: Fields, who: string, scope?: string) => Promise<Token>;

/**
 * How a credentials file of this `type` becomes a token for Cloud Storage (google.aip.dev/auth/4110 and after), or
 * null. Errors of what it gives: E_REMOTE_CREDENTIALS, E_REMOTE_FAILED.
 */
export const kindOfFile = (file: Fields): Ask | null =>
  Object.hasOwn(kinds, String(file.type)) ? kinds[String(file.type)]! : null;

const kinds: Readonly<Record<string, Ask>> = {
  async service_account(file, who, scope = scopes.storage) {
    const url = field(file, 'token_uri', who);
    const grant_type = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
    return askToken(who, formPost(url, { grant_type, assertion: jwt(file, who, scope, url) }));
  },
  async authorized_user(file, who) {
    const secrets = {
      client_id: field(file, 'client_id', who),
      client_secret: field(file, 'client_secret', who),
      refresh_token: field(file, 'refresh_token', who),
    };
    const url = typeof file.token_uri === 'string' ? file.token_uri : 'https://oauth2.googleapis.com/token';
    return askToken(who, formPost(url, { grant_type: 'refresh_token', ...secrets }));
  },
  /** As google-github-actions/auth writes it: somebody else's token for one of Google (RFC 8693). */
  async external_account(file, who, scope = scopes.storage) {
    const impersonated = file.service_account_impersonation_url !== undefined;
    const form = {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      audience: field(file, 'audience', who),
      subject_token_type: field(file, 'subject_token_type', who),
      subject_token: await subjectToken(file.credential_source as Fields | undefined, who),
      scope: impersonated ? scopes.cloud : scope,
    };
    const token = await askToken(who, formPost(field(file, 'token_url', who), form));
    return impersonated ? impersonate(file, token, who, scope) : token;
  },
  async impersonated_service_account(file, who, scope = scopes.storage) {
    const source = (file.source_credentials ?? {}) as Fields;
    const kind = kindOfFile(source);
    if (kind === null)
      throw noCredentials(`${who} has no source_credentials of a known type`, 'log in again');
    return impersonate(file, await kind(source, who, scopes.cloud), who, scope);
  },
};

async function impersonate(file: Fields, token: Token, who: string, scope: string): Promise<Token> {
  const options = file.service_account_impersonation as Fields | undefined;
  const lifetime = `${Number(options?.token_lifetime_seconds ?? 3600)}s`;
  return askToken(who, {
    method: 'POST',
    url: field(file, 'service_account_impersonation_url', who),
    headers: { authorization: `Bearer ${token.value}`, 'content-type': 'application/json' },
    body: JSON.stringify({ scope: [scope], lifetime, delegates: file.delegates }),
  });
}

/** What a service account says of itself, signed with its key (RFC 7523). */
function jwt(file: Fields, who: string, scope: string, aud: string): string {
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: field(file, 'client_email', who), scope, aud, iat: now, exp: now + 3600 };
  const header = { alg: 'RS256', typ: 'JWT', ...(file.private_key_id ? { kid: file.private_key_id } : {}) };
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part(header)}.${part(claims)}`;
  try {
    return `${signed}.${createSign('RSA-SHA256')
      .update(signed)
      .sign(field(file, 'private_key', who), 'base64url')}`;
  } catch {
    // OpenSSL's own words could quote the key.
    throw noCredentials(`${who} has a private_key that is none`, 'download the key file again');
  }
}

export const kindsOfFile: readonly string[] = Object.keys(kinds);
