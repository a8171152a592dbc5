import { createHmac } from 'node:crypto';
import type { HttpRequest } from '../../http/index.ts';

const signedHeaders = [
  'content-encoding',
  'content-language',
  'content-length',
  'content-md5',
  'content-type',
  'date',
  'if-modified-since',
  'if-match',
  'if-none-match',
  'if-unmodified-since',
  'range',
];

/**
 * What a Shared Key signature is over (learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key).
 * Header names in lower case, all that is sent but for the length, which comes from the body.
 */
export function stringToSign(
  { method, url, body }: HttpRequest,
  headers: Readonly<Record<string, string>>,
  account: string,
): string {
  const length = body === undefined ? 0 : Buffer.byteLength(body);
  const all: Record<string, string> = { ...headers, 'content-length': length === 0 ? '' : String(length) };
  const own = Object.keys(headers)
    .filter((name) => name.startsWith('x-ms-'))
    .sort()
    .map((name) => `${name}:${headers[name]}`);
  const query = [...new Set(url.searchParams.keys())]
    .sort()
    .map((name) => `${name.toLowerCase()}:${url.searchParams.getAll(name).sort().join(',')}`);
  const words = signedHeaders.map((name) => all[name] ?? '');
  return [method, ...words, ...own, `/${account}${url.pathname}`, ...query].join('\n');
}

/** The headers that sign a request: its date, and the signature. `key`: as the portal shows it, decoded. */
export function sharedKeyHeaders(request: HttpRequest, account: string, key: Buffer): Record<string, string> {
  const date = { 'x-ms-date': new Date().toUTCString() };
  const text = stringToSign(request, { ...request.headers, ...date }, account);
  const signature = createHmac('sha256', key).update(text).digest('base64');
  return { ...date, authorization: `SharedKey ${account}:${signature}` };
}
