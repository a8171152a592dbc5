import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { LockstepError } from '../../workspace/index.ts';
import { nodeHttp } from '../../workspace/node-http.ts';
import { answerBySplit, isPrediction, type Newcomer } from './canary/split.ts';
import { forward } from './forward.ts';
import { collectBody } from './messages.ts';
import { drainTarget, openTarget, type Target } from './target.ts';

/** The address of one environment: it stays while the servers behind it come and go. */
export interface Front {
  readonly port: number;
  readonly url: string;
  /** From now on requests go to this server. Resolves when the one before has answered all of its, or after `drainMs`. */
  switchTo(port: number | null, drainMs?: number): Promise<void>;
  /** A second server takes part in answering predictions. The returned function ends that, as `switchTo` does. */
  introduce(port: number, newcomer: Newcomer): (drainMs?: number) => Promise<void>;
  close(): Promise<void>;
}

const patienceMs = 10_000;

/** Listens on 127.0.0.1; port 0 takes a free one. Errors: E_SERVE_PORT. */
export async function openFront(port: number): Promise<Front> {
  let target: Target | null = null;
  let second: { readonly target: Target; readonly newcomer: Newcomer } | null = null;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await collectBody(request).catch(() => null);
    if (body === null) return void response.destroy(); // The client went away while it was sending.
    if (second !== null && body.whole && isPrediction(request)) {
      return answerBySplit({ current: () => target, ...second }, request, body, response);
    }
    return forward(() => target, request, body, response);
  }

  const server = nodeHttp().createServer((request, response) => void handle(request, response));
  // Longer than clients keep idle connections, so that it's never we who close one that is being used.
  server.keepAliveTimeout = 65_000;
  await listen(server, port);
  const bound = (server.address() as { port: number }).port;
  return {
    port: bound,
    url: `http://127.0.0.1:${bound}`,
    async switchTo(next, drainMs = patienceMs) {
      const before = target;
      target = next === null ? null : openTarget(next);
      if (before !== null) await drainTarget(before, drainMs);
    },
    introduce(port, newcomer) {
      const mine = { target: openTarget(port), newcomer };
      second = mine;
      return async (drainMs = patienceMs) => {
        if (second === mine) second = null;
        await drainTarget(mine.target, drainMs);
      };
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
      second?.target.agent.destroy();
    },
  };
}

const listen = (server: Server, port: number): Promise<void> =>
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
