import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** What a child process is to do, and what is to happen to it (`effects-child.ts`). */
export interface Order {
  readonly root: string;
  readonly work: 'promote' | 'rollback' | 'deploy';
  readonly model: string;
  readonly environment: string;
  readonly version: string;
  readonly reason?: string;
  /** File of a decision, for `deploy`; seen from the root. */
  readonly release?: string;
  readonly at?: {
    /** Which effect, counted from 0. */
    readonly index: number;
    readonly when: 'before' | 'after';
    /** `kill`, or what a shell runs. */
    readonly event: string;
  };
}

/** What a runner says of a run, the same in each of its attempts. */
export const workflowRun = {
  GITHUB_SERVER_URL: 'https://github.com',
  GITHUB_REPOSITORY: 'acme/models',
  GITHUB_RUN_ID: '7',
} as const;

export interface Answer {
  readonly signal: NodeJS.Signals | null;
  /** Effects in the order in which it came to them; none when it was killed. */
  readonly names: readonly string[];
  readonly error: string | null;
}

export function carryOut(order: Order): Promise<Answer> {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'effects-child.ts'), JSON.stringify(order)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...workflowRun },
    },
  );
  let stdout = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (signal === null && code !== 0) reject(new Error(`effects-child ended with ${code}`));
      else if (signal !== null) resolve({ names: [], error: null, signal });
      else resolve({ ...(JSON.parse(stdout) as Omit<Answer, 'signal'>), signal });
    });
  });
}
