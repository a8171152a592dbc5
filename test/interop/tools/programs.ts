import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
}

/** Starts programs and ends with them: `stop` leaves none running. */
export interface Runner {
  /** Runs to the end; throws with the program's own words unless it exits 0. */
  readonly run: (file: string, args: readonly string[], options?: RunOptions) => Promise<string>;
  /** Runs to the end, whatever its exit code. */
  readonly tryRun: (file: string, args: readonly string[], options?: RunOptions) => Promise<Ran>;
  /** Starts a program that stays, standard output and error piped. */
  readonly start: (file: string, args: readonly string[], options?: RunOptions) => ChildProcess;
  readonly stop: () => Promise<void>;
}

export function openRunner(cwd: string): Runner {
  const running = new Set<ChildProcess>();
  let stopped = false;
  const start: Runner['start'] = (file, args, options = {}) => {
    if (stopped) throw new Error(`${file} was not started: the time of this suite is over`);
    const settings: SpawnOptions = {
      cwd: options.cwd ?? cwd,
      env: options.env ?? process.env,
      stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
    };
    const child = spawn(file, args, settings);
    running.add(child);
    child.once('exit', () => running.delete(child)).once('error', () => running.delete(child));
    child.stdin?.on('error', () => {}).end(options.input);
    return child;
  };
  const tryRun: Runner['tryRun'] = async (file, args, options) => {
    const child = start(file, args, options);
    const out = collect(child, 'stdout');
    const err = collect(child, 'stderr');
    const [code, signal] = await once(child, 'close');
    return { code: code ?? (signal === null ? 1 : 128), out: out(), err: err() };
  };
  return {
    start,
    tryRun,
    run: async (file, args, options) => {
      const { code, out, err } = await tryRun(file, args, options);
      if (code === 0) return out;
      throw new Error(
        `${[file, ...args].join(' ').slice(0, 300)} ended with ${code}:\n${lastLines(err + out)}`,
      );
    },
    stop: async () => {
      stopped = true;
      for (const child of [...running]) {
        const gone = once(child, 'exit');
        killGroup(child);
        await gone;
      }
    },
  };
}

/** A program and what it started. */
function killGroup(child: ChildProcess): void {
  try {
    if (process.platform === 'win32') child.kill();
    else process.kill(-child.pid!, 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}

function collect(child: ChildProcess, stream: 'stdout' | 'stderr'): () => string {
  const chunks: Buffer[] = [];
  child[stream]?.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString('utf8');
}

const lastLines = (text: string) => text.trimEnd().split('\n').slice(-25).join('\n');
