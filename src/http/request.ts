import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';

export type Method = 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';

export interface HttpRequest {
  readonly method: Method;
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string | undefined;
  /** Asked before every try for headers to add (authorization), so that no try goes out with an old signature. */
  readonly sign?: ((request: HttpRequest) => Promise<Readonly<Record<string, string>>>) | undefined;
  /** False: a redirect is an answer. Default: followed by our rules for GET and HEAD, without `sign`'s headers on another host. */
  readonly follow?: boolean;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Must be read or destroyed. */
  readonly body: Readable;
}
