import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A Git LFS server after git-lfs's docs/api/batch.md and basic-transfers.md: git-lfs itself pushes to it in an interop suite. */
export interface LfsServer {
  /** The server's address, what `lfs.url` names. */
  readonly url: string;
  /** By oid. */
  readonly objects: Map<string, Buffer>;
  /** Lines `<method> <path>`, in order. */
  readonly asked: string[];
  readonly close: () => void;
}

export interface LfsServerOptions {
  /** `user:password` without which nothing is said. */
  readonly login?: string;
  /** How many downloads end after half of their bytes. */
  cuts?: number;
}

const mediaType = 'application/vnd.git-lfs+json';
/** What a transfer must bring along: a batch's answer says so, and the server checks. */
const ticket = 'RemoteAuth of-this-batch';

export async function startLfsServer(options: LfsServerOptions = {}): Promise<LfsServer> {
  const objects = new Map<string, Buffer>();
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    const { method, url = '/', headers } = request;
    asked.push(`${method} ${url}`);
    const body = await bodyOf(request);
    const base = `http://${headers.host}`;
    if (url.endsWith('/objects/batch')) {
      const basic = `Basic ${Buffer.from(options.login ?? '').toString('base64')}`;
      if (options.login !== undefined && headers.authorization !== basic)
        return response.writeHead(401, { 'lfs-authenticate': 'Basic realm="lfs"' }).end();
      if (headers.accept?.split(';')[0] !== mediaType || headers['content-type']?.split(';')[0] !== mediaType)
        return response.writeHead(406).end();
      const { operation, objects: wanted } = JSON.parse(body.toString()) as Batch;
      const answered = wanted.map(({ oid, size }) => {
        const action = { href: `${base}/object/${oid}`, header: { authorization: ticket }, expires_in: 600 };
        const has = objects.has(oid);
        if (operation === 'upload') return { oid, size, ...(has ? {} : { actions: { upload: action } }) };
        return has
          ? { oid, size, actions: { download: action } }
          : { oid, size, error: { code: 404, message: 'Object does not exist' } };
      });
      return response
        .writeHead(200, { 'content-type': mediaType })
        .end(JSON.stringify({ transfer: 'basic', objects: answered }));
    }
    const [, oid] = /^\/object\/([0-9a-f]{64})$/.exec(url) ?? [];
    if (oid === undefined) return response.writeHead(404).end();
    if (headers.authorization !== ticket) return response.writeHead(403).end();
    if (method === 'PUT') {
      objects.set(oid, body);
      return response.writeHead(200).end();
    }
    const bytes = objects.get(oid);
    if (bytes === undefined) return response.writeHead(404).end();
    const from = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0);
    const part = from === 0 ? {} : { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` };
    response.writeHead(from === 0 ? 200 : 206, {
      etag: `"${oid}"`,
      'content-length': bytes.length - from,
      ...part,
    });
    if ((options.cuts ?? 0) === 0) return response.end(bytes.subarray(from));
    options.cuts!--;
    return response.write(bytes.subarray(from, (from + bytes.length) >> 1), () => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${port}/team/data.git/info/lfs`, objects, asked, close };
}

interface Batch {
  readonly operation: 'upload' | 'download';
  readonly objects: readonly { readonly oid: string; readonly size: number }[];
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
