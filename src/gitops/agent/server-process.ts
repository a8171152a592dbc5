import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LockstepError } from '../../workspace/index.ts';
import { endProcess, processBegan } from './process-identity.ts';
import type { ServerProcess } from './state.ts';

/** A model server that listens. */
export interface RunningServer extends ServerProcess {
  readonly port: number;
}

export interface StartInput {
  readonly rootfs: string;
  readonly model: string;
  /** Prediction log that it appends to. */
  readonly log: string;
  /** Told as soon as there is a process, so that a killed agent's successor knows of it. */
  readonly onSpawn: (server: ServerProcess) => void;
}

const longestStartMs = 30_000;

/**
 * Starts the server of an unpacked image on a free port. It is not tied to us: it goes on answering when the agent is
 * killed, and the next agent finds it again. Errors: E_SERVE_START with the server's last words.
 */
export async function startServer({ rootfs, model, log, onSpawn }: StartInput): Promise<RunningServer> {
  mkdirSync(dirname(log), { recursive: true });
  const words = join(dirname(log), `server-${randomBytes(4).toString('hex')}`);
  const out = openSync(`${words}.out`, 'w');
  const err = openSync(`${words}.err`, 'w');
  let ended: string | null = null;
  const program = [join(rootfs, 'app', 'server.mjs'), '--models', join(rootfs, 'models', model)];
  const child = spawn(process.execPath, [...program, '--port', '0', '--log', log], {
    cwd: rootfs,
    detached: true,
    stdio: ['ignore', out, err],
    env: serverEnvironment(),
  });
  child.on('error', (error) => {
    ended = error.message;
  });
  child.on('exit', (code, signal) => {
    ended ??= signal === null ? `exit code ${code}` : `signal ${signal}`;
  });
  child.unref();
  for (const handle of [out, err]) closeSync(handle);
  const server: ServerProcess = { pid: child.pid ?? 0, began: processBegan(child.pid ?? 0) };
  onSpawn(server);
  try {
    for (const until = Date.now() + longestStartMs; Date.now() < until; await sleep(15)) {
      const port = portIn(readFileSync(`${words}.out`, 'utf8'));
      if (port !== null) return { ...server, port };
      if (ended !== null) throw startError(`ended with ${ended}`, readFileSync(`${words}.err`, 'utf8'));
    }
    await endProcess(server, 0);
    throw startError(`did not listen within ${longestStartMs / 1000} s`, '');
  } finally {
    // The server holds both open and goes on writing; nobody else needs their names.
    for (const ending of ['.out', '.err']) rmSync(`${words}${ending}`, { force: true });
  }
}

/** Nothing of ours but what a process needs: no tokens, no options meant for other Nodes. */
const serverEnvironment = (): Record<string, string> =>
  Object.fromEntries(
    ['PATH', 'HOME', 'TMPDIR', 'SystemRoot', 'TEMP']
      .flatMap((name): [string, string][] =>
        process.env[name] === undefined ? [] : [[name, process.env[name]]],
      )
      .concat([
        ['LANG', 'C.UTF-8'],
        ['TZ', 'UTC'],
      ]),
  );

/** The server's first line is `{"listening": <port>}`. */
function portIn(text: string): number | null {
  const [line, rest] = [text.split('\n')[0]!, text.includes('\n')];
  if (!rest) return null;
  const port = /"listening"\s*:\s*(\d+)/.exec(line)?.[1];
  return port === undefined ? null : Number(port);
}

function startError(what: string, stderr: string): LockstepError {
  const last =
    stderr
      .trim()
      .split('\n')
      .findLast((line) => /E_[A-Z]+|Error/.test(line)) ?? stderr.trim().split('\n').at(-1);
  return new LockstepError('E_SERVE_START', {
    what: `the model server ${what}${last ? ` (${last.trim()})` : ''}`,
  });
}
