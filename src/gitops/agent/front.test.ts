import { createServer, type RequestListener, type Server } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { type Front, openFront } from './front.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const thing of open.splice(0)) await thing.close();
});

async function backend(answer: RequestListener): Promise<{ server: Server; port: number }> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push({ close: () => server.closeAllConnections() ?? server.close() });
  return { server, port: (server.address() as { port: number }).port };
}

async function front(): Promise<Front> {
  const opened = await openFront(0);
  open.push(opened);
  return opened;
}

const echo =
  (name: string, delayMs = 0): RequestListener =>
  (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () =>
      setTimeout(() => {
        response.setHeader('x-name', name);
        response.end(
          JSON.stringify({ name, headers: request.headers, size: Buffer.concat(chunks).byteLength }),
        );
      }, delayMs),
    );
  };

test('passes on method, path, body and headers, and takes off the mark that is ours', async () => {
  const { port } = await backend(echo('one'));
  const { url, switchTo } = await front();
  await switchTo(port);
  const headers = { 'x-request-id': '7', 'x-lockstep-log': 'off' };
  const response = await fetch(`${url}/predict?x=1`, { method: 'POST', body: 'hello', headers });
  const answer = (await response.json()) as { headers: Record<string, string>; size: number };
  expect(response.headers.get('x-name')).toBe('one');
  expect(answer.size).toBe(5);
  expect(answer.headers['x-request-id']).toBe('7');
  expect(answer.headers['x-lockstep-log']).toBeUndefined();
});

test('a body too large to hold is streamed', async () => {
  const { port } = await backend(echo('one'));
  const { url, switchTo } = await front();
  await switchTo(port);
  const response = await fetch(url, { method: 'POST', body: Buffer.alloc(5_000_000, 1) });
  expect(((await response.json()) as { size: number }).size).toBe(5_000_000);
});

test('a switch under constant requests drops none, and the old server answers what it began', async () => {
  const first = await backend(echo('first', 20));
  const second = await backend(echo('second', 20));
  const { url, switchTo } = await front();
  await switchTo(first.port);
  const names: string[] = [];
  let going = true;
  const clients = Array.from({ length: 8 }, async () => {
    while (going) {
      const response = await fetch(url, { method: 'POST', body: '{}' });
      names.push(`${response.status} ${((await response.json()) as { name: string }).name}`);
    }
  });
  await new Promise((resolve) => setTimeout(resolve, 200));
  await switchTo(second.port);
  const stopped = names.length;
  first.server.closeAllConnections();
  first.server.close();
  await new Promise((resolve) => setTimeout(resolve, 200));
  going = false;
  await Promise.all(clients);
  expect([...new Set(names)]).toEqual(['200 first', '200 second']);
  expect(new Set(names.slice(stopped + 8))).toEqual(new Set(['200 second']));
});

test('a request that met a closing connection is sent again; one without any server is told so', async () => {
  let seen = 0;
  const { port } = await backend((request, response) => {
    if (seen++ === 0) request.socket.destroy();
    else response.end('at last');
  });
  const { url, switchTo } = await front();
  await switchTo(port);
  expect(await (await fetch(url, { method: 'POST', body: '{}' })).text()).toBe('at last');
  expect(seen).toBe(2);
});

test('a request waits for a server that is being started', async () => {
  const { port } = await backend(echo('late'));
  const { url, switchTo } = await front();
  const asked = fetch(url);
  setTimeout(() => void switchTo(port), 150);
  expect((await asked).status).toBe(200);
});

test('an answer that breaks off is not sent again', async () => {
  let seen = 0;
  const { port } = await backend((_request, response) => {
    seen++;
    response.write('half');
    setTimeout(() => response.destroy(), 20);
  });
  const { url, switchTo } = await front();
  await switchTo(port);
  await expect(fetch(url).then((response) => response.text())).rejects.toThrow();
  expect(seen).toBe(1);
});

test('a port that is taken is named', async () => {
  const { port } = await backend(echo('there'));
  const message = await openFront(port).then(
    () => 'opened',
    (error: Error) => error.message.replace(String(port), '<port>'),
  );
  expect(message).toMatchInlineSnapshot(
    `"E_SERVE_PORT: port <port> can't be listened on (EADDRINUSE). Fix: stop what listens there, or choose others with --port-base."`,
  );
});
