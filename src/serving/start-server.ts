import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Exit, exitOf, LockstepError, ownProgram, spawnOwn } from '../workspace/index.ts';
import { errorOf, openHttpClient } from './http-client.ts';

export interface RunningServer {
  readonly url: string;
  readonly exit: Promise<Exit>;
  /** Asks it to end; `exit` tells when the last answer is given. */
  stop(): void;
}

const program = ownProgram(import.meta.url, './server.ts', 'server.mjs');
const patienceMs = 30_000;

/**
 * Starts the model server in a process of its own and waits until it is ready. Errors: E_SERVE_START with the
 * server's own words.
 */
export async function startServer(folder: string, port: number, log?: string): Promise<RunningServer> {
  const logged = log === undefined ? [] : ['--log', log];
  const child = spawnOwn(program, ['--models', folder, '--port', String(port), ...logged], {
    stdout: 'pipe',
    stderr: 'pipe',
  });
  let said = '';
  child.stderr!.on('data', (chunk) => {
    said = (said + String(chunk)).slice(-4000);
  });
  const exit = exitOf(child);
  const line = await Promise.race([
    new Promise<string>((resolve) => createInterface({ input: child.stdout! }).once('line', resolve)),
    exit.then(() => null),
  ]);
  if (line === null) throw failed(said.trim(), folder);
  const url = `http://127.0.0.1:${(JSON.parse(line) as { listening: number }).listening}`;
  const unready = await waitReady(url);
  if (unready !== null) {
    child.kill('SIGTERM');
    throw failed(unready, folder);
  }
  return { url, exit, stop: () => child.kill('SIGTERM') };
}

async function waitReady(url: string): Promise<string | null> {
  const client = openHttpClient(url);
  try {
    for (const until = Date.now() + patienceMs; ; await sleep(25)) {
      const answer = await client.get('/v2/health/ready');
      if (answer.status === 200) return null;
      if (errorOf(answer) !== 'warming up' || Date.now() > until) return errorOf(answer);
    }
  } finally {
    client.close();
  }
}

const failed = (words: string, folder: string): LockstepError =>
  new LockstepError('E_SERVE_START', {
    what: `the model server does not start from ${folder}: ${words.replace(/^E_\w+: /, '') || 'it ended without a word'}`,
  });
