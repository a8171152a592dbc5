import { generateKeyPairSync, verify } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { messageOf } from '../test-workspace.ts';
import { remoteAddress } from './address.ts';
import { azBucket } from './az-bucket.ts';
import { findAzIdentity } from './az-credentials.ts';
import { stringToSign } from './az-signature.ts';
import { gsBucket } from './gs-bucket.ts';
import { findGsIdentity } from './gs-credentials.ts';
import { keptToken } from './token.ts';

/** Stands in for every endpoint that hands out tokens: what it was asked, and what it says. */
let asked: { readonly line: string; readonly headers: string; readonly body: string }[];
let answers: Record<string, [status: number, body: string, headers?: Record<string, string>]>;
let folder: string;
let origin: string;
let close: () => void;

beforeEach(async () => {
  asked = [];
  answers = {};
  folder = mkdtempSync(join(tmpdir(), 'lockstep-credentials-'));
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const names = ['authorization', 'metadata', 'metadata-flavor', 'x-identity-header', 'x-own'];
    const headers = names.flatMap((name) =>
      request.headers[name] ? [`${name}: ${request.headers[name]}`] : [],
    );
    asked.push({ line: `${request.method} ${request.url}`, headers: headers.join(', '), body });
    const [status, answer, more] = answers[request.url!.split('?')[0]!] ?? [404, '{}'];
    response.writeHead(status, more).end(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  close = () => void server.close().closeAllConnections();
});
afterEach(() => {
  vi.useRealTimers();
  close();
  rmSync(folder, { recursive: true, force: true });
});

const granted = (token: string): [number, string] => [
  200,
  JSON.stringify({ access_token: token, expires_in: 3600 }),
];
const inFolder = (name: string, content: unknown): string => {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
};
/** Nobody but what the test says: no metadata service, no home. */
const alone = () => ({
  CLOUDSDK_CONFIG: folder,
  AZURE_CONFIG_DIR: folder,
  GCE_METADATA_HOST: '127.0.0.1:9',
  AZURE_POD_IDENTITY_AUTHORITY_HOST: 'http://127.0.0.1:9',
});
const shown = (value: string) => value.replaceAll(origin, '<origin>').replaceAll(folder, '<folder>');
const asks = () =>
  asked.map(({ line, headers, body }) => {
    const form = body.startsWith('{')
      ? body
      : [...new URLSearchParams(body)].map((pair) => pair.join('=')).join(' ');
    return shown([line, headers, form].filter((part) => part !== '').join(' | '));
  });

const gsToken = async (file: object): Promise<string | undefined> => {
  const env = { ...alone(), GOOGLE_APPLICATION_CREDENTIALS: inFolder('key.json', file) };
  return (await findGsIdentity(env)).token?.();
};
const federated = () => ({
  type: 'external_account',
  audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q',
  subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
  token_url: `${origin}/sts`,
});

test('a service account signs for itself', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  answers['/token'] = granted('t1');
  const file = {
    type: 'service_account',
    client_email: 'ci@project.iam.gserviceaccount.com',
    private_key_id: 'k1',
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    token_uri: `${origin}/token`,
  };
  expect(await gsToken(file)).toBe('t1');
  const form = new URLSearchParams(asked[0]!.body);
  expect(form.get('grant_type')).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer');
  const [head, claims, signature] = form.get('assertion')!.split('.') as [string, string, string];
  const parsed = [head, claims].map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()));
  expect(parsed[0]).toEqual({ alg: 'RS256', typ: 'JWT', kid: 'k1' });
  const { iat, exp, ...rest } = parsed[1];
  expect([exp - iat, Math.abs(iat - Date.now() / 1000) < 5]).toEqual([3600, true]);
  const scope = 'https://www.googleapis.com/auth/devstorage.read_write';
  expect(rest).toEqual({ iss: file.client_email, scope, aud: file.token_uri });
  const signed = Buffer.from(`${head}.${claims}`);
  expect(verify('RSA-SHA256', signed, publicKey, Buffer.from(signature, 'base64url'))).toBe(true);
});

