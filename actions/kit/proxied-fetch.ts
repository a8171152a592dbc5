import type { Agent as HttpAgent, IncomingMessage } from 'node:http';
import type { Agent as HttpsAgent } from 'node:https';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { checkedRedirect } from '../../src/http/index.ts';
import { nodeHttp, nodeHttps } from '../../src/workspace/index.ts';

/*
 * In our bundles this stands for undici (scripts/lean-packages.ts), of which @actions/github 9.1 takes `fetch` for its
 * requests, @actions/http-client 4 `ProxyAgent` to send them by way of the runner's proxy, and which is four hundred
 * kilobytes. Node's own requests know the proxy variables.
 */

/** Says nothing: what is in the environment holds for every request here. */
export class ProxyAgent {}

export interface FetchOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | undefined;
  readonly redirect?: 'follow' | 'manual' | 'error' | undefined;
  readonly signal?: AbortSignal | undefined;
}

const options = { keepAlive: true, proxyEnv: process.env } as const;
let agents: { readonly http: HttpAgent; readonly https: HttpsAgent } | undefined;

/**
 * As the standard's: redirects are followed unless said otherwise (GitHub's of a repository that moved; where they may
 * lead: src/http/), the token stays with its host, and an aborted request rejects with the reason of its signal.
 */
export async function fetch(target: string | URL, init: FetchOptions = {}): Promise<Response> {
  let [url, asked] = [new URL(target), init];
  for (let hop = 0; ; hop++) {
    const answer = await once(url, asked);
    const status = answer.statusCode!;
    const { location } = answer.headers;
    const moved = [301, 302, 303, 307, 308].includes(status) && location !== undefined;
    if (!moved || init.redirect === 'manual') return responseOf(answer, asked.method);
    answer.resume();
    if (init.redirect === 'error' || hop === 5) throw new TypeError(`unexpected redirect of ${url.host}`);
    const next = await checkedRedirect(url, location);
    asked = { ...asked, headers: withoutToken(asked.headers ?? {}, next.host !== url.host) };
    if (status === 303 || (status < 303 && asked.method === 'POST'))
      asked = { ...asked, method: 'GET', body: undefined };
    url = next;
  }
}

function once(url: URL, { method = 'GET', headers, body, signal }: FetchOptions): Promise<IncomingMessage> {
  agents ??= { http: new (nodeHttp().Agent)(options), https: new (nodeHttps().Agent)(options) };
  const secure = url.protocol === 'https:';
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const request = (secure ? nodeHttps() : nodeHttp()).request(url, {
      method,
      agent: secure ? agents!.https : agents!.http,
      headers: { 'accept-encoding': 'gzip', ...headers },
      ...(signal ? { signal } : {}),
    });
    request.on('error', (error) => reject(signal?.aborted ? signal.reason : error));
    request.on('response', resolve);
    request.end(body);
  });
}

function responseOf(answer: IncomingMessage, method: string | undefined): Response {
  const headers = new Headers();
  for (const [name, values] of Object.entries(answer.headersDistinct))
    for (const value of values ?? []) headers.append(name, value);
  const init = { status: answer.statusCode!, statusText: answer.statusMessage ?? '', headers };
  if (method === 'HEAD' || [204, 205, 304].includes(init.status)) {
    answer.resume();
    return new Response(null, init);
  }
  if (answer.headers['content-encoding'] !== 'gzip') return new Response(asBody(answer), init);
  // The reader of what is unpacked gets the error.
  return new Response(asBody(pipeline(answer, createGunzip(), () => {})), init);
}

const asBody = (stream: Readable) => Readable.toWeb(stream) as ReadableStream;

const withoutToken = (headers: Readonly<Record<string, string>>, elsewhere: boolean) =>
  Object.fromEntries(
    Object.entries(headers).filter(([name]) => !elsewhere || name.toLowerCase() !== 'authorization'),
  );
