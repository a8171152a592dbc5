import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { programOf } from '../programs/own-program.ts';

const root = join(import.meta.dirname, '../..');
const source = join(root, 'src/cli/main.ts');

/** The command line as these sources make it. */
export const main = programOf('cli.js') ?? source;

export interface Ran {
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

/** The real command in a child process, as a user's shell starts it. */
export function startCli(cwd: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  // A copy upgrades its sources, and a bundle has none.
  return spawn(process.execPath, [args.includes('upgrade') ? source : main, ...args], {
    cwd,
    env: { ...process.env, NODE_COMPILE_CACHE: join(root, '.lockstep/cache/compiled'), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

export function runCli(
  cwd: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  const started = performance.now();
  const child = startCli(cwd, args, env);
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exit) =>
      resolve({ exit, stdout, stderr, seconds: (performance.now() - started) / 1000 }),
    );
  });
}
