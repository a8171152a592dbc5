import { spawn } from 'node:child_process';
import { gitArguments, gitEnvironment, gitError } from './git.ts';

/** What a git process prints, while it prints it; disposed of, the process ends, whatever it still had to say. */
export interface GitOutput extends AsyncDisposable {
  readonly chunks: AsyncIterable<Buffer>;
  /** Once all was read. Errors: E_GIT with git's own last words. */
  ended(): Promise<void>;
}

export function gitOutput(
  args: readonly string[],
  { cwd, input = '' }: { readonly cwd: string; readonly input?: string },
): GitOutput {
  const child = spawn('git', gitArguments(args), {
    cwd,
    env: gitEnvironment(),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const closed = new Promise<number>((resolve) => {
    child.once('error', () => resolve(1));
    child.once('close', (code) => resolve(code ?? 1));
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  return {
    chunks: child.stdout,
    async ended() {
      const status = await closed;
      if (status !== 0) throw gitError(args, { status, stdout: '', stderr }, cwd);
    },
    async [Symbol.asyncDispose]() {
      child.kill();
      child.stdout.destroy();
      await closed;
    },
  };
}

/**
 * What git prints, record by record: each ends where the next `mark` begins, and what stands before the first is none.
 * Whoever has read enough leaves the loop: most of a long history is then never looked at. Errors: E_GIT.
 */
export async function* gitRecords(
  args: readonly string[],
  options: { readonly cwd: string },
  mark: string,
): AsyncGenerator<string> {
  await using output = gitOutput(args, options);
  const decoder = new TextDecoder();
  let rest: string | null = null;
  for await (const chunk of output.chunks) {
    const records: string[] = ((rest ?? '') + decoder.decode(chunk, { stream: true })).split(mark);
    if (rest === null && records.length === 1) continue;
    if (rest === null) records.shift();
    rest = records.pop()!;
    yield* records;
  }
  await output.ended();
  if (rest !== null) yield rest;
}
