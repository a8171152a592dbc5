import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { idToken } from './id-token.ts';
import { askToken, fieldsIn, formPost, keptToken, noCredentials, probe, tokenIn } from './token.ts';

export interface AzToken {
  /** As messages name it. */
  readonly source: string;
  readonly token: () => Promise<string>;
}

type Env = NodeJS.ProcessEnv;

const storage = 'https://storage.azure.com/';

/** Who we are to Microsoft Entra, in the order of Azure's own clients; null: nobody. */
export const findAzToken = async (env: Env): Promise<AzToken | null> =>
  fromApplication(env) ?? fromService(env) ?? (await fromMachine(env)) ?? (await fromCommandLine(env));

/**
 * An application (or a managed identity with a federated credential) that proves itself by somebody else's token or by
 * a secret (learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow).
 */
function fromApplication(env: Env): AzToken | null {
  const { AZURE_CLIENT_ID: client, AZURE_TENANT_ID: tenant } = env;
  const proof = proofIn(env);
  if (!client || !tenant || proof === null) return null;
  const source = `the application ${client} of AZURE_CLIENT_ID (by ${proof.by})`;
  const authority = (env.AZURE_AUTHORITY_HOST || 'https://login.microsoftonline.com').replace(/\/$/, '');
  const url = `${authority}/${encodeURIComponent(tenant)}/oauth2/v2.0/token`;
  const ask = async () => {
    const form = { client_id: client, scope: `${storage}.default`, grant_type: 'client_credentials' };
    return askToken(source, formPost(url, { ...form, ...(await proof.form()) }));
  };
  return { source, token: keptToken(ask) };
}

interface Proof {
  readonly by: string;
  readonly form: () => Promise<Record<string, string>>;
}

function proofIn(env: Env): Proof | null {
  const { AZURE_FEDERATED_TOKEN_FILE: file, AZURE_CLIENT_SECRET: secret } = env;
  // Read again for every token: these files are replaced while we run.
  if (file) return { by: 'AZURE_FEDERATED_TOKEN_FILE', form: async () => assertion(readToken(file)) };
  if (env.ACTIONS_ID_TOKEN_REQUEST_URL) {
    const by = "the job's OIDC token";
    return { by, form: async () => assertion(await idToken('api://AzureADTokenExchange', env)) };
  }
  return secret ? { by: 'AZURE_CLIENT_SECRET', form: async () => ({ client_secret: secret }) } : null;
}

function assertion(token: string | null): Record<string, string> {
  if (!token)
    throw noCredentials(
      'there is no federated token to log in to Azure with',
      'check AZURE_FEDERATED_TOKEN_FILE, or grant the job `id-token: write`',
    );
  return {
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: token,
  };
}

function readToken(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return null;
  }
}

/** App Service, Functions, Container Apps (learn.microsoft.com/azure/app-service/overview-managed-identity). */
function fromService(env: Env): AzToken | null {
  const { IDENTITY_ENDPOINT: endpoint, IDENTITY_HEADER: secret } = env;
  if (!endpoint || !secret || !URL.canParse(endpoint)) return null;
  const url = identityUrl(endpoint, '2019-08-01', env);
  const source = "the service's managed identity";
  const request = { method: 'GET', url, headers: { 'x-identity-header': secret } } as const;
  return { source, token: keptToken(() => askToken(source, request, true)) };
}

/** A virtual machine or node (learn.microsoft.com/entra/identity/managed-identities-azure-resources). */
async function fromMachine(env: Env): Promise<AzToken | null> {
  const host = (env.AZURE_POD_IDENTITY_AUTHORITY_HOST || 'http://169.254.169.254').replace(/\/$/, '');
  const url = identityUrl(`${host}/metadata/identity/oauth2/token`, '2018-02-01', env);
  const headers = { metadata: 'true' };
  const answer = await probe(url, headers);
  if (answer?.access_token === undefined) return null;
  const source = "the machine's managed identity";
  const ask = () => askToken(source, { method: 'GET', url, headers }, true);
  return { source, token: keptToken(ask, tokenIn(answer, source)) };
}

function identityUrl(endpoint: string, version: string, env: Env): string {
  const url = new URL(endpoint);
  url.searchParams.set('api-version', version);
  url.searchParams.set('resource', storage);
  if (env.AZURE_CLIENT_ID) url.searchParams.set('client_id', env.AZURE_CLIENT_ID);
  return url.href;
}

/** Whoever `az login` (or azure/login in a workflow) left behind. */
async function fromCommandLine(env: Env): Promise<AzToken | null> {
  const profile = join(env.AZURE_CONFIG_DIR || join(env.HOME ?? homedir(), '.azure'), 'azureProfile.json');
  if (!existsSync(profile)) return null;
  const source = 'the login of `az`';
  const ask = async () => {
    const words = ['account', 'get-access-token', '--resource', storage, '--output', 'json'];
    const options = { env, timeout: 60_000, shell: process.platform === 'win32' };
    const { stdout } = await promisify(execFile)('az', words, options).catch(() => ({ stdout: '' }));
    return tokenIn(fieldsIn(stdout) ?? {}, source);
  };
  const first = await ask().catch(() => null);
  return first === null ? null : { source, token: keptToken(ask, first) };
}
