import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { createServer, request as forward } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
import { unzipSync } from 'fflate';
import { azBucket } from '../../../src/data/remotes/az-bucket.ts';
import { sharedKeyHeaders } from '../../../src/data/remotes/az-signature.ts';
import { bucketContract, readingContract } from '../../../src/data/remotes/contract.ts';
import { digestOf } from '../../../src/workspace/index.ts';
import { startResults } from '../../fakes/results/server.ts';
import { roundTrip } from '../../round-trip.ts';
import type { Suite, Tools } from '../suite.ts';
import { freePort } from '../tools/free-port.ts';
import { untilAnswers } from '../tools/server.ts';
import { sharedData } from '../tools/shared-data.ts';

export const suite: Suite = {
  name: 'azurite',
  shows:
    "Microsoft's Azurite takes our requests signed by key and by SAS, refuses wrong keys and ended SAS, and keeps what the bundled clients of caches and artifacts send",
  minutes: 2,
  needs: { npm: ['azurite@3.35.0'] },
  run: async (tools) => {
    const server = await startAzurite(tools);
    const seen = [await contract(server), await refusals(server), await clients(tools, server)];
    const sas = sasOf(server.key, 'rcwdl', Date.now() + 600_000);
    const env = { ...server.env, AZURE_STORAGE_SAS_TOKEN: sas };
    return [...seen, await sharedData(tools, `az://${account}/${container}/team`, env)].join(', ');
  },
};

const account = 'lockstepaccount';
const container = 'data';
const address = new URL(`az://${account}/${container}/team a/ünï`);

interface Server {
  readonly endpoint: string;
  readonly key: string;
  readonly env: NodeJS.ProcessEnv;
}

async function startAzurite({ programs, folder, modules }: Tools): Promise<Server> {
  const port = await freePort();
  const key = randomBytes(64).toString('base64');
  const program = join(modules, 'azurite/dist/src/blob/main.js');
  const words = ['--location', folder, '--blobPort', String(port), '--skipApiVersionCheck', '--silent'];
  const env = { ...process.env, AZURITE_ACCOUNTS: `${account}:${key}` };
  const endpoint = `http://127.0.0.1:${port}/${account}`;
  await untilAnswers(programs.start(process.execPath, [program, ...words], { env }), endpoint);
  const url = new URL(`${endpoint}/${container}?restype=container`);
  const request = { method: 'PUT', url, headers: { 'x-ms-version': '2022-11-02' } } as const;
  const signed = sharedKeyHeaders(request, account, Buffer.from(key, 'base64'));
  const made = await fetch(url, { method: 'PUT', headers: { ...request.headers, ...signed } });
  assert.equal(made.status, 201, await made.text());
  return { endpoint, key, env: { AZURE_STORAGE_BLOB_ENDPOINT: endpoint } };
}

async function contract({ endpoint, key, env }: Server): Promise<string> {
  const byKey = { ...env, AZURE_STORAGE_ACCOUNT: account, AZURE_STORAGE_KEY: key };
  await bucketContract(() => azBucket(address, byKey), [key]);
  const sas = sasOf(key, 'rcwdl', Date.now() + 600_000);
  const bySas = { ...env, AZURE_STORAGE_SAS_TOKEN: `?${sas}` };
  await bucketContract(() => azBucket(address, bySas), [key, signatureIn(sas)]);
  const AZURE_STORAGE_CONNECTION_STRING = `DefaultEndpointsProtocol=http;AccountName=${account};AccountKey=${key};BlobEndpoint=${endpoint};`;
  await readingContract(() => azBucket(address, { AZURE_STORAGE_CONNECTION_STRING }), new Map());
  return 'the contract by key and by SAS';
}

