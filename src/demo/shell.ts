import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

/** What a command of the demo ended with: its exit code and the object that `--json` printed. */
export interface Answer {
  readonly exit: number;
  readonly json: Readonly<Record<string, unknown>>;
  readonly seconds: number;
}

/**
 * The demo's only hands: it starts the very commands it prints, in the sandbox, and reads their `--json`. Git runs
 * with an identity of its own and nothing of the user's configuration.
 */
export class Shell {
  readonly folder: string;
  readonly #running = new Set<ChildProcess>();
  #stopped = false;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** `./lockstep <args>`, as the user would type it, with `--json` added. */
  async lockstep(args: readonly string[]): Promise<Answer> {
    const started = performance.now();
    const child = this.start(args);
    const [exit, output] = await Promise.all([ended(child), collect(child)]);
    const lines = output.trim().split('\n');
    return { exit, json: parse(lines.at(-1) ?? '', args), seconds: (performance.now() - started) / 1000 };
  }

  /** Starts a `./lockstep` command that goes on; it ends with us, however we end. */
  start(args: readonly string[]): ChildProcess {
    if (this.#stopped) throw new Error('the demo was told to stop');
    const child = spawn(join(this.folder, 'lockstep'), [...args, '--json'], {
      cwd: this.folder,
      env: { ...cleanEnvironment(), LOCKSTEP_LIFELINE: '3' },
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    });
    this.#running.add(child);
    child.once('exit', () => this.#running.delete(child));
    return child;
  }

  /** `git <args>`; a failure is a defect of the demo. */
  async git(args: readonly string[], folder = this.folder): Promise<string> {
    const child = spawn('git', ['-c', 'safe.directory=*', '-c', 'init.defaultBranch=main', ...args], {
      cwd: folder,
      env: cleanEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [exit, output, errors] = await Promise.all([
      ended(child),
      collect(child),
      collect(child, 'stderr'),
    ]);
    if (exit !== 0) throw new Error(`git ${args.join(' ')} ended with ${exit}: ${errors.trim()}`);
    return output.trim();
  }

  /** Asks everything still running to end, and waits until it has. */
  async stop(): Promise<void> {
    this.#stopped = true; // A step that is still under way starts nothing more.
    await Promise.all(
      [...this.#running].map((child) => {
        const gone = ended(child);
        child.kill('SIGTERM');
        return gone;
      }),
    );
  }
}

/** The user's environment without Git's variables and configuration. */
export function cleanEnvironment(): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('GIT_') && name !== 'LOCKSTEP_LIFELINE',
  );
  const person = 'Lockstep Demo';
  const email = 'demo@lockstep.example';
  return {
    ...(Object.fromEntries(kept) as Record<string, string>),
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: person,
    GIT_AUTHOR_EMAIL: email,
    GIT_COMMITTER_NAME: person,
    GIT_COMMITTER_EMAIL: email,
  };
}

const ended = (child: ChildProcess): Promise<number> =>
  new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });

async function collect(child: ChildProcess, stream: 'stdout' | 'stderr' = 'stdout'): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of child[stream] ?? []) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function parse(line: string, args: readonly string[]): Answer['json'] {
  try {
    return JSON.parse(line) as Answer['json'];
  } catch {
    throw new Error(`./lockstep ${args.join(' ')} printed no JSON: ${line.slice(0, 200)}`);
  }
}
