import type { Agent, IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { nodeHttp } from '../../workspace/node-http.ts';
import { logHeader, type RequestBody, requestHeaders, responseHeaders } from './messages.ts';

/** A model server as the front sees it. */
export interface Target {
  readonly port: number;
  readonly agent: Agent;
  inFlight: number;
}

export const openTarget = (port: number): Target => ({
  port,
  agent: new (nodeHttp().Agent)({ keepAlive: true }),
  inFlight: 0,
});

/** Resolves when it has answered all of its requests, or after `ms`; then its connections are closed. */
export async function drainTarget(target: Target, ms: number): Promise<void> {
  for (const until = Date.now() + ms; target.inFlight > 0 && Date.now() < until; ) await sleep(5);
  target.agent.destroy();
}

/** A whole answer, held so that another server's may be given instead. */
export interface Reply {
  readonly status: number;
  /** Names and values as they came, in their order. */
  readonly headers: readonly string[];
  readonly body: Buffer;
  readonly ms: number;
}

export const succeeded = (reply: Reply | null): reply is Reply => reply !== null && reply.status < 400;

export interface ExchangeOptions {
  readonly timeoutMs: number;
  /** A copy is no client's request, so it is kept out of the prediction log. */
  readonly copy?: boolean;
}

/** One attempt to have a request answered whole. Null when there was no answer. Never rejects. */
export async function exchange(
  target: Target,
  request: IncomingMessage,
  body: RequestBody & { readonly whole: true },
  { timeoutMs, copy = false }: ExchangeOptions,
): Promise<Reply | null> {
  const began = performance.now();
  target.inFlight++;
  try {
    return await new Promise((resolve) => {
      const upstream = nodeHttp().request({
        host: '127.0.0.1',
        port: target.port,
        agent: target.agent,
        method: request.method ?? 'GET',
        path: request.url ?? '/',
        headers: { ...requestHeaders(request, body), ...(copy ? { [logHeader]: 'off' } : {}) },
        signal: AbortSignal.timeout(timeoutMs),
      });
      upstream.on('error', () => resolve(null));
      upstream.on('response', (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', () => resolve(null));
        answer.on('end', () =>
          resolve({
            status: answer.statusCode ?? 502,
            headers: responseHeaders(answer),
            body: Buffer.concat(chunks),
            ms: performance.now() - began,
          }),
        );
      });
      upstream.end(body.start);
    });
  } finally {
    target.inFlight--;
  }
}
