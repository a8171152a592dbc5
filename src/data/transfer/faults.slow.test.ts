import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { send } from '../../http/index.ts';
import { type Digest, digestOf, openWorkspace, type Workspace } from '../../workspace/index.ts';
import { objectPath, pullData, pushData, writeLock } from '../index.ts';
import { messageOf, testWorkspace, writeInto } from '../test-workspace.ts';

type Spoil = (response: ServerResponse, bytes: Buffer, asked: number) => void;

interface Server {
  readonly url: string;
  readonly requests: IncomingMessage[];
  /** Bytes that were written to clients. */
  sent: number;
}

/** A server of objects by path, with ranges and validators; `spoil` answers in its place. */
async function serve(objects: ReadonlyMap<string, Buffer>, spoil?: Spoil): Promise<Server> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    const bytes = objects.get(request.url!.slice(1));
    if (bytes === undefined) return void response.writeHead(404).end();
    const [, from = '0', to] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
    const part = bytes.subarray(Number(from), to ? Number(to) + 1 : bytes.length);
    const headers = { etag: '"v1"', 'content-length': part.length };
    if (request.headers.range === undefined) response.writeHead(200, headers);
    else
      response.writeHead(206, {
        ...headers,
        'content-range': `bytes ${from}-${Number(from) + part.length - 1}/${bytes.length}`,
      });
    const counted = new Proxy(response, {
      get(target, name) {
        const value = Reflect.get(target, name);
        if (name !== 'write' && name !== 'end')
          return typeof value === 'function' ? value.bind(target) : value;
        return (chunk: Buffer | undefined, ...rest: unknown[]) => {
          found.sent += chunk?.length ?? 0;
          return value.call(target, chunk, ...rest);
        };
      },
    });
    if (spoil) spoil(counted, part, requests.length);
    else counted.end(part);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const found: Server = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    requests,
    sent: 0,
  };
  return found;
}

function noise(size: number): Buffer {
  const parts = Array.from({ length: Math.ceil(size / 32) }, (_, index) =>
    createHash('sha256').update(`${index}`).digest(),
  );
  return Buffer.concat(parts).subarray(0, size);
}

function workspaceAt(url: string, digest: Digest, size: number): Workspace {
  const { root } = testWorkspace();
  writeInto(root, 'lockstep.yaml', `remote: ${url}\n`);
  const workspace = openWorkspace(root);
  writeLock(workspace, { entries: [{ key: 'a.bin', digest, size }] });
  return workspace;
}

/** A pull as a process of its own. */
function programOf(root: string): string {
  const room = (path: string) => pathToFileURL(join(import.meta.dirname, path)).href;
  return `const { pullData } = await import('${room('../index.ts')}');
    const { openWorkspace } = await import('${room('../../workspace/index.ts')}');
    await pullData(openWorkspace('${root}'));`;
}

/** A generator that gives the same numbers each time (Marsaglia's xorshift). */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

test('cut at fifty places, fifty transfers end with the right bytes and at most half as many again', async () => {
  const bytes = noise(3_000_000);
  const digest = digestOf(bytes);
  const random = numbers(11);
  for (let turn = 0; turn < 50; turn++) {
    const cut = random(bytes.length);
    const server = await serve(new Map([[objectPath(digest), bytes]]), (response, part, asked) => {
      if (asked > 1) response.end(part);
      else response.write(part.subarray(0, cut), () => response.destroy());
    });
    const workspace = workspaceAt(server.url, digest, bytes.length);
    await pullData(workspace);
    expect(digestOf(readFileSync(join(workspace.root, 'data/a.bin')))).toBe(digest);
    expect(server.sent).toBeLessThanOrEqual(1.5 * bytes.length);
    rmSync(workspace.root, { recursive: true });
  }
});