test('a job of GitHub trades its token for one of Google, by URL and by file, for itself and for an account', async () => {
  answers['/oidc'] = [200, JSON.stringify({ value: 'job-token' })];
  answers['/sts'] = granted('federated');
  const url = `/v1/projects/-/serviceAccounts/ci@p.iam.gserviceaccount.com:generateAccessToken`;
  const expireTime = new Date(Date.now() + 3600_000).toISOString();
  answers[url] = [200, JSON.stringify({ accessToken: 'impersonated', expireTime })];
  const byUrl = {
    url: `${origin}/oidc?audience=a`,
    headers: { Authorization: 'Bearer request-token' },
    format: { type: 'json', subject_token_field_name: 'value' },
  };
  expect(await gsToken({ ...federated(), credential_source: byUrl })).toBe('federated');
  const byFile = { file: inFolder('subject', 'file-token\n') };
  const account = { service_account_impersonation_url: origin + url };
  expect(await gsToken({ ...federated(), ...account, credential_source: byFile })).toBe('impersonated');
  expect(asks().join('\n')).toMatchInlineSnapshot(`
    "GET /oidc?audience=a | authorization: Bearer request-token
    POST /sts | grant_type=urn:ietf:params:oauth:grant-type:token-exchange requested_token_type=urn:ietf:params:oauth:token-type:access_token audience=//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q subject_token_type=urn:ietf:params:oauth:token-type:jwt subject_token=job-token scope=https://www.googleapis.com/auth/devstorage.read_write
    POST /sts | grant_type=urn:ietf:params:oauth:grant-type:token-exchange requested_token_type=urn:ietf:params:oauth:token-type:access_token audience=//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q subject_token_type=urn:ietf:params:oauth:token-type:jwt subject_token=file-token scope=https://www.googleapis.com/auth/cloud-platform
    POST /v1/projects/-/serviceAccounts/ci@p.iam.gserviceaccount.com:generateAccessToken | authorization: Bearer federated | {"scope":["https://www.googleapis.com/auth/devstorage.read_write"],"lifetime":"3600s"}"
  `);
});

test('people log in with gcloud, for themselves or as an account', async () => {
  answers['/token'] = granted('mine');
  answers['/as:generateAccessToken'] = [
    200,
    JSON.stringify({ accessToken: 'its', expireTime: '2099-01-01T00:00:00Z' }),
  ];
  const mine = {
    type: 'authorized_user',
    client_id: 'id',
    client_secret: 'secret',
    refresh_token: 'refresh',
    token_uri: `${origin}/token`,
  };
  inFolder('application_default_credentials.json', mine);
  expect(await (await findGsIdentity(alone())).token?.()).toBe('mine');
  const impersonated = {
    type: 'impersonated_service_account',
    service_account_impersonation_url: `${origin}/as:generateAccessToken`,
    source_credentials: mine,
  };
  expect(await gsToken(impersonated)).toBe('its');
  expect(asks().slice(1).join('\n')).toMatchInlineSnapshot(`
    "POST /token | grant_type=refresh_token client_id=id client_secret=secret refresh_token=refresh
    POST /as:generateAccessToken | authorization: Bearer mine | {"scope":["https://www.googleapis.com/auth/devstorage.read_write"],"lifetime":"3600s"}"
  `);
});

test('machines of Google and of Azure know who they are; where there is none, nobody is', async () => {
  answers['/computeMetadata/v1/instance/service-accounts/default/token'] = granted('gce');
  answers['/metadata/identity/oauth2/token'] = [
    200,
    JSON.stringify({ access_token: 'imds', expires_in: '86399' }),
  ];
  const here = { ...alone(), GCE_METADATA_HOST: origin.slice(7), AZURE_POD_IDENTITY_AUTHORITY_HOST: origin };
  const request = { method: 'GET', url: new URL('https://acme.blob.core.windows.net/c/k') } as const;
  expect(await (await findGsIdentity(here)).token?.()).toBe('gce');
  expect(await (await findAzIdentity('acme', here)).sign(request)).toEqual({ authorization: 'Bearer imds' });
  expect(asks().join('\n')).toMatchInlineSnapshot(`
    "GET /computeMetadata/v1/instance/service-accounts/default/token | metadata-flavor: Google
    GET /metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fstorage.azure.com%2F | metadata: true"
  `);
  const nobody = await findGsIdentity(alone());
  expect([nobody.token, shown(nobody.login)]).toMatchInlineSnapshot(`
    [
      null,
      "log in (google-github-actions/auth in a workflow, \`gcloud auth application-default login\` on your machine); nothing was found in GOOGLE_APPLICATION_CREDENTIALS (not set), <folder>/application_default_credentials.json (no file) and the machine's metadata service (no answer)",
    ]
  `);
  const nobodyThere = await findAzIdentity('acme', alone());
  expect(await nobodyThere.sign(request)).toEqual({});
  expect(nobodyThere.login).toMatchInlineSnapshot(
    `"log in (\`az login\`, or AZURE_CLIENT_ID and AZURE_TENANT_ID with \`id-token: write\` in a workflow); nothing for acme was found in AZURE_STORAGE_CONNECTION_STRING, AZURE_STORAGE_KEY, AZURE_STORAGE_SAS_TOKEN, AZURE_CLIENT_ID with a federated token or secret, the machine's identity and \`az\`"`,
  );
});

