import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An answer that is given instead of the registry's own; null lets the request through. */
export type Fault = (
  request: { method: string; path: string; auth: string | null },
  count: number,
) => Answer | null;

export interface Answer {
  /** 0 ends the connection without a word. */
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Ends the connection after so many bytes of the body. */
  readonly cutAfter?: number;
}

export interface FakeRegistry extends AsyncDisposable {
  /** `127.0.0.1:<port>` */
  readonly host: string;
  readonly requests: string[];
  /** `<repository>/<digest>` → bytes. */
  readonly blobs: Map<string, Buffer>;
  /** `<repository>/<tag or digest>` → bytes and type. */
  readonly manifests: Map<string, { bytes: Buffer; type: string }>;
  fault: Fault | null;
}

const digestOf = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** As much of the OCI distribution protocol as a client needs, over HTTP on the loopback, with faults to order. */
export async function startRegistry(login?: { user: string; password: string }): Promise<FakeRegistry> {
  const uploads = new Set<string>();
  const counts = new Map<string, number>();
  const server = createServer((request, response) => {
    answer(request, response).catch((error) => response.destroy(error as Error));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const registry: FakeRegistry = {
    host,
    requests: [],
    blobs: new Map(),
    manifests: new Map(),
    fault: null,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return registry;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', `http://${host}`);
    const [method, path] = [request.method ?? 'GET', url.pathname];
    const body = await read(request);
    registry.requests.push(`${method} ${path}`);
    const count = (counts.get(`${method} ${path}`) ?? 0) + 1;
    counts.set(`${method} ${path}`, count);
    const auth = request.headers.authorization ?? null;
    const ordered = registry.fault?.({ method, path, auth }, count);
    if (ordered) return send(response, ordered);
    if (path === '/token') return send(response, token(auth));
    if (login && auth !== 'Bearer let-in') {
      const challenge = `Bearer realm="http://${host}/token",service="fake"`;
      return send(response, { status: 401, headers: { 'www-authenticate': challenge } });
    }
    send(response, own(method, path, url, request.headers, body));
  }

  function token(auth: string | null): Answer {
    const wanted = login && `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}`;
    return auth === wanted ? { status: 200, body: JSON.stringify({ token: 'let-in' }) } : { status: 401 };
  }

  function own(
    method: string,
    path: string,
    url: URL,
    { 'content-type': type = '', range }: IncomingHttpHeaders,
    body: Buffer,
  ): Answer {
    const [, repository, kind, rest] = /^\/v2\/(.+)\/(manifests|blobs|tags)\/(.*)$/.exec(path) ?? [];
    if (repository === undefined) return { status: 404 };
    if (kind === 'tags') return tags(repository, url.searchParams);
    if (kind === 'manifests') return manifest(method, `${repository}/${rest}`, repository, type, body);
    if (method === 'DELETE') return { status: registry.blobs.delete(`${repository}/${rest}`) ? 202 : 404 };
    if (method === 'POST') {
      const digest = url.searchParams.get('mount');
      const mounted = registry.blobs.get(`${url.searchParams.get('from')}/${digest}`);
      if (mounted) {
        registry.blobs.set(`${repository}/${digest}`, mounted);
        return { status: 201, headers: { 'docker-content-digest': digest! } };
      }
      const id = randomUUID();
      uploads.add(id);
      return { status: 202, headers: { location: `/v2/${repository}/blobs/uploads/${id}` } };
    }
    if (method === 'PUT') {
      const digest = url.searchParams.get('digest') ?? '';
      if (!uploads.delete(rest!.replace('uploads/', ''))) return { status: 404 };
      if (digestOf(body) !== digest) return { status: 400, body: '{"errors":[{"code":"DIGEST_INVALID"}]}' };
      registry.blobs.set(`${repository}/${digest}`, body);
      return { status: 201, headers: { 'docker-content-digest': digest } };
    }
    const blob = registry.blobs.get(`${repository}/${rest}`);
    return blob ? part(blob, range) : { status: 404 };
  }

  /** As many as asked for, but for 100 at most: real registries have more than one page too. */
  function tags(repository: string, query: URLSearchParams): Answer {
    const all = [...registry.manifests.keys()]
      .filter((key) => key.startsWith(`${repository}/`) && !key.includes('/sha256:'))
      .map((key) => key.slice(repository.length + 1))
      .sort();
    const later = all.filter((tag) => tag > (query.get('last') ?? ''));
    const page = later.slice(0, Math.min(100, Number(query.get('n') ?? 100)));
    const next = `</v2/${repository}/tags/list?n=100&last=${page.at(-1)}>; rel="next"`;
    const headers = page.length < later.length ? { link: next } : {};
    return { status: 200, headers, body: JSON.stringify({ name: repository, tags: page }) };
  }

  function manifest(method: string, key: string, repository: string, type: string, body: Buffer): Answer {
    if (method === 'PUT') {
      const digest = digestOf(body);
      for (const name of [key, `${repository}/${digest}`])
        registry.manifests.set(name, { bytes: body, type });
      return { status: 201, headers: { 'docker-content-digest': digest } };
    }
    const found = registry.manifests.get(key);
    if (!found) return { status: 404 };
    if (method === 'DELETE') {
      if (!key.includes('/sha256:')) return { status: 400 };
      for (const [name, { bytes }] of registry.manifests)
        if (name.startsWith(`${repository}/`) && bytes.equals(found.bytes)) registry.manifests.delete(name);
      return { status: 202 };
    }
    return {
      status: 200,
      headers: { 'content-type': found.type, 'docker-content-digest': digestOf(found.bytes) },
      body: found.bytes,
    };
  }
}

function part(bytes: Buffer, range: string | undefined): Answer {
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(range ?? '') ?? [];
  if (from === undefined) return { status: 200, body: bytes };
  const body = bytes.subarray(Number(from), to ? Number(to) + 1 : undefined);
  const last = Number(from) + body.length - 1;
  return { status: 206, headers: { 'content-range': `bytes ${from}-${last}/${bytes.length}` }, body };
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function send(response: ServerResponse, { status, headers = {}, body = '', cutAfter }: Answer): void {
  if (status === 0) {
    response.destroy();
    return;
  }
  const bytes = Buffer.from(body);
  response.writeHead(status, { ...headers, 'content-length': bytes.length });
  if (cutAfter === undefined) response.end(bytes);
  else response.write(bytes.subarray(0, cutAfter), () => response.destroy());
}
