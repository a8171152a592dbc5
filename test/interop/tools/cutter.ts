import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** Hands connections on to `host`, and cuts the first that brings so many bytes. */
export async function startCutter(host: string, after: number) {
  const [name, port] = host.split(':') as [string, string];
  const seen = { cuts: 0, bytes: 0 };
  const open = new Set<Socket>();
  const server: Server = createServer((near) => {
    const far = connect(Number(port), name);
    let brought = 0;
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one);
      one.on('error', () => {}).on('close', () => other.destroy());
    }
    near.pipe(far);
    far.on('data', (bytes) => {
      brought += bytes.length;
      seen.bytes += bytes.length;
      if (seen.cuts > 0 || brought < after) {
        if (!near.write(bytes)) near.once('drain', () => far.resume()) && far.pause();
        return;
      }
      seen.cuts++;
      near.destroy();
    });
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    get cuts() {
      return seen.cuts;
    },
    get bytes() {
      return seen.bytes;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