test('Azure: a federated token, the job’s token, a secret, a service’s identity, az login', async () => {
  answers['/tenant/oauth2/v2.0/token'] = granted('entra');
  answers['/oidc'] = [200, JSON.stringify({ value: 'job-token' })];
  answers['/msi'] = [
    200,
    JSON.stringify({ access_token: 'msi', expires_on: String(Date.now() / 1000 + 3600) }),
  ];
  const tool = join(folder, 'bin/az');
  mkdirSync(join(folder, 'bin'));
  writeFileSync(tool, `#!/bin/sh\necho "{\\"accessToken\\": \\"cli-$#\\", \\"expires_on\\": 4070908800}"\n`);
  chmodSync(tool, 0o755);
  const app = { AZURE_CLIENT_ID: 'client', AZURE_TENANT_ID: 'tenant', AZURE_AUTHORITY_HOST: `${origin}/` };
  const job = {
    ACTIONS_ID_TOKEN_REQUEST_URL: `${origin}/oidc?api=1`,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'request',
  };
  const cases: NodeJS.ProcessEnv[] = [
    { ...app, ...job, AZURE_FEDERATED_TOKEN_FILE: inFolder('federated', 'pod-token\n') },
    { ...app, ...job },
    { ...app, AZURE_CLIENT_SECRET: 'secret' },
    { IDENTITY_ENDPOINT: `${origin}/msi`, IDENTITY_HEADER: 'header' },
    { AZURE_CONFIG_DIR: join(folder, 'bin'), PATH: join(folder, 'bin') },
  ];
  writeFileSync(join(folder, 'bin/azureProfile.json'), '{}');
  const tokens: (string | undefined)[] = [];
  for (const env of cases) {
    const { sign } = await findAzIdentity('acme', { ...alone(), ...env });
    tokens.push((await sign({ method: 'GET', url: new URL(origin) })).authorization);
  }
  const expected = ['entra', 'entra', 'entra', 'msi', 'cli-6'].map((token) => `Bearer ${token}`);
  expect(tokens).toEqual(expected);
  expect(asks().join('\n')).toMatchInlineSnapshot(`
    "POST /tenant/oauth2/v2.0/token | client_id=client scope=https://storage.azure.com/.default grant_type=client_credentials client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer client_assertion=pod-token
    GET /oidc?api=1&audience=api%3A%2F%2FAzureADTokenExchange | authorization: bearer request
    POST /tenant/oauth2/v2.0/token | client_id=client scope=https://storage.azure.com/.default grant_type=client_credentials client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer client_assertion=job-token
    POST /tenant/oauth2/v2.0/token | client_id=client scope=https://storage.azure.com/.default grant_type=client_credentials client_secret=secret
    GET /msi?api-version=2019-08-01&resource=https%3A%2F%2Fstorage.azure.com%2F | x-identity-header: header"
  `);
});

