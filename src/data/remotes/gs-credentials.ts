import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { kindOfFile, kindsOfFile } from './gs-key-files.ts';
import { askToken, fieldsIn, keptToken, noCredentials, probe, tokenIn } from './token.ts';

export interface GsIdentity {
  /** Null: nobody; requests go out unsigned, as to a public bucket. */
  readonly token: (() => Promise<string>) | null;
  /** What mends a refusal. */
  readonly login: string;
}

type Env = NodeJS.ProcessEnv;

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
  const who = `the credentials file of ${source} (${path})`;
  const kind = file === null ? null : kindOfFile(file);
  if (file === null || kind === null) {
    const found = file === null ? 'is no JSON' : `is of type ${JSON.stringify(file.type)}`;
    throw noCredentials(
      `${who} ${text === null ? 'is not there' : found}`,
      `name a file of type ${kindsOfFile.join(', ')}`,
    );
  }
  const account =
    file.client_email ?? serviceAccountIn(file.service_account_impersonation_url) ?? 'this identity';
  return {
    token: keptToken(() => kind(file, who)),
    login: `give ${account} of ${source} the role Storage Object User (roles/storage.objectUser) on the bucket`,
  };
}

/** Compute Engine, GKE, Cloud Run (cloud.google.com/compute/docs/metadata). */
async function fromMachine(env: Env): Promise<GsIdentity | null> {
  const url = `http://${env.GCE_METADATA_HOST || '169.254.169.254'}/computeMetadata/v1/instance/service-accounts/default/token`;
  const headers = { 'metadata-flavor': 'Google' };
  const answer = await probe(url, headers);
  if (answer?.access_token === undefined) return null;
  const who = "the machine's service account";
  return {
    token: keptToken(() => askToken(who, { method: 'GET', url, headers }, true), tokenIn(answer, who)),
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
