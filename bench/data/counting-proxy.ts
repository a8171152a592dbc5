import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';

/** Stands before a server and counts the bytes that it is sent, headers and all. */
export interface CountingProxy {
  readonly port: number;
  /** Since the last time it was asked. */
  sent(): number;
  stop(): Promise<void>;
}

export async function countBefore(port: number): Promise<CountingProxy> {
  let bytes = 0;
  const server = createServer({ noDelay: true }, (client) => {
    const behind = connect({ port, host: '127.0.0.1', noDelay: true });
    client.on('data', (chunk) => {
      bytes += chunk.length;
    });
    client.pipe(behind).pipe(client);
    for (const [socket, other] of [
      [client, behind],
      [behind, client],
    ] as const)
      socket.on('error', () => other.destroy()).on('close', () => other.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    sent() {
      const sum = bytes;
      bytes = 0;
      return sum;
    },
    async stop() {
      server.close();
      await once(server, 'close');
    },
  };
}
