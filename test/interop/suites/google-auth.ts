import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { findGsIdentity } from '../../../src/data/remotes/gs-credentials.ts';
import type { Suite, Tools } from '../suite.ts';

export const suite: Suite = {
  name: 'google-auth',
  shows:
    "for the files that google-github-actions/auth writes, we ask for tokens just as Google's own library does",
  minutes: 1,
  long: true,
  needs: { npm: ['google-auth-library@10.9.1'] },
  run: compareWithGoogle,
};

const scope = 'https://www.googleapis.com/auth/devstorage.read_write';
const expireTime = '2099-01-01T00:00:00Z';
type Asked = { readonly request: string; readonly authorization: string | undefined; readonly body: unknown };

async function compareWithGoogle({ folder, modules }: Tools): Promise<string> {
  const library = pathToFileURL(join(modules, 'google-auth-library/build/src/index.js')).href;
  const { GoogleAuth } = (await import(library)) as {
    GoogleAuth: new (options: object) => { getAccessToken(): Promise<string> };
  };
  await using endpoints = await startEndpoints();
  const { origin, heard } = endpoints;
  const file = join(folder, 'credentials.json');
  const seen: string[] = [];
  for (const [kind, content] of Object.entries(filesAt(origin, folder))) {
    writeFileSync(file, JSON.stringify(content));
    const theirs = await new GoogleAuth({ keyFile: file, scopes: [scope] }).getAccessToken();
    const askedByThem = heard.splice(0);
    const ours = await (await findGsIdentity({ GOOGLE_APPLICATION_CREDENTIALS: file })).token?.();
    assert.deepEqual({ token: ours, asked: heard.splice(0) }, { token: theirs, asked: askedByThem }, kind);
    seen.push(`${kind} (${askedByThem.length} requests)`);
  }
  return `the same for ${seen.join(', ')}`;
}

function filesAt(origin: string, folder: string): Record<string, object> {
  const subject = join(folder, 'subject');
  writeFileSync(subject, 'of a file');
  const base = {
    type: 'external_account',
    audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q',
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    token_url: `${origin}/v1/token`,
  };
  const account = `${origin}/v1/projects/-/serviceAccounts/ci@p.iam.gserviceaccount.com:generateAccessToken`;
  const byUrl = {
    url: `${origin}/oidc?audience=a`,
    headers: { Authorization: 'Bearer request' },
    format: { type: 'json', subject_token_field_name: 'value' },
  };
  return {
    'a job itself': { ...base, credential_source: byUrl },
    'a job as an account': { ...base, service_account_impersonation_url: account, credential_source: byUrl },
    'a pod by file': { ...base, credential_source: { file: subject } },
  };
}

/** Every endpoint of the three; `heard` is what they were asked, forms without the order of their fields. */
async function startEndpoints() {
  const heard: Asked[] = [];
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const parsed = body.startsWith('{') ? JSON.parse(body) : Object.fromEntries(new URLSearchParams(body));
    const { authorization } = request.headers;
    heard.push({ request: `${request.method} ${request.url}`, authorization, body: parsed });
    const type = 'urn:ietf:params:oauth:token-type:access_token';
    const token = {
      access_token: 'federated',
      expires_in: 3600,
      token_type: 'Bearer',
      issued_token_type: type,
    };
    const answer = request.url!.startsWith('/oidc')
      ? { value: 'of the job' }
      : request.url!.includes('serviceAccounts')
        ? { accessToken: 'impersonated', expireTime }
        : token;
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = async () => void server.close().closeAllConnections();
  return { origin, heard, [Symbol.asyncDispose]: close };
}
