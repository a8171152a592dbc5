import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { nodeHttp } from '../../workspace/node-http.ts';
import { type RequestBody, requestHeaders, responseHeaders } from './messages.ts';
import type { Target } from './target.ts';

/** How long a request waits for a server that is being started again. */
export const longestWaitMs = 10_000;

/** Passes a request on to whatever server there is, waiting for one while none answers. */
export async function forward(
  current: () => Target | null,
  request: IncomingMessage,
  body: RequestBody,
  response: ServerResponse,
): Promise<void> {
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
    const upstream = nodeHttp().request({
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

export function unavailable(response: ServerResponse): void {
  const error = { code: 'E_SERVE_START', message: 'no model server runs for this environment' };
  response.writeHead(503, { 'content-type': 'application/json', 'retry-after': '1' });
  response.end(`${JSON.stringify({ error })}\n`);
}
