import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isLockstepError, LockstepError } from '../workspace/errors.ts';
import { nodeHttp } from '../workspace/node-http.ts';
import { watchParent } from '../workspace/process.ts';
import { askServed } from './ask-served.ts';
import { drain, type Traffic } from './drain.ts';
import { openMetrics } from './metrics.ts';
import { openPredictionLog } from './prediction-log.ts';
import { warmingUp, warmUp } from './readiness.ts';
import { answer, type ServerState, send } from './routes.ts';
import { openServedModel } from './served-model.ts';
import { type AskSettings, readSettings, type ServeSettings } from './server-settings.ts';

/*
 * The model server, a program of its own that goes into the image:
 *   node server.mjs --models <folder> --port <n, 0 for any> [--host <address>] [--log <file.jsonl>]
 *   node server.mjs --models <folder> --ask <url> [--within <seconds, 240 if not said>]
 * Without --models it is in a container: the folder is $LOCKSTEP_MODEL_DIR, the port $PORT or 8080, on every
 * address. It prints {"listening": <port>} and ends, after the last answer, on SIGTERM or with its parent.
 * With --ask it serves nothing: it asks the server at that address the golden requests of this model, prints what it was
 * answered and ends with 0 if that was right.
 */
try {
  const settings = readSettings(process.argv.slice(2), process.env);
  await (settings.kind === 'ask' ? ask(settings) : serve(settings));
} catch (error) {
  process.stderr.write(`${isLockstepError(error) ? error.message : ((error as Error).stack ?? error)}\n`);
  process.exitCode = 1;
}

async function ask({ models, url, within }: AskSettings): Promise<void> {
  const answer = await askServed(models, url, within);
  process.stdout.write(`${JSON.stringify(answer)}\n`);
  process.exitCode = answer.right ? 0 : 1;
}

async function serve({ models, port, host, log: logPath }: ServeSettings): Promise<void> {
  const model = await openServedModel(models);
  const log = logPath === undefined ? null : openPredictionLog(logPath, model.metadata);
  const state: ServerState = { model, log, metrics: openMetrics(), readiness: warmingUp, draining: false };
  const traffic: Traffic = { inFlight: 0, last: 0 };

  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    traffic.inFlight++;
    traffic.last = performance.now();
    response.once('close', () => traffic.inFlight--);
    try {
      send(response, await answer(state, request), state);
    } catch (error) {
      send(response, error as Error, state);
    }
  };
  const server = nodeHttp().createServer(
    { requestTimeout: 30_000, headersTimeout: 10_000, keepAliveTimeout: 75_000 },
    handle,
  );

  const end = async () => {
    if (state.draining) return;
    state.draining = true;
    await drain(server, traffic);
    await log?.flush();
    await model.release();
    process.exit(0);
  };
  process.on('SIGTERM', end).on('SIGINT', end);
  watchParent(() => {
    log?.flushNow();
    process.exit(1);
  });

  const listening = await listen(server, port, host);
  process.stdout.write(`${JSON.stringify({ listening })}\n`);
  state.readiness = await warmUp(model);
  if (!state.readiness.ready) process.stderr.write(`not ready: ${state.readiness.reason}\n`);
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) =>
      reject(
        new LockstepError('E_SERVE_PORT', {
          what: `cannot listen on ${host}:${port} (${cause.code ?? cause.message})`,
          fix: 'name another port, or stop what listens there',
          cause,
        }),
      ),
    );
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}
