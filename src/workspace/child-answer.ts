import type { ErrorCode } from './error-codes.ts';
import { type ErrorParts, isLockstepError, LockstepError } from './errors.ts';
import { exitOf, spawnOwn, watchParent } from './process.ts';

/** What a program of ours, asked one thing, prints: its result, or an error that a person can act on. */
type ChildAnswer =
  | { readonly ok: unknown }
  | { readonly error: { readonly code: ErrorCode; readonly parts: ErrorParts } };

export interface ChildQuestion {
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Words before the program, which start it with fewer rights. */
  readonly prefix?: readonly string[];
  /** A child that takes longer is killed; none is unless stated. */
  readonly timeoutMs?: number;
  /** The error for a child that ended without an answer: how, with its last words where it had any. */
  readonly died: (how: string) => Error;
}

/**
 * Asks one of our programs, as a child process, and returns what it made of it. Its entry calls `answerParent`.
 * Errors: those of the work, as if it had been done here; `died` for a child that was killed or broke.
 */
export async function askChild<T>(
  program: string,
  order: unknown,
  { cwd, env = process.env, prefix = [], timeoutMs, died }: ChildQuestion,
): Promise<T> {
  const child = spawnOwn(program, [JSON.stringify(order)], {
    cwd,
    env,
    prefix,
    stdout: 'pipe',
    stderr: 'pipe',
  });
  const timer = timeoutMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), timeoutMs);
  try {
    const [exit, out, err] = await Promise.all([exitOf(child), textOf(child.stdout!), textOf(child.stderr!)]);
    if (exit.code !== 0) throw died(`${exit.signal ?? `exit code ${exit.code}`}${lastWords(err)}`);
    const answer = JSON.parse(out) as ChildAnswer;
    if ('ok' in answer) return answer.ok as T;
    throw new LockstepError(answer.error.code, answer.error.parts);
  } finally {
    clearTimeout(timer);
  }
}

/** In such a program: does the work that was ordered, answers, and ends when the parent is gone. */
export async function answerParent<T>(work: (order: T) => Promise<unknown>): Promise<void> {
  watchParent();
  const answer: ChildAnswer = await work(JSON.parse(process.argv[2]!) as T).then(
    (ok) => ({ ok }),
    (error: unknown) => {
      if (!isLockstepError(error)) throw error;
      const { code, what, where, allowed, fix } = error;
      return { error: { code, parts: { what, where, allowed, fix } } };
    },
  );
  process.stdout.write(JSON.stringify(answer));
}

const mostText = 1 << 20;

/** A child that does not stop talking is heard no further. */
async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const chunk of stream) if (text.length < mostText) text += String(chunk);
  return text;
}

const lastWords = (stderr: string): string => {
  const line = /^\w*Error: .*$/m.exec(stderr)?.[0];
  return line ? ` (${line})` : '';
};