test('what does not serve is refused, and no secret is shown', async () => {
  answers['/sts'] = [
    400,
    JSON.stringify({
      error: 'invalid_grant',
      error_description: `The token ${'s3cret'.repeat(9)} is no good`,
    }),
  ];
  answers['/token'] = [200, '{"access_token": "a\\nb"}'];
  const source = { file: inFolder('subject', 's3cret') };
  const key = {
    type: 'service_account',
    client_email: 'a@b',
    token_uri: `${origin}/token`,
    private_key: 's3cret',
  };
  const user = { type: 'authorized_user', client_id: 'i', client_secret: 's3cret', refresh_token: 's3cret' };
  const files: unknown[] = [
    's3cret {',
    { type: 'toString' },
    { ...key, private_key: undefined },
    key,
    { ...user, token_uri: 'http://elsewhere.example/token' },
    { ...user, token_uri: `${origin}/token` },
    { ...user, refresh_token: '' },
    { ...federated(), credential_source: source },
    { ...federated(), credential_source: { file: join(folder, 'none') } },
    { ...federated(), credential_source: { executable: { command: 'x' } } },
    { ...federated(), credential_source: { url: `${origin}/none` } },
  ];
  const messages = [
    await messageOf(() => findGsIdentity({ GOOGLE_APPLICATION_CREDENTIALS: join(folder, 'none.json') })),
  ];
  for (const file of files) messages.push(await messageOf(() => gsToken(file as object)));
  const azure: NodeJS.ProcessEnv[] = [
    { AZURE_STORAGE_KEY: 's3cret' },
    { AZURE_STORAGE_SAS_TOKEN: 'sig=s3cret', AZURE_STORAGE_BLOB_ENDPOINT: 'http://azurite:10000/acme' },
    { AZURE_STORAGE_BLOB_ENDPOINT: 'https://u:s3cret@azurite/' },
    { AZURE_CLIENT_ID: 'c', AZURE_TENANT_ID: 't', AZURE_FEDERATED_TOKEN_FILE: join(folder, 'none') },
  ];
  for (const env of azure)
    messages.push(
      await messageOf(async () =>
        (await findAzIdentity('acme', { ...alone(), ...env })).sign({ method: 'GET', url: new URL(origin) }),
      ),
    );
  expect(messages.join('\n')).not.toContain('s3cret');
  expect(messages.map(shown).join('\n')).toMatchInlineSnapshot(`
    "E_REMOTE_CREDENTIALS: the credentials file of GOOGLE_APPLICATION_CREDENTIALS (<folder>/none.json) is not there. Fix: name a file of type service_account, authorized_user, external_account, impersonated_service_account.
    E_REMOTE_CREDENTIALS: the credentials file of GOOGLE_APPLICATION_CREDENTIALS (<folder>/key.json) is no JSON. Fix: name a file of type service_account, authorized_user, external_account, impersonated_service_account.
    E_REMOTE_CREDENTIALS: the credentials file of GOOGLE_APPLICATION_CREDENTIALS (<folder>/key.json) is of type "toString". Fix: name a file of type service_account, authorized_user, external_account, impersonated_service_account.
    E_REMOTE_CREDENTIALS: the credentials file of GOOGLE_APPLICATION_CREDENTIALS (<folder>/key.json) has a private_key that is none. Fix: download the key file again.
    E_REMOTE_CREDENTIALS: the credentials file of GOOGLE_APPLICATION_CREDENTIALS (<folder>/key.json) has a private_key that is none. Fix: download the key file again.
    E_REMOTE_CREDENTIALS: the credentials file of GOOGLE_APPLICATION_CREDENTIALS (<folder>/key.json) names no https address to log in at. Fix: write the file again with the tool that made it.
    E_REMOTE_CREDENTIALS: the answer to the credentials file of GOOGLE_APPLICATION_CREDENTIALS (<folder>/key.json) holds no token. Fix: log in again.
    E_REMOTE_CREDENTIALS: the credentials file of GOOGLE_APPLICATION_CREDENTIALS (<folder>/key.json) has no refresh_token. Fix: write the file again with the tool that made it.
    E_REMOTE_CREDENTIALS: <origin>/sts answers 400 (invalid_grant: The token … is no good) to the credentials file of GOOGLE_APPLICATION_CREDENTIALS (<folder>/key.json). Fix: log in again, or correct what the answer names.
    E_REMOTE_CREDENTIALS: the credentials file of GOOGLE_APPLICATION_CREDENTIALS (<folder>/key.json) reads <folder>/none, which is not there. Fix: run the step that logs in again.
    E_REMOTE_CREDENTIALS: the credentials file of GOOGLE_APPLICATION_CREDENTIALS (<folder>/key.json) has a credential_source of another kind. Fix: use one with \`file\` or \`url\`.
    E_REMOTE_CREDENTIALS: <origin>/none answers 404 to the credentials file of GOOGLE_APPLICATION_CREDENTIALS (<folder>/key.json). Fix: log in again, or correct what the answer names.
    E_REMOTE_CREDENTIALS: AZURE_STORAGE_KEY holds no account key. Fix: copy it from the portal again.
    E_REMOTE_CREDENTIALS: http://azurite:10000/acme would get AZURE_STORAGE_SAS_TOKEN in the clear. Fix: use an https endpoint.
    E_REMOTE_SCHEME: the blob endpoint of AZURE_STORAGE_BLOB_ENDPOINT or the connection string is no plain address — for instance https://acme.blob.core.windows.net, without credentials. Fix: correct it.
    E_REMOTE_CREDENTIALS: there is no federated token to log in to Azure with. Fix: check AZURE_FEDERATED_TOKEN_FILE, or grant the job \`id-token: write\`."
  `);
});

