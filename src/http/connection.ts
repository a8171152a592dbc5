import type { Agent as HttpAgent, IncomingMessage } from 'node:http';
import type { Agent as HttpsAgent } from 'node:https';
import { pipeline, type Readable } from 'node:stream';
import { createBrotliDecompress, createUnzip } from 'node:zlib';
import { nodeHttp, nodeHttps } from '../workspace/node-http.ts';
import type { HttpAnswer, HttpRequest } from './request.ts';

/** Without a byte for so long, a connection counts as broken. Milliseconds. */
const idle = Number(process.env.LOCKSTEP_IDLE_MS) || 60_000;
// Node 24 takes the usual proxy variables from what we hand it.
const options = { keepAlive: true, maxSockets: 16, scheduling: 'lifo', proxyEnv: process.env } as const;
let agents: { readonly 'http:': HttpAgent; readonly 'https:': HttpsAgent } | undefined;

/** Sends one request once. Rejects with the error of the socket, whose `code` says which. */
export function once(
  { method, url, body }: HttpRequest,
  headers: Readonly<Record<string, string>>,
): Promise<HttpAnswer> {
  agents ??= { 'http:': new (nodeHttp().Agent)(options), 'https:': new (nodeHttps().Agent)(options) };
  const secure = url.protocol === 'https:';
  const agent = agents[secure ? 'https:' : 'http:'];
  const length = body === undefined ? undefined : Buffer.byteLength(body);
  return new Promise((resolve, reject) => {
    const request = (secure ? nodeHttps() : nodeHttp()).request(url, {
      method,
      agent,
      timeout: idle,
      headers: {
        'accept-encoding': 'identity',
        'user-agent': 'lockstep',
        ...(length === undefined ? {} : { 'content-length': length }),
        ...headers,
      },
    });
    request.on('timeout', () => request.destroy(stalled()));
    request.on('error', reject);
    request.on('response', (response) =>
      resolve({ status: response.statusCode!, headers: response.headers, body: decoded(response) }),
    );
    request.end(body);
  });
}

const stalled = (): Error => Object.assign(new Error(`no byte for ${idle / 1000} s`), { code: 'ETIMEDOUT' });

/** Some servers compress whatever one asks for. */
function decoded(response: IncomingMessage): Readable {
  const encoding = response.headers['content-encoding'] ?? 'identity';
  if (!/^(x-)?(gzip|deflate|br)$/.test(encoding)) return response;
  const plain = encoding === 'br' ? createBrotliDecompress() : createUnzip();
  pipeline(response, plain, () => {}); // The reader of `plain` gets the error.
  return plain;
}
