import type { IncomingMessage } from 'node:http';
import { nodeHttp, nodeHttps } from '../workspace/node-http.ts';

/** A server to ask over connections that are kept; `close` ends them. */
export interface HttpClient {
  get(path: string): Promise<HttpAnswer>;
  post(path: string, body: unknown): Promise<HttpAnswer>;
  close(): void;
}

export interface HttpAnswer {
  readonly status: number;
  /** The body as JSON, or null when it is none. */
  readonly body: unknown;
}

interface ClientOptions {
  readonly connections?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

export function openHttpClient(url: string, options: ClientOptions = {}): HttpClient {
  const { connections = 8, headers = {}, timeoutMs = 30_000 } = options;
  const base = new URL(url);
  const { Agent, request: start } = base.protocol === 'http:' ? nodeHttp() : nodeHttps();
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const prefix = base.pathname.replace(/\/$/, '');

  const once = (method: string, path: string, body: string | undefined): Promise<HttpAnswer> =>
    new Promise((resolve, reject) => {
      const sent = body === undefined ? {} : { 'content-type': 'application/json' };
      const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
      const request = start(
        {
          agent,
          method,
          hostname: base.hostname,
          port: base.port,
          path: prefix + path,
          headers: { ...headers, ...sent, ...length },
        },
        (response) => readAnswer(response).then(resolve, reject),
      );
      request.setTimeout(timeoutMs, () => request.destroy(new Error(`no answer within ${timeoutMs} ms`)));
      request.on('error', (error: NodeJS.ErrnoException) => {
        // The server may close a kept connection just as it is used again; asking twice does no harm.
        const stale = request.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
        if (stale) once(method, path, body).then(resolve, reject);
        else reject(error);
      });
      request.end(body);
    });

  return {
    get: (path) => once('GET', path, undefined),
    post: (path, body) => once('POST', path, JSON.stringify(body)),
    close: () => agent.destroy(),
  };
}

async function readAnswer(response: IncomingMessage): Promise<HttpAnswer> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { status: response.statusCode ?? 0, body: parsed(Buffer.concat(chunks).toString()) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The server's own words, or the status. */
export const errorOf = ({ status, body }: HttpAnswer): string => {
  const told = (body as { error?: unknown } | null)?.error;
  return typeof told === 'string' ? told : `status ${status}`;
};