test('Azure’s variables say something about their own account only', async () => {
  const key = Buffer.alloc(64, 7).toString('base64');
  const of = (name: string) =>
    `DefaultEndpointsProtocol=https;AccountName=${name};AccountKey=${key};EndpointSuffix=core.example`;
  const cases: NodeJS.ProcessEnv[] = [
    { AZURE_STORAGE_CONNECTION_STRING: of('acme') },
    { AZURE_STORAGE_CONNECTION_STRING: of('other') },
    {
      AZURE_STORAGE_CONNECTION_STRING:
        'BlobEndpoint=https://acme.example/;SharedAccessSignature=sv=1&sig=a%2Bb',
    },
    { AZURE_STORAGE_ACCOUNT: 'acme', AZURE_STORAGE_KEY: key },
    { AZURE_STORAGE_ACCOUNT: 'other', AZURE_STORAGE_KEY: key },
    { AZURE_STORAGE_SAS_TOKEN: '?sv=1&sig=a%2Bb' },
  ];
  const seen: string[] = [];
  for (const env of cases) {
    const { endpoint, query, sign } = await findAzIdentity('acme', { ...alone(), ...env });
    const { authorization = 'unsigned' } = await sign({ method: 'GET', url: new URL(endpoint) });
    seen.push([endpoint, query.join('&'), authorization.slice(0, 15)].join(' '));
  }
  expect(seen).toEqual([
    'https://acme.blob.core.example  SharedKey acme:',
    'https://acme.blob.core.windows.net  unsigned',
    'https://acme.example sv,1&sig,a+b unsigned',
    'https://acme.blob.core.windows.net  SharedKey acme:',
    'https://acme.blob.core.windows.net  unsigned',
    'https://acme.blob.core.windows.net sv,1&sig,a+b unsigned',
  ]);
});