async function refusals({ key, env }: Server): Promise<string> {
  const wrong = randomBytes(64).toString('base64');
  const ended = sasOf(key, 'rcwdl', Date.now() - 60_000);
  const weak = sasOf(key, 'r', Date.now() + 600_000);
  const cases: [NodeJS.ProcessEnv, RegExp][] = [
    [{ AZURE_STORAGE_KEY: wrong }, /answered 403.*AZURE_STORAGE_KEY holds a key of lockstepaccount/],
    [{ AZURE_STORAGE_SAS_TOKEN: ended }, /answered 403.*the one in AZURE_STORAGE_SAS_TOKEN ended at 20/],
    [{ AZURE_STORAGE_SAS_TOKEN: weak }, /answered 403.*sp=rcwdl/],
  ];
  for (const [more, expected] of cases) {
    const bucket = await azBucket(address, { ...env, ...more });
    const works = [
      ...(more.AZURE_STORAGE_SAS_TOKEN === weak ? [] : [() => bucket.stat('a'), () => bucket.get('a')]),
      () => bucket.put('a', Buffer.from('a'), ''),
      () => bucket.remove(['a']),
      async () => {
        for await (const _ of bucket.list('')) return;
      },
    ];
    for (const work of works) {
      const { message } = await Promise.resolve(work()).then(
        () => assert.fail('it was let in'),
        (error: Error) => error,
      );
      assert.match(message, /^E_REMOTE_CREDENTIALS/);
      assert.match(message, expected);
      for (const secret of [key, wrong, ended, signatureIn(ended), signatureIn(weak)])
        assert.ok(
          !message.includes(secret) && !message.includes(encodeURIComponent(secret)),
          'the message holds a secret',
        );
    }
  }
  const elsewhere = await azBucket(new URL(`az://${account}/none`), { ...env, AZURE_STORAGE_KEY: key });
  await assert.rejects(elsewhere.stat('a'), /E_REMOTE_FAILED.*no bucket or container/);
  return `${cases.length} bad credentials refused without naming them`;
}

/**
 * A cache entry and an artifact of 40 MiB by the clients as our bundles have them, at signed addresses as Azure's are:
 * the way there is a proxy that asks Azurite.
 */
async function clients({ folder }: Tools, { endpoint, key }: Server): Promise<string> {
  const query = sasOf(key, 'rcw', Date.now() + 600_000);
  const asked: string[] = [];
  const proxy = createServer((request, response) => {
    const { pathname, search } = new URL(request.url!);
    asked.push(`${request.method} ${pathname.split('/').at(-1)}`);
    const { host: _, 'proxy-connection': __, ...headers } = request.headers;
    const onwards = forward(`${endpoint}${pathname}${search}`, { method: request.method, headers });
    onwards.on('response', (answer) => {
      response.writeHead(answer.statusCode!, answer.headers);
      pipeline(answer, response, () => {});
    });
    pipeline(request, onwards, () => {});
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const way = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  await using results = await startResults(
    (blob) => `http://${account}.blob.core.windows.net/${container}/${blob}?${query}`,
  );
  const { saved, same, log } = await roundTrip('bundle', { folder, results, proxy: way, mebibytes: 40 });
  proxy.closeAllConnections();
  proxy.close();
  assert.ok(saved && same, log);
  const puts = (name: string) => asked.filter((line) => line === `PUT ${name}`).length;
  // Blocks of 8 MiB, and the list of them.
  assert.deepEqual([puts('cache-1'), puts('artifact-2.zip')], [7, 7], asked.join());
  assert.ok(asked.filter((line) => line === 'GET cache-1').length >= 10, asked.join());
  const [artifact] = results.artifacts;
  const answer = await fetch(`${endpoint}/${container}/${artifact!.blob}?${query}`);
  const zip = Buffer.from(await answer.arrayBuffer());
  assert.equal(digestOf(zip), artifact!.digest);
  assert.equal(unzipSync(zip).bytes?.length, 40 << 20);
  assert.equal(answer.headers.get('content-type'), 'application/zip');
  return 'a cache entry and an artifact of 40 MiB by the bundled clients';
}

/** A service SAS of the container (learn.microsoft.com/rest/api/storageservices/create-service-sas, of 2020-12-06). */
function sasOf(key: string, permissions: string, end: number): string {
  const se = `${new Date(end).toISOString().slice(0, 19)}Z`;
  const version = '2020-12-06';
  const resource = `/blob/${account}/${container}`;
  const text = [
    permissions,
    '',
    se,
    resource,
    '',
    '',
    'https,http',
    version,
    'c',
    '',
    '',
    '',
    '',
    '',
    '',
    '',
  ].join('\n');
  const sig = createHmac('sha256', Buffer.from(key, 'base64')).update(text).digest('base64');
  return new URLSearchParams({
    sv: version,
    sr: 'c',
    sp: permissions,
    se,
    spr: 'https,http',
    sig,
  }).toString();
}

const signatureIn = (sas: string): string => new URLSearchParams(sas).get('sig')!;
