import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** As much of Azure's blob protocol as the runner's clients speak: Put Blob, Put Block, Put Block List, and GET with ranges. */
export class Blobs {
  readonly #whole = new Map<string, Buffer>();
  readonly #blocks = new Map<string, Buffer>();

  read(name: string): Buffer | undefined {
    return this.#whole.get(name);
  }

  write(name: string, bytes: Buffer): void {
    this.#whole.set(name, bytes);
  }

  answer(target: URL, request: IncomingMessage, body: Buffer, response: ServerResponse): void {
    const name = target.pathname.slice('/blob/'.length);
    const date = new Date().toUTCString();
    const headers = { 'x-ms-version': '2025-01-05', 'x-ms-request-id': randomUUID(), date };
    if (request.method === 'PUT') {
      this.#put(name, target.searchParams, body);
      response.writeHead(201, {
        ...headers,
        etag: '"1"',
        'last-modified': date,
        'x-ms-request-server-encrypted': 'true',
      });
      response.end();
      return;
    }
    const bytes = this.#whole.get(name);
    if (!bytes) {
      response.writeHead(404, headers).end();
      return;
    }
    const range = /bytes=(\d+)-(\d*)/.exec(
      String(request.headers.range ?? request.headers['x-ms-range'] ?? ''),
    );
    const part = range
      ? bytes.subarray(Number(range[1]), range[2] ? Number(range[2]) + 1 : undefined)
      : bytes;
    response.writeHead(range ? 206 : 200, {
      ...headers,
      'content-type': 'application/octet-stream',
      'content-length': part.length,
      'accept-ranges': 'bytes',
      ...(range
        ? { 'content-range': `bytes ${range[1]}-${Number(range[1]) + part.length - 1}/${bytes.length}` }
        : {}),
    });
    response.end(request.method === 'HEAD' ? undefined : part);
  }

  #put(name: string, query: URLSearchParams, body: Buffer): void {
    const kind = query.get('comp');
    if (kind === 'block') this.#blocks.set(`${name}:${query.get('blockid')}`, body);
    else if (kind === 'blocklist') {
      const ids = [...body.toString().matchAll(/<(?:Latest|Uncommitted|Committed)>([^<]+)</g)].map(
        (match) => match[1],
      );
      this.#whole.set(name, Buffer.concat(ids.map((id) => this.#blocks.get(`${name}:${id}`)!)));
    } else this.#whole.set(name, body);
  }
}
