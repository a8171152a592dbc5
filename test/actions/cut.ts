import { request as ask, createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * Before: nothing of the request arrives, and the job is killed. After: it is carried out, its answer is lost with the job.
 * Refused: the other side answers 422 (403 to git), and the job goes on as it can.
 */
export type Cut = 'before' | 'after' | 'refused';

export interface Place {
  /** Number of the write, from 0. */
  readonly at: number;
  readonly how: Cut;
}

/** Killed between each two writes, and after the last: after one is before the next. */
export const placesIn = (writes: readonly string[]): Place[] => [
  ...[...writes.keys()].slice(1).map((at): Place => ({ at, how: 'before' })),
  { at: writes.length - 1, how: 'after' },
];

/** What stands between a job and the servers it speaks to; all their requests in one order. */
export interface Wire extends AsyncDisposable {
  /** The address to give instead of this one. */
  through(url: string): Promise<string>;
  /** What was asked since the last `order`: `METHOD path`. */
  readonly asked: string[];
  /** Which write is cut, and what kills the job; none when left out. */
  order(cut?: Place & { readonly kill: () => void }): void;
}

/** What changes something out there: of git's requests the push itself, of the API what is no question. */
export const isWrite = (asked: string): boolean =>
  !/^(?:GET|HEAD) |^POST \/graphql$|git-upload-pack$/.test(asked);

export async function openWire(): Promise<Wire> {
  const servers: ReturnType<typeof createServer>[] = [];
  const asked: string[] = [];
  let ordered: Parameters<Wire['order']>[0];
  return {
    asked,
    order(cut) {
      asked.length = 0;
      ordered = cut;
    },
    async through(url) {
      const target = new URL(url);
      const server = createServer((request, response) => pass(target, request, response));
      servers.push(server);
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    },
    async [Symbol.asyncDispose]() {
      for (const server of servers) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };

  function pass(target: URL, request: IncomingMessage, response: ServerResponse): void {
    const what = `${request.method} ${request.url}`;
    asked.push(what);
    const cut = isWrite(what) && ordered?.at === asked.filter(isWrite).length - 1 ? ordered : undefined;
    if (cut?.how === 'refused') {
      const status = what.includes('git-receive-pack') ? 403 : 422;
      request.resume().on('end', () => response.writeHead(status).end('{"message": "as ordered"}'));
      return;
    }
    if (cut?.how === 'before') {
      cut.kill();
      response.destroy();
      return;
    }
    const { hostname, port } = target;
    const { method, url: path, headers } = request;
    const onward = ask({ hostname, port, method, path, headers }, (answer) => {
      if (cut === undefined) {
        response.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(response);
        return;
      }
      answer.resume().on('end', () => {
        cut.kill();
        response.destroy();
      });
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  }
}
