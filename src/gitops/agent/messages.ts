import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';

/** RFC 9110, section 7.6.1: what belongs to one connection and is not passed on. */
const ownToConnection = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
]);

/**
 * The model server does not log a request with `x-lockstep-log: off`: one that is no client's (golden, replayed). It is
 * taken off what comes from outside, or a client could keep itself out of the log.
 */
export const logHeader = 'x-lockstep-log';

/** A request's body: held whole while it is small, so that the request can be sent again. */
export type RequestBody =
  | { readonly whole: true; readonly start: Buffer }
  | { readonly whole: false; readonly start: Buffer; readonly rest: Readable };

const mostHeld = 1024 * 1024;

export async function collectBody(request: IncomingMessage): Promise<RequestBody> {
  const chunks: Buffer[] = [];
  let size = 0;
  for (const iterator = request.iterator({ destroyOnReturn: false }); ; ) {
    const { done, value } = (await iterator.next()) as IteratorResult<Buffer>;
    if (done) return { whole: true, start: Buffer.concat(chunks) };
    chunks.push(value);
    size += value.byteLength;
    if (size <= mostHeld) continue;
    await iterator.return?.();
    return { whole: false, start: Buffer.concat(chunks), rest: request };
  }
}

export function requestHeaders(
  request: IncomingMessage,
  body: RequestBody,
): Record<string, string | string[]> {
  const kept = Object.entries(request.headers).filter(
    (entry): entry is [string, string | string[]] =>
      entry[1] !== undefined && !ownToConnection.has(entry[0]) && entry[0] !== logHeader,
  );
  const headers = Object.fromEntries(kept);
  if (body.whole && (body.start.byteLength > 0 || headers['content-length'] !== undefined)) {
    headers['content-length'] = String(body.start.byteLength);
  }
  return headers;
}

/** Names and values as they came, in their order. */
export const responseHeaders = (answer: IncomingMessage): string[] => {
  const pairs: string[] = [];
  for (let at = 0; at < answer.rawHeaders.length; at += 2) {
    const name = answer.rawHeaders[at]!;
    if (!ownToConnection.has(name.toLowerCase())) pairs.push(name, answer.rawHeaders[at + 1]!);
  }
  return pairs;
};
