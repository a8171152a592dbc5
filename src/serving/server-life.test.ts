import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Agent, request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { serverFile, startServer, toyFolder, toyGolden, untilReady } from '../../test/toy-server.ts';

const row = { distance: 100, carrier: 'AA', date: '2001-01-02' };

describe('the life of a server', () => {
  it('is not ready while a golden request is answered otherwise, and says so', async () => {
    const [first] = toyGolden.requests;
    const golden = { ...toyGolden, requests: [{ ...first!, score: 0.5 }] };
    const server = await startServer(toyFolder({ golden }));
    await new Promise((resolve) => setTimeout(resolve, 200));
    const ready = await fetch(`${server.url}/v2/health/ready`);
    expect(ready.status).toBe(400);
    expect(await ready.json()).toEqual({
      live: false,
      error: expect.stringMatching(/^golden request 0 is answered 0\.832\d+, not 0\.5$/),
    });
    const asked = await fetch(`${server.url}/predict`, { method: 'POST', body: JSON.stringify(row) });
    expect(asked.status).toBe(503);
    expect((await fetch(`${server.url}/v2/health/live`)).status).toBe(200);
    expect(await server.stop()).toEqual({ code: 0, signal: null });
  });

  it('does not start with other bytes than those that were judged, or on a port that is taken', async () => {
    const other = `sha256:${'0'.repeat(64)}`;
    await expect(startServer(toyFolder({ modelDigest: other }))).rejects.toThrow(
      /^E_DIGEST_MISMATCH: model.onnx is /,
    );
    await expect(startServer('/nowhere')).rejects.toThrow(
      /^E_SERVE_START: cannot read metadata.json \(ENOENT\)/,
    );
    const server = await startServer(toyFolder());
    const { port } = new URL(server.url);
    await expect(startServer(toyFolder(), ['--port', port])).rejects.toThrow(
      /^E_SERVE_PORT: cannot listen on 127.0.0.1:\d+ \(EADDRINUSE\)/,
    );
    await server.stop();
  });

  it('drops no request when it is asked to end under load, and has logged every answer', async () => {
    const folder = toyFolder();
    const log = join(folder, 'predictions.jsonl');
    const server = await startServer(folder, ['--log', log]);
    await untilReady(server.url);
    let seen = 0;
    const clients = Array.from({ length: 16 }, () => askUntilClosed(server.url, () => seen++));
    await expect.poll(() => seen, { timeout: 10_000, interval: 20 }).toBeGreaterThan(100);
    const started = performance.now();
    const [exit, ...counts] = await Promise.all([server.stop(), ...clients]);
    expect(exit).toEqual({ code: 0, signal: null });
    expect(performance.now() - started).toBeLessThan(3000);
    const answered = counts.reduce((sum, count) => sum + count, 0);
    expect(answered).toBeGreaterThan(100);
    expect(readFileSync(log, 'utf8').trimEnd().split('\n')).toHaveLength(answered);
  });

  it('ends with its parent, however that ends', async () => {
    const code = `import { spawnOwn } from ${JSON.stringify(new URL('../workspace/index.ts', import.meta.url).href)};
      const child = spawnOwn(...JSON.parse(process.argv[1]));
      console.error(child.pid);
      setInterval(() => {}, 1000);`;
    const order = JSON.stringify([serverFile, ['--models', toyFolder(), '--port', '0'], {}]);
    const parent = spawn(process.execPath, ['--input-type=module', '-e', code, order], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const port = await new Promise<number>((resolve) =>
      parent.stdout.once('data', (line) =>
        resolve((JSON.parse(String(line)) as { listening: number }).listening),
      ),
    );
    await untilReady(`http://127.0.0.1:${port}`);
    parent.kill('SIGKILL');
    await expect
      .poll(() => fetch(`http://127.0.0.1:${port}/v2/health/live`).catch(() => 'gone'), { timeout: 3000 })
      .toBe('gone');
  });
});

/** Asks one row after the other on a kept connection until the server says it closes; fails on any other end. */
async function askUntilClosed(url: string, onAnswer: () => void): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const body = JSON.stringify(row);
  for (let answered = 1; ; answered++) {
    const closing = await new Promise<boolean>((resolve, reject) => {
      const request = httpRequest(`${url}/predict`, {
        agent,
        method: 'POST',
        headers: { 'content-length': body.length },
      });
      request.on('response', (response) => {
        if (response.statusCode !== 200) reject(new Error(`status ${response.statusCode}`));
        response.resume().on('end', () => resolve(response.headers.connection === 'close'));
      });
      request.on('error', reject).end(body);
    });
    onAnswer();
    if (closing) return answered;
  }
}
