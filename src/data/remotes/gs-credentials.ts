import { createSign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { subjectToken } from './gs-federation.ts';
import {
  askFields,
  type Fields,
  field,
  fieldsIn,
  formPost,
  keptToken,
  noCredentials,
  probe,
  type Token,
  tokenIn,
} from './token.ts';

export interface GsIdentity {
  /** Null: nobody; requests go out unsigned, as to a public bucket. */
  readonly token: (() => Promise<string>) | null;
  /** What mends a refusal. */
  readonly login: string;
}

type Env = NodeJS.ProcessEnv;
type Kind = (file: Fields, who: string, scope: string) => Promise<Token>;

const scopes = {
  storage: 'https://www.googleapis.com/auth/devstorage.read_write',
  /** Of who only asks for the token of a service account. */
  cloud: 'https://www.googleapis.com/auth/cloud-platform',
} as const;

/**
 * Who we are to Cloud Storage, in the order of Google's own clients (application default credentials,
 * cloud.google.com/docs/authentication/application-default-credentials): the file that GOOGLE_APPLICATION_CREDENTIALS
 * names, gcloud's file, the machine's service account. `env` null: nobody. Errors: E_REMOTE_CREDENTIALS for a file
 * that does not serve.
 */
export async function findGsIdentity(env: Env | null = process.env): Promise<GsIdentity> {
  if (env === null) return { token: null, login: 'check STORAGE_EMULATOR_HOST' };
  const named = env.GOOGLE_APPLICATION_CREDENTIALS;
  if (named) return fromFile(named, 'GOOGLE_APPLICATION_CREDENTIALS', readFile(named));
  const usual = join(gcloudFolder(env), 'application_default_credentials.json');
  const text = readFile(usual);
  if (text !== null) return fromFile(usual, "gcloud's login", text);
  return (
    (await fromMachine(env)) ?? {
      token: null,
      login: `log in (google-github-actions/auth in a workflow, \`gcloud auth application-default login\` on your machine); nothing was found in GOOGLE_APPLICATION_CREDENTIALS (not set), ${usual} (no file) and the machine's metadata service (no answer)`,
    }
  );
}

function gcloudFolder(env: Env): string {
  if (env.CLOUDSDK_CONFIG) return env.CLOUDSDK_CONFIG;
  return env.APPDATA ? join(env.APPDATA, 'gcloud') : join(env.HOME ?? homedir(), '.config/gcloud');
}

function fromFile(path: string, source: string, text: string | null): GsIdentity {
  const file = text === null ? null : fieldsIn(text);
  const who = `the credentials of ${source} (${path})`;
  const kind = kinds[String(file?.type)];
  if (file === null || kind === undefined) {
    const found = text === null ? 'no file' : file === null ? 'no JSON' : `type ${JSON.stringify(file.type)}`;
    throw noCredentials(`${who}: ${found}`, `name a file of type ${Object.keys(kinds).join(', ')}`);
  }
  const account =
    file.client_email ?? serviceAccountIn(file.service_account_impersonation_url) ?? 'this identity';
  return {
    token: keptToken(() => kind(file, who, scopes.storage)),
    login: `give ${account} of ${source} the role Storage Object User (roles/storage.objectUser) on the bucket`,
  };
}

const kinds: Readonly<Record<string, Kind>> = {
  async service_account(file, who, scope) {
    const url = field(file, 'token_uri', who);
    const grant_type = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
    return tokenIn(
      await askFields(who, formPost(url, { grant_type, assertion: jwt(file, who, scope, url) })),
      who,
    );
  },
  async authorized_user(file, who) {
    const words = ['client_id', 'client_secret', 'refresh_token'].map((name) => [
      name,
      field(file, name, who),
    ]);
    const url = typeof file.token_uri === 'string' ? file.token_uri : 'https://oauth2.googleapis.com/token';
    return tokenIn(
      await askFields(who, formPost(url, { grant_type: 'refresh_token', ...Object.fromEntries(words) })),
      who,
    );
  },
  /** As google-github-actions/auth writes it: somebody else's token for one of Google (RFC 8693). */
  async external_account(file, who, scope) {
    const impersonated = file.service_account_impersonation_url !== undefined;
    const form = {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      audience: field(file, 'audience', who),
      subject_token_type: field(file, 'subject_token_type', who),
      subject_token: await subjectToken(file.credential_source as Fields | undefined, who),
      scope: impersonated ? scopes.cloud : scope,
    };
    const token = tokenIn(await askFields(who, formPost(field(file, 'token_url', who), form)), who);
    return impersonated ? impersonate(file, token, who, scope) : token;
  },
  async impersonated_service_account(file, who, scope) {
    const source = (file.source_credentials ?? {}) as Fields;
    const kind = kinds[String(source.type)];
    if (kind === undefined)
      throw noCredentials(`${who} has no source_credentials of a known type`, 'log in again');
    return impersonate(file, await kind(source, who, scopes.cloud), who, scope);
  },
};

async function impersonate(file: Fields, token: Token, who: string, scope: string): Promise<Token> {
  const options = file.service_account_impersonation as Fields | undefined;
  const lifetime = `${Number(options?.token_lifetime_seconds ?? 3600)}s`;
  const answer = await askFields(who, {
    method: 'POST',
    url: field(file, 'service_account_impersonation_url', who),
    headers: { authorization: `Bearer ${token.value}`, 'content-type': 'application/json' },
    body: JSON.stringify({ scope: [scope], lifetime, delegates: file.delegates ?? [] }),
  });
  return tokenIn(answer, who);
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

/** Compute Engine, GKE, Cloud Run (cloud.google.com/compute/docs/metadata). */
async function fromMachine(env: Env): Promise<GsIdentity | null> {
  const url = `http://${env.GCE_METADATA_HOST || '169.254.169.254'}/computeMetadata/v1/instance/service-accounts/default/token`;
  const headers = { 'metadata-flavor': 'Google' };
  const answer = await probe(url, headers);
  if (answer?.access_token === undefined) return null;
  const who = "the machine's service account";
  return {
    token: keptToken(
      async () => tokenIn(await askFields(who, { method: 'GET', url, headers }, true), who),
      tokenIn(answer, who),
    ),
    login: `give ${who} the role Storage Object User (roles/storage.objectUser) on the bucket, and the machine the scope devstorage.read_write`,
  };
}

const serviceAccountIn = (url: unknown): string | undefined =>
  /\/serviceAccounts\/([^/:]+):/.exec(String(url))?.[1];

function readFile(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
