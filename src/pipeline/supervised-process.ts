import { readFileSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { exitOf, LockstepError, ownProgram, spawnOwn } from '../workspace/index.ts';

/** What the supervisor is told, as JSON in its first argument. */
export interface SupervisedCommand {
  /** A shell command, or a program with its arguments. */
  readonly command: string | readonly string[];
  readonly timeoutMs: number | null;
  readonly outcomeFile: string;
}

export type Outcome =
  | { readonly kind: 'exit'; readonly code: number }
  | { readonly kind: 'signal'; readonly signal: NodeJS.Signals }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'not-started'; readonly message: string };

export interface SupervisedOptions extends SupervisedCommand {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly onOutput: (stream: 'stdout' | 'stderr', chunk: Buffer) => void;
}

const drainMs = 2000;
const supervisor = ownProgram(import.meta.url, './worker/supervisor.ts');

/** Runs a command to its end under a supervisor that outlives us just long enough to end it. Errors: E_INTERRUPTED. */
export async function runSupervised(options: SupervisedOptions): Promise<Outcome> {
  const { command, timeoutMs, outcomeFile, cwd, env, onOutput } = options;
  rmSync(outcomeFile, { force: true });
  const told: SupervisedCommand = { command, timeoutMs, outcomeFile };
  const child = spawnOwn(supervisor, [JSON.stringify(told)], { cwd, env, stdout: 'pipe', stderr: 'pipe' });
  child.stdout!.on('data', (chunk: Buffer) => onOutput('stdout', chunk));
  child.stderr!.on('data', (chunk: Buffer) => onOutput('stderr', chunk));
  const drained = new Promise<void>((resolve) => child.once('close', () => resolve()));
  await exitOf(child);
  // What escaped from the process group may hold the pipes open for ever.
  await Promise.race([drained, sleep(drainMs, undefined, { ref: false })]);
  return readOutcome(outcomeFile);
}

function readOutcome(file: string): Outcome {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Outcome;
  } catch (error) {
    throw new LockstepError('E_INTERRUPTED', {
      what: 'the stage was stopped together with its supervisor',
      fix: 'run the same command again',
      cause: error,
    });
  }
}
