import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** A program with its arguments. */
export type Command = readonly [string, ...string[]];

export interface Where {
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** Wall seconds of one whole process; throws unless it exits 0. */
export function secondsOf([file, ...args]: Command, { cwd, env = process.env }: Where): number {
  const started = performance.now();
  const { status, stderr } = spawnSync(file, args, { cwd, env, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(`${file} ${args.join(' ')} ended with ${status}: ${stderr.slice(-2000)}`);
  return (performance.now() - started) / 1000;
}

/** The same, while this process goes on: it may be the server that the command asks. */
export const secondsBeside = async (command: Command, where: Where): Promise<number> =>
  (await ranBeside(command, where)).seconds;

/** With what it wrote on its standard output. */
export async function ranBeside(
  [file, ...args]: Command,
  { cwd, env = process.env }: Where,
): Promise<{ readonly seconds: number; readonly output: string }> {
  const started = performance.now();
  const child = spawn(file, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      said[stream] += text;
    });
  const [status] = await once(child, 'close');
  const seconds = (performance.now() - started) / 1000;
  const words = (said.stdout + said.stderr).slice(-2000);
  if (status !== 0) throw new Error(`${file} ${args.join(' ')} ended with ${status}: ${words}`);
  return { seconds, output: said.stdout };
}

/** The highest resident memory in MB of any Node process that a command starts. */
export function peakMegabytes(command: Command, { cwd, env = process.env }: Where): number {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-bench-'));
  try {
    const note = join(folder, 'peaks');
    const preload = pathToFileURL(join(import.meta.dirname, 'note-peak.mjs')).href;
    const options = `${env.NODE_OPTIONS ?? ''} --import=${preload}`;
    secondsOf(command, { cwd, env: { ...env, NODE_OPTIONS: options, LOCKSTEP_BENCH_PEAKS: note } });
    return Math.max(...readFileSync(note, 'utf8').trim().split('\n').map(Number)) / 1024;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** One line: the best, the median and the worst of several seconds, and how many times a reference's median. */
export function printSeconds(name: string, seconds: readonly number[], reference?: readonly number[]): void {
  const [best, middle, worst] = [0, 0.5, 1].map((share) => quantile(seconds, share).toFixed(3));
  const ratio = reference ? `  ${(quantile(seconds, 0.5) / quantile(reference, 0.5)).toFixed(1)} ×` : '';
  const spread = `best ${best} s, median ${middle} s, worst ${worst} s (n = ${seconds.length})`;
  process.stdout.write(`  ${name.padEnd(44)} ${spread}${ratio}\n`);
}

export const printMemory = (name: string, megabytes: number): boolean =>
  process.stdout.write(`  ${name.padEnd(44)} peak ${megabytes.toFixed(0)} MB\n`);

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.round(share * (sorted.length - 1))]!;
}
