import { spawn } from 'node:child_process';
import { LockstepError } from './errors.ts';
import { gitArguments, gitEnvironment } from './git.ts';

/** Reads objects from one git process, where a process for each would cost more than its bytes. */
export interface ObjectReader extends AsyncDisposable {
  /**
   * A blob's bytes, a tree's or a commit's; many may be asked for at once. Errors: E_GIT for an id (or another name of an object)
   * that is none here.
   */
  read(oid: string, type?: 'blob' | 'tree' | 'commit'): Promise<Buffer>;
}

/**
 * The process lives until the reader is disposed of. What it answers is `git cat-file --batch`'s format: a line
 * `<id> <type> <size>`, the bytes, a line end; or a line that ends otherwise.
 */
export function openObjects(root: string): ObjectReader {
  const child = spawn('git', gitArguments(['cat-file', '--batch']), {
    cwd: root,
    env: gitEnvironment(),
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  // One that did not start, or ended early, is told by its output: that ends too.
  for (const emitter of [child, child.stdin, child.stdout]) emitter.on('error', () => {});
  const closed = new Promise((resolve) => child.once('close', resolve));
  const chunks = child.stdout[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let waiting: Buffer = Buffer.alloc(0);

  async function fill(least: number): Promise<void> {
    const parts = [waiting];
    for (let length = waiting.length; length < least; ) {
      const { value, done } = await chunks.next();
      if (done) throw unreadable('git cat-file ended too early');
      parts.push(value);
      length += value.length;
    }
    waiting = Buffer.concat(parts);
  }

  async function answer(oid: string, wanted: string): Promise<Buffer> {
    child.stdin.write(`${oid}\n`);
    while (!waiting.includes(10)) await fill(waiting.length + 1);
    const start = waiting.indexOf(10) + 1;
    const header = waiting.toString('utf8', 0, start - 1);
    const [, type, size] = /^[0-9a-f]+ (\w+) (\d+)$/.exec(header) ?? [];
    const end = size === undefined ? start - 1 : start + Number(size);
    await fill(end + 1);
    const bytes = waiting.subarray(start, end);
    waiting = waiting.subarray(end + 1);
    if (type !== wanted) throw unreadable(`${oid} is no ${wanted} here: ${header}`);
    return bytes;
  }

  let last: Promise<unknown> = Promise.resolve();
  return {
    read(oid, type = 'blob') {
      const bytes = last.then(() => answer(oid, type));
      last = bytes.catch(() => {});
      return bytes;
    },
    async [Symbol.asyncDispose]() {
      child.stdin.end();
      child.stdout.destroy();
      await closed;
    },
  };
}

const unreadable = (what: string): LockstepError =>
  new LockstepError('E_GIT', { what, fix: 'fetch the whole history, then run the command again' });
