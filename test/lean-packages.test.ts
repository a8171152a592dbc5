import { randomBytes } from 'node:crypto';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { unzipSync } from 'fflate';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { BlobClient, BlockBlobClient } from '../actions/kit/blob-client.ts';
import * as proxied from '../actions/kit/proxied-fetch.ts';
import { digestOf } from '../src/workspace/index.ts';
import { Blobs } from './fakes/results/blobs.ts';
import { startResults } from './fakes/results/server.ts';
import { roundTrip } from './round-trip.ts';

// What stands for parts of packages in our bundles, and that the packages ask for nothing else.

const root = dirname(import.meta.dirname);
const scratch = mkdtempSync(join(tmpdir(), 'lockstep-lean-'));

/** Everything that `pattern` finds in a package's files, once each. */
const foundIn = (files: string, pattern: RegExp): string[] => {
  const texts = globSync(files, { cwd: join(root, 'node_modules') }).map((path) =>
    readFileSync(join(root, 'node_modules', path), 'utf8'),
  );
  return [
    ...new Set(texts.flatMap((text) => [...text.matchAll(pattern)].map(([, found]) => found!.trim()))),
  ].sort();
};

test.each([
  [
    'the blob client',
    '@actions/{cache,artifact}/lib/**/*.js',
    /import ([^;]*? from '@azure.*?');/g,
    ["{ BlobClient } from '@azure/storage-blob'", "{ BlockBlobClient } from '@azure/storage-blob'"],
  ],
  [
    'methods of it',
    '@actions/{cache/lib/internal/{up,down}loadUtils,artifact/lib/internal/upload/blob-upload}.js',
    /\b(?:blobClient|blockBlobClient|client)\.(\w+)/g,
    'accountName containerName downloadToBuffer getBlockBlobClient getProperties name uploadFile uploadStream'.split(
      ' ',
    ),
  ],
  [
    'undici',
    '@actions/{http-client,github,core,exec,io,glob,cache,artifact}/lib/**/*.js',
    /import ([^;]* from 'undici');/g,
    ["{ ProxyAgent } from 'undici'", "{ fetch } from 'undici'"],
  ],
  ['the ZIP archiver', '@actions/artifact/lib/**/*.js', /\barchiver\.(\w+\('\w+')/g, ["create('zip'"]],
  [
    'its methods',
    '@actions/artifact/lib/**/zip.js',
    /\bzip\.(\w+)\(/g,
    ['append', 'file', 'finalize', 'on', 'pipe'],
  ],
  [
    'queues',
    '{archiver,archiver-utils,zip-stream,compress-commons}/{lib/**/,}*.js',
    /\basync\.(\w+)/g,
    ['queue'],
  ],
])('%s: the clients take what they took', (_, files, pattern, expected) => {
  expect(foundIn(files, pattern)).toEqual(expected);
});

test('what is imported of undici is there', () => {
  expect(Object.keys(proxied).sort()).toEqual(['ProxyAgent', 'fetch']);
});

test('we call one method of the artifact client, and ask GitHub by routes', () => {
  const sources = globSync(['src/**/*.ts', 'actions/*/*.ts'], { cwd: root })
    .filter((path) => !path.endsWith('.test.ts') && !path.includes('dist'))
    .map((path) => readFileSync(join(root, path), 'utf8'));
  const using = (pattern: RegExp) => [
    ...new Set(sources.flatMap((text) => [...text.matchAll(pattern)].map(([all]) => all))),
  ];
  expect(using(/DefaultArtifactClient\(\)\S*?\(/g)).toEqual(['DefaultArtifactClient().uploadArtifact(']);
  expect(using(/octokit\.\w+/gi).sort()).toEqual(['octokit.graphql', 'octokit.request']);
});

let blobs = new Blobs();
let seen: string[] = [];
/** How requests are answered instead, from the first on. */
let faults: ((response: ServerResponse) => void)[] = [];
/** Milliseconds before each answer. */
let pause = 0;
let [open, mostOpen] = [0, 0];
const server = createServer(async (request: IncomingMessage, response) => {
  mostOpen = Math.max(mostOpen, ++open);
  response.on('close', () => open--);
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  seen.push(`${request.method} ${request.url} ${request.headers.range ?? ''}`.trim());
  await sleep(pause);
  const fault = faults.shift();
  if (fault) fault(response);
  else blobs.answer(new URL(request.url!, 'http://x'), request, Buffer.concat(chunks), response);
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const signed = `${origin}/blob/a/b.tar?sv=1&sig=s%2Be%2Fc%3D`;

beforeEach(() => {
  [blobs, seen, faults, pause, open, mostOpen] = [new Blobs(), [], [], 0, 0, 0];
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(scratch, { recursive: true, force: true });
});

const busy = (response: ServerResponse) => response.writeHead(503, { 'retry-after': '0' }).end();
const broken = (response: ServerResponse) => response.destroy();
const short = (response: ServerResponse) => {
  response.writeHead(206, { 'content-length': 100 }).write('x');
  setTimeout(() => response.destroy(), 20);
};

function fileOf(bytes: Buffer): string {
  const path = join(scratch, 'file');
  writeFileSync(path, bytes);
  return path;
}

test('a small file goes in one piece, again where the server is busy or breaks off', async () => {
  faults = [busy, broken];
  const told: number[] = [];
  const bytes = randomBytes(1000);
  const options = { blockSize: 64 << 20, concurrency: 8, maxSingleShotSize: 128 << 20 };
  const { _response } = await new BlobClient(signed)
    .getBlockBlobClient()
    .uploadFile(fileOf(bytes), { ...options, onProgress: ({ loadedBytes }) => told.push(loadedBytes) });
  expect([_response.status, told]).toEqual([201, [1000]]);
  expect(seen).toEqual(Array(3).fill('PUT /blob/a/b.tar?sv=1&sig=s%2Be%2Fc%3D'));
  expect(blobs.read('a/b.tar')!.equals(bytes)).toBe(true);
});

test('a large one goes in blocks, some at a time, and comes back in ranges', async () => {
  const bytes = randomBytes((20 << 20) + 7);
  faults = [busy, broken];
  pause = 200;
  const told: number[] = [];
  const onProgress = ({ loadedBytes }: { loadedBytes: number }) => told.push(loadedBytes);
  await new BlobClient(signed).uploadFile(fileOf(bytes), { concurrency: 2, onProgress });
  expect(seen.filter((line) => line.includes('comp=block&blockid='))).toHaveLength(3 + 2);
  expect(seen.at(-1)).toBe('PUT /blob/a/b.tar?sv=1&sig=s%2Be%2Fc%3D&comp=blocklist');
  expect([told.at(-1), mostOpen]).toEqual([bytes.length, 2]);
  expect(blobs.read('a/b.tar')!.equals(bytes)).toBe(true);

  const client = new BlockBlobClient(signed, undefined, { retryOptions: { tryTimeoutInMs: 30_000 } });
  expect(await client.getProperties()).toEqual({ contentLength: bytes.length });
  faults = [short, busy];
  const part = await client.downloadToBuffer(5, 9 << 20, { concurrency: 8, onProgress });
  expect(part.equals(bytes.subarray(5, 5 + (9 << 20)))).toBe(true);
  expect(told.at(-1)).toBe(9 << 20);
  expect(seen.filter((line) => line.endsWith('bytes=5-4194308'))).not.toEqual([]);
});

test.each([0, 1, 99, 100, 101, 1000])('a stream of %i bytes goes in blocks of a hundred', async (size) => {
  const bytes = randomBytes(size);
  const parts = Array.from({ length: Math.ceil(size / 33) }, (_, at) =>
    bytes.subarray(at * 33, at * 33 + 33),
  );
  const headers = { blobHTTPHeaders: { blobContentType: 'application/zip' } };
  await new BlobClient(signed).uploadStream(Readable.from(parts), 100, 3, headers);
  expect(blobs.read('a/b.tar')).toEqual(bytes);
  expect(seen).toHaveLength(Math.ceil(size / 100) + 1);
});

test('a refusal has its code and never the signature; what was stopped or is not known is not done', async () => {
  const refusing = (response: ServerResponse) =>
    response.writeHead(403, { 'x-ms-error-code': 'AuthenticationFailed' }).end('<Error/>');
  const client = new BlobClient(signed);
  const refused = { code: 'AuthenticationFailed', statusCode: 403 };
  for (const ask of [
    () => client.uploadFile(fileOf(Buffer.alloc(1))),
    () => client.uploadStream(Readable.from([Buffer.alloc(1)]), 100, 1),
    () => client.getProperties(),
    () => client.downloadToBuffer(0, 1),
  ]) {
    faults = [refusing];
    const error = await ask().then(
      () => null,
      (thrown: Error) => thrown,
    );
    expect(error).toMatchObject(refused);
    expect(error!.message).not.toContain('s%2Be');
  }
  const stopped = { abortSignal: AbortSignal.abort() };
  await expect(client.downloadToBuffer(0, 1, stopped)).rejects.toThrow('aborted');
  await expect(client.uploadStream(Readable.from([]), 1, 1, stopped)).rejects.toThrow('aborted');
  const more = { concurrency: 1, tier: 'Hot' };
  await expect(client.uploadFile('x', more)).rejects.toThrow(/does not know tier/);
  expect(() => new BlobClient(signed, undefined, { retries: 1 } as object)).toThrow(/retries/);
});

test('an answer that never ends is asked for again when the time for one try is over', async () => {
  blobs.write('a/b.tar', Buffer.from('abcdef'));
  faults = [(response) => void response.writeHead(206, { 'content-length': 6 }).write('a')];
  const client = new BlockBlobClient(signed, undefined, { retryOptions: { tryTimeoutInMs: 100 } });
  expect((await client.downloadToBuffer(0, 6)).toString()).toBe('abcdef');
});

test.each(['bundle', 'packages'] as const)(
  'the clients of the %s keep and take back',
  async (from) => {
    // Ours by way of a proxy, the unmodified ones straight.
    await using results = await startResults(
      from === 'bundle' ? (blob) => `http://team.blob.core.windows.net/blob/${blob}?sig=x` : undefined,
    );
    const told = await roundTrip(from, { folder: scratch, results, proxy: results.url, mebibytes: 10 });
    expect(told, told.log).toMatchObject({ saved: true, same: true });
    const [artifact] = results.artifacts;
    const zip = results.bytesOf(artifact!);
    expect([zip.length, digestOf(zip)]).toEqual([artifact!.size, artifact!.digest]);
    expect(unzipSync(zip).bytes).toHaveLength(10 << 20);
    if (from === 'bundle') expect(results.requests).toContain('HEAD /blob/cache-1');
  },
  60_000,
);

test('a fetch follows where it may, with the token for its own host alone', async () => {
  const to = (status: number, location: string) => (response: ServerResponse) =>
    response.writeHead(status, { location }).end();
  blobs.write('x', Buffer.from('{"a": 1}'));
  faults = [to(307, '/blob/x')];
  const answer = await proxied.fetch(`${origin}/blob/y`, { headers: { authorization: 'token t' } });
  expect([answer.status, await answer.json()]).toEqual([200, { a: 1 }]);
  const other = createServer(({ headers }, response) =>
    response.end(`${headers.authorization} ${headers.x}`),
  );
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  faults = [to(302, `http://127.0.0.1:${(other.address() as AddressInfo).port}/`)];
  const headers = { Authorization: 'token t', x: 'y' };
  expect(await (await proxied.fetch(`${origin}/blob/y`, { headers })).text()).toBe('undefined y');
  other.closeAllConnections();
  other.close();
  faults = [to(302, '/blob/x')];
  const manual = await proxied.fetch(`${origin}/blob/y`, { redirect: 'manual' });
  expect([manual.status, manual.headers.get('location')]).toEqual([302, '/blob/x']);
  faults = [to(302, '/blob/x')];
  await expect(proxied.fetch(`${origin}/blob/y`, { redirect: 'error' })).rejects.toThrow(/redirect/);
  faults = [(response) => void response];
  const late = proxied.fetch(`${origin}/blob/y`, { signal: AbortSignal.timeout(50) });
  await expect(late).rejects.toMatchObject({ name: 'TimeoutError' });
  faults = [(response) => response.writeHead(204).end()];
  expect((await proxied.fetch(`${origin}/blob/y`, { method: 'DELETE' })).status).toBe(204);
});
