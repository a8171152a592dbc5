import { spawn } from 'node:child_process';
import { gitArguments, gitEnvironment, gitError } from './git.ts';

/**
 * What git prints, record by record while it prints: each ends where the next `mark` begins, and what stands before the
 * first is none. Whoever has read enough leaves the loop, and git ends: most of a long history is then never looked at.
 * Errors: E_GIT with git's own last words.
 */
export async function* gitRecords(
  args: readonly string[],
  { cwd }: { readonly cwd: string },
  mark: string,
): AsyncGenerator<string> {
  const child = spawn('git', gitArguments(args), {
    cwd,
    env: gitEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const closed = new Promise<number>((resolve) => {
    child.once('error', () => resolve(1));
    child.once('close', (code) => resolve(code ?? 1));
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  try {
    let rest: string | null = null;
    for await (const text of child.stdout.setEncoding('utf8') as AsyncIterable<string>) {
      const records: string[] = ((rest ?? '') + text).split(mark);
      if (rest === null && records.length > 1) records.shift();
      else if (rest === null) continue;
      rest = records.pop()!;
      yield* records;
    }
    const status = await closed;
    if (status !== 0) throw gitError(args, { status, stdout: '', stderr }, cwd);
    if (rest !== null) yield rest;
  } finally {
    child.kill();
    await closed;
  }
}
