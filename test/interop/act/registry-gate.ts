import { request as ask, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Whether who has this password may read, or write, images. */
export type MayUse = (password: string, write: boolean) => boolean;

export interface RegistryGate extends AsyncDisposable {
  /** `127.0.0.1:<port>` */
  readonly host: string;
}

/** A private registry, as GitHub's is by default: in front of an open one, it asks each request for a token. */
export async function startGate(upstream: string, mayUse: MayUse): Promise<RegistryGate> {
  const server = createServer((request, response) => {
    const write = !['GET', 'HEAD'].includes(request.method ?? '');
    const basic = /^basic (.+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const password = Buffer.from(basic, 'base64')
      .toString()
      .replace(/^[^:]*:/, '');
    if (!mayUse(password, write)) {
      request.resume();
      const known = mayUse(password, false);
      response.writeHead(known ? 403 : 401, { 'www-authenticate': 'Basic realm="images"' });
      response.end(JSON.stringify({ errors: [{ code: known ? 'DENIED' : 'UNAUTHORIZED', message: 'no' }] }));
      return;
    }
    const [hostname, port] = upstream.split(':');
    const { authorization: _, ...headers } = request.headers;
    const passed = ask({ hostname, port, method: request.method, path: request.url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    passed.on('error', () => response.destroy());
    request.pipe(passed);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
