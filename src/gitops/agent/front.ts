import { Agent, createServer, type IncomingMessage, type ServerResponse, request as send } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { LockstepError } from '../../workspace/index.ts';
import { collectBody, type RequestBody, requestHeaders, responseHeaders } from './messages.ts';

/** The address of one environment: it stays while the servers behind it come and go. */
export interface Front {
  readonly port: number;
  readonly url: string;
  /** From now on requests go to this server. Resolves when the one before has answered all of its, or after `drainMs`. */
  switchTo(port: number | null, drainMs?: number): Promise<void>;
  close(): Promise<void>;
}

interface Target {
  readonly port: number;
  readonly agent: Agent;
  inFlight: number;
}

/** How long a request waits for a server that is being started again. */
const longestWaitMs = 5_000;

/** Listens on 127.0.0.1; port 0 takes a free one. Errors: E_SERVE_PORT. */
export async function openFront(port: number): Promise<Front> {
  let target: Target | null = null;
  const server = createServer((request, response) => void forward(() => target, request, response));
  // Longer than clients keep idle connections, so that it's never we who close one that is being used.
  server.keepAliveTimeout = 65_000;
  await listen(server, port);
  const bound = (server.address() as { port: number }).port;
  return {
    port: bound,
    url: `http://127.0.0.1:${bound}`,
    async switchTo(next, drainMs = 10_000) {
      const before = target;
      target = next === null ? null : { port: next, agent: new Agent({ keepAlive: true }), inFlight: 0 };
      if (before === null) return;
      for (const until = Date.now() + drainMs; before.inFlight > 0 && Date.now() < until; ) await sleep(5);
      before.agent.destroy();
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      // A connection that was answering when we began becomes idle only later.
      const tidying = setInterval(() => server.closeIdleConnections(), 20);
      const patience = setTimeout(() => server.closeAllConnections(), 3_000);
      await closed;
      clearInterval(tidying);
      clearTimeout(patience);
      target?.agent.destroy();
    },
  };
}

async function forward(
  current: () => Target | null,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await collectBody(request).catch(() => null);
  if (body === null) return void response.destroy(); // The client went away while it was sending.
  for (const until = Date.now() + longestWaitMs; ; await sleep(25)) {
    const target = current();
    if (target !== null) {
      target.inFlight++;
      try {
        const outcome = await tryOnce(target, request, body, response);
        if (outcome === 'done' || !body.whole) break;
      } finally {
        target.inFlight--;
      }
    }
    if (response.destroyed || Date.now() >= until) break;
  }
  if (!response.headersSent && !response.destroyed) unavailable(response);
}

/**
 * One attempt. A prediction changes nothing, so a request whose connection broke before the first byte of an answer
 * may be sent again; afterwards it may not, and the client sees its connection break.
 */
function tryOnce(
  target: Target,
  request: IncomingMessage,
  body: RequestBody,
  response: ServerResponse,
): Promise<'done' | 'again'> {
  return new Promise((resolve) => {
    const upstream = send({
      host: '127.0.0.1',
      port: target.port,
      agent: target.agent,
      method: request.method ?? 'GET',
      path: request.url ?? '/',
      headers: requestHeaders(request, body),
    });
    const abandon = () => upstream.destroy();
    response.once('close', abandon);
    upstream.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, responseHeaders(answer));
      pipeline(answer, response)
        .catch(() => response.destroy())
        .finally(() => {
          response.off('close', abandon);
          resolve('done');
        });
    });
    upstream.on('error', () => {
      response.off('close', abandon);
      resolve(response.headersSent || response.destroyed ? 'done' : 'again');
    });
    if (body.whole) upstream.end(body.start);
    else {
      upstream.write(body.start);
      pipeline(body.rest, upstream).catch(() => upstream.destroy());
    }
  });
}

function unavailable(response: ServerResponse): void {
  const error = { code: 'E_SERVE_START', message: 'no model server runs for this environment' };
  response.writeHead(503, { 'content-type': 'application/json', 'retry-after': '1' });
  response.end(`${JSON.stringify({ error })}\n`);
}

const listen = (server: ReturnType<typeof createServer>, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', (error) =>
      reject(
        new LockstepError('E_SERVE_PORT', {
          what: `port ${port} can't be listened on (${(error as NodeJS.ErrnoException).code ?? error.message})`,
          fix: 'stop what listens there, or choose others with --port-base',
          cause: error,
        }),
      ),
    );
    server.listen(port, '127.0.0.1', () => {
      server.removeAllListeners('error');
      resolve();
    });
  });
