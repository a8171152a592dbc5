import type { IncomingMessage, ServerResponse } from 'node:http';
import { HttpError } from './http-error.ts';
import { answerInfer, modelMetadata, serverMetadata } from './inference-protocol.ts';
import { type Metrics, metricsType } from './metrics.ts';
import { answerPredict } from './predict-endpoint.ts';
import type { PredictionLog } from './prediction-log.ts';
import type { Readiness } from './readiness.ts';
import type { ServedModel } from './served-model.ts';
import { tryPage } from './try-page.ts';

/** What the routes look at; `readiness` changes while the server runs. */
export interface ServerState {
  readonly model: ServedModel;
  readonly log: PredictionLog | null;
  readonly metrics: Metrics;
  readiness: Readiness;
  /** Ending: every answer closes its connection, and no new traffic is asked for. */
  draining: boolean;
}

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

type Handler = (state: ServerState, request: IncomingMessage) => Answer | Promise<Answer>;
type Route = { readonly [method in 'GET' | 'POST']?: Handler };

const json = (value: unknown, status = 200): Answer => ({
  status,
  type: 'application/json',
  body: JSON.stringify(value),
});

/** Counts what a handler answers or throws, unless it is a probe. */
const counted =
  (route: string, handler: Handler): Handler =>
  async (state, request) => {
    const began = performance.now();
    const count = (status: number) => {
      if (!isProbe(request)) state.metrics.count(route, status, (performance.now() - began) / 1000);
    };
    try {
      const given = await handler(state, request);
      count(given.status);
      return given;
    } catch (error) {
      count(error instanceof HttpError ? error.status : 500);
      throw error;
    }
  };

const predictRoute: Route = {
  POST: counted('/predict', async (state, request) => {
    refuseUnready(state);
    return json(await answerPredict(state.model, request, logFor(state, request)));
  }),
};

const inferRoute: Route = {
  POST: counted('/infer', async (state, request) => {
    refuseUnready(state);
    return json(await answerInfer(state.model, request, logFor(state, request)));
  }),
};

const fixedRoutes: ReadonlyMap<string, Route> = new Map<string, Route>([
  ['/predict', predictRoute],
  ['/', { GET: ({ model }) => ({ status: 200, type: 'text/html; charset=utf-8', body: tryPage(model) }) }],
  ['/metadata', { GET: ({ model: { metadata, file } }) => json({ ...file, ...metadata }) }],
  ['/metrics', { GET: metricsAnswer }],
  ['/v2', { GET: () => json(serverMetadata) }],
  ['/v2/health/live', { GET: () => json({ live: true }) }],
  // The protocol calls the key of this answer `live` too, and wants 4xx for "no".
  ['/v2/health/ready', { GET: (state) => readyAnswer(state, (live) => ({ live })) }],
]);

const modelRoutes: ReadonlyMap<string, Route> = new Map<string, Route>([
  ['', { GET: ({ model }) => json(modelMetadata(model)) }],
  ['ready', { GET: (state) => readyAnswer(state, (ready) => ({ name: state.model.metadata.model, ready })) }],
  ['infer', inferRoute],
]);

/** Errors: HttpError 404, 405 and what the handlers throw. */
export function answer(state: ServerState, request: IncomingMessage): Answer | Promise<Answer> {
  const route = routeOf(state, (request.url ?? '/').split('?', 1)[0]!);
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  const handler = method === 'GET' || method === 'POST' ? route[method] : undefined;
  if (handler) return handler(state, request);
  const allow = Object.keys(route).flatMap((known) => (known === 'GET' ? ['GET', 'HEAD'] : [known]));
  throw new HttpError(405, `${request.method} is not allowed here; ${allow.join(', ')} is`, {
    allow: allow.join(', '),
  });
}

const modelPath = /^\/v2\/models\/([^/]+)(?:\/versions\/([^/]+))?(?:\/(ready|infer))?$/;

function routeOf({ model }: ServerState, path: string): Route {
  const fixed = fixedRoutes.get(path);
  if (fixed) return fixed;
  const [matched, name, version, rest = ''] = modelPath.exec(path) ?? [];
  if (matched === undefined) throw new HttpError(404, `nothing at ${path.slice(0, 200)}`);
  const { model: served, version: current } = model.metadata;
  if (decoded(name!) !== served) throw new HttpError(404, `no model "${name}" here; "${served}" is`);
  if (version !== undefined && decoded(version) !== current) {
    throw new HttpError(404, `no version "${version}" of ${served} here; ${current} is`);
  }
  return modelRoutes.get(rest)!;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function readyAnswer({ readiness, draining }: ServerState, body: (ready: boolean) => object): Answer {
  if (readiness.ready && !draining) return json(body(true));
  return json({ ...body(false), error: readiness.ready ? 'the server is ending' : readiness.reason }, 400);
}

function metricsAnswer({ metrics, model: { metadata }, readiness }: ServerState): Answer {
  return { status: 200, type: metricsType, body: metrics.print({ ...metadata, ready: readiness.ready }) };
}

function refuseUnready({ readiness }: ServerState): void {
  if (!readiness.ready) throw new HttpError(503, `not ready: ${readiness.reason}`, { 'retry-after': '1' });
}

/** Probes (golden requests, a replay before a switch) are no traffic and ask not to be logged. */
const isProbe = ({ headers }: IncomingMessage): boolean => headers['x-lockstep-log'] === 'off';

const logFor = ({ log }: ServerState, request: IncomingMessage): PredictionLog | null =>
  isProbe(request) ? null : log;

/** Writes an answer, or what was thrown instead of one. */
export function send(response: ServerResponse, result: Answer | Error, { draining }: ServerState): void {
  const { status, type, body } = result instanceof Error ? errorAnswer(result) : result;
  const headers: Record<string, string | number> = {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    ...(result instanceof HttpError ? result.headers : {}),
  };
  if (type.startsWith('text/html')) headers['content-security-policy'] = pagePolicy;
  if (draining) headers.connection = 'close';
  response.writeHead(status, headers).end(body);
}

const pagePolicy =
  "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'";

function errorAnswer(error: Error): Answer {
  if (error instanceof HttpError) return json({ error: error.message }, error.status);
  process.stderr.write(`${error.stack ?? error.message}\n`);
  return json({ error: 'the model could not answer' }, 500);
}