test('what a store says that is no success', async () => {
  const gs = await gsBucket(new URL('gs://bucket/a'), { STORAGE_EMULATOR_HOST: origin });
  const az = await azBucket(new URL('az://acme/data'), { ...alone(), AZURE_STORAGE_BLOB_ENDPOINT: origin });
  const object = '/storage/v1/b/bucket/o/a%2Fk';
  const upload = '/upload/storage/v1/b/bucket/o';
  const code = (name: string) => ({ 'x-ms-error-code': name });
  const cases: [path: string, answer: [number, string, Record<string, string>?], work: () => unknown][] = [
    [
      object,
      [403, '{"error": {"code": 403, "message": "a@b may not storage.objects.get"}}'],
      () => gs.stat('k'),
    ],
    [object, [401, 'Anonymous caller may not storage.objects.get'], () => gs.get('k')],
    [object, [404, 'The specified bucket does not exist.'], () => gs.get('k')],
    [object, [404, 'No such object: bucket/a/k'], () => gs.get('k')],
    [upload, [200, '{"md5Hash": "other", "size": "1"}'], () => gs.put('k', Buffer.from('1'), '')],
    [upload, [413, ''], () => gs.put('k', Buffer.from('1'), '')],
    ['/data/k', [404, '', code('BlobNotFound')], () => az.stat('k')],
    ['/data/k', [404, '', code('ContainerNotFound')], () => az.stat('k')],
    ['/data/k', [404, '', code('ResourceNotFound')], () => az.get('k')],
    [
      '/data/k',
      [409, '<Code>PublicAccessNotPermitted</Code>', code('PublicAccessNotPermitted')],
      () => az.get('k'),
    ],
    ['/data/k', [206, 'x'], () => az.get('k', { from: 1 })],
  ];
  const messages: string[] = [];
  for (const [path, answer, work] of cases) {
    answers = { [path]: answer };
    messages.push(`${answer[0]}: ${(await messageOf(work)).replace(/; nothing.*/, '; …')}`);
  }
  expect(messages.join('\n')).toMatchInlineSnapshot(`
    "403: E_REMOTE_CREDENTIALS: gs://bucket/a/ answered 403 (a@b may not storage.objects.get) to read k. Fix: check STORAGE_EMULATOR_HOST.
    401: E_REMOTE_CREDENTIALS: gs://bucket/a/ answered 401 (Anonymous caller may not storage.objects.get) to read k. Fix: check STORAGE_EMULATOR_HOST.
    404: E_REMOTE_FAILED: there is no bucket or container for gs://bucket/a/. Fix: make it, or correct \`remote:\` in lockstep.yaml.
    404: accepted: null
    200: E_REMOTE_FAILED: gs://bucket/a/ took other bytes for k than were sent. Fix: run the command again.
    413: E_REMOTE_TOO_LARGE: gs://bucket/a/ answered 413 to write k — what the server has room for. Fix: make room there.
    404: accepted: null
    404: E_REMOTE_FAILED: there is no bucket or container for az://acme/data/. Fix: make it, or correct \`remote:\` in lockstep.yaml.
    404: E_REMOTE_CREDENTIALS: az://acme/data/ answered 404 ResourceNotFound to read k. Fix: log in (\`az login\`, or AZURE_CLIENT_ID and AZURE_TENANT_ID with \`id-token: write\` in a workflow); …
    409: E_REMOTE_CREDENTIALS: az://acme/data/ answered 409 PublicAccessNotPermitted to read k. Fix: log in (\`az login\`, or AZURE_CLIENT_ID and AZURE_TENANT_ID with \`id-token: write\` in a workflow); …
    206: E_REMOTE_FAILED: az://acme/data/ answers a part without saying which — a Content-Range with every 206. Fix: ask who runs the server."
  `);
});

test('an address whose path is no text is refused before anything is asked', () => {
  for (const path of ['%zz', 'a/%ff'])
    for (const place of ['gs://bucket', 'az://acme/data', 's3://bucket'])
      expect(() => remoteAddress(`${place}/${path}`, '/')).toThrow(/^E_REMOTE_SCHEME/);
  expect(remoteAddress('az://acme/data/%C3%BC', '/').kind).toBe('az');
  expect(remoteAddress('gs://bucket', '/').kind).toBe('gs');
});

test('Shared Key signs what the documentation shows', () => {
  const url = new URL(
    'https://myaccount.blob.core.windows.net/mycontainer?restype=container&comp=metadata&timeout=20',
  );
  const headers = { 'x-ms-version': '2015-02-21', 'x-ms-date': 'Fri, 26 Jun 2015 23:39:12 GMT' };
  const expected =
    'GET\n\n\n\n\n\n\n\n\n\n\n\nx-ms-date:Fri, 26 Jun 2015 23:39:12 GMT\nx-ms-version:2015-02-21\n/myaccount/mycontainer\ncomp:metadata\nrestype:container\ntimeout:20';
  expect(stringToSign({ method: 'GET', url }, headers, 'myaccount')).toBe(expected);
});

test('a token is asked for once, and anew shortly before its end', async () => {
  vi.useFakeTimers({ now: 0 });
  let count = 0;
  const token = keptToken(async () => ({ value: `t${++count}`, until: Date.now() + 3_600_000 }));
  expect(await Promise.all([token(), token(), token()])).toEqual(['t1', 't1', 't1']);
  vi.setSystemTime(3_350_000);
  expect(await token()).toBe('t1');
  vi.setSystemTime(3_370_000);
  expect(await token()).toBe('t2');
});