test.each([
  ['chunks', true],
  ['one piece', false],
])(
  'a large file in %s survives cuts in every piece, and a new process goes on where one was killed',
  async (_, chunked) => {
    const bytes = noise(20_000_000);
    const source = testWorkspace({ 'lockstep.yaml': 'remote: file:remote\n', 'data/a.bin': bytes });
    const digest = digestOf(bytes);
    const objects = new Map([[objectPath(digest), bytes]]);
    if (chunked) {
      const workspace = openWorkspace(source.root);
      writeLock(workspace, { entries: [{ key: 'a.bin', digest, size: bytes.length }] });
      await pushData(workspace);
      objects.clear();
      for (const item of readdirSync(join(source.root, 'remote'), { recursive: true, withFileTypes: true }))
        if (item.isFile()) {
          const path = join(item.parentPath, item.name);
          objects.set(path.slice(join(source.root, 'remote').length + 1), readFileSync(path));
        }
    }
    const random = numbers(12);
    const seen = new Map<string, number>();
    const server = await serve(objects, (response, part, asked) => {
      const { url } = server.requests[asked - 1]!;
      seen.set(url!, (seen.get(url!) ?? 0) + 1);
      // Each object breaks twice.
      if (seen.get(url!)! <= 2)
        response.write(part.subarray(0, random(part.length)), () => response.destroy());
      else response.end(part);
    });
    const workspace = workspaceAt(server.url, digest, bytes.length);
    await pullData(workspace);
    expect(digestOf(readFileSync(join(workspace.root, 'data/a.bin')))).toBe(digest);
    expect(server.sent).toBeLessThanOrEqual(1.5 * bytes.length);

    // Killed in the middle, a pull leaves what came; the next one asks for the rest.
    const slow = await serve(objects, async (response, part) => {
      for (let at = 0; at < part.length; at += 65_536) {
        if (!response.write(part.subarray(at, at + 65_536))) await once(response, 'drain').catch(() => {});
        if (part.length > 1_000_000) await sleep(2);
      }
      response.end();
    });
    const other = workspaceAt(slow.url, digest, bytes.length);
    const program = programOf(other.root);
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'ignore' });
    while (slow.sent < 12_000_000 && child.exitCode === null) await sleep(2);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(slow.sent).toBeLessThan(20_000_000);
    await pullData(other);
    expect(digestOf(readFileSync(join(other.root, 'data/a.bin')))).toBe(digest);
    expect(slow.sent).toBeLessThanOrEqual(1.5 * bytes.length);
    expect(readdirSync(join(other.root, '.lockstep/store/partial'))).toEqual([]);
  },
);

test('each class of answer is asked for as often as it deserves', async () => {
  const often: Readonly<Record<number, number>> = {
    200: 1,
    206: 1,
    400: 1,
    401: 1,
    403: 1,
    404: 1,
    410: 1,
    416: 1,
    501: 1,
    408: 6,
    425: 6,
    429: 6,
    500: 6,
    502: 6,
    503: 6,
    504: 6,
  };
  for (const [status, times] of Object.entries(often)) {
    let asked = 0;
    const server = createServer((_, response) => {
      asked++;
      response.writeHead(Number(status), { 'retry-after': '0' }).end('x');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    const said = await messageOf(async () => {
      const answer = await send({ method: 'GET', url });
      answer.body.resume();
      return answer.status;
    });
    expect(said, status).toMatch(
      status === '429' ? /^E_REMOTE_RATE_LIMIT/ : new RegExp(`^accepted: ${status}`),
    );
    expect(asked, status).toBe(times);
    server.closeAllConnections();
    server.close();
  }
});

test('nobody there is said soon, and a server that falls silent is asked again', async () => {
  const gone = new URL('http://127.0.0.1:1/');
  expect(await messageOf(() => send({ method: 'GET', url: gone }))).toMatch(
    /^E_REMOTE_FAILED: .* cannot be reached \(ECONNREFUSED\)/,
  );
  const bytes = noise(100_000);
  const digest = digestOf(bytes);
  const server = await serve(new Map([[objectPath(digest), bytes]]), (response, part, asked) => {
    if (asked === 1) response.write(part.subarray(0, 50_000));
    else response.end(part);
  });
  const { root } = workspaceAt(server.url, digest, bytes.length);
  const program = programOf(root);
  const env = { ...process.env, LOCKSTEP_IDLE_MS: '300' };
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { env, stdio: 'inherit' });
  const [code] = await once(child, 'exit');
  expect([code, digestOf(readFileSync(join(root, 'data/a.bin')))]).toEqual([0, digest]);
});
