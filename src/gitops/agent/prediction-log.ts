import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';

/** A request that was answered, as the model server logs it. */
export interface LoggedRequest {
  readonly id: string | null;
  /** Raw values by column. */
  readonly inputs: Readonly<Record<string, unknown>>;
}

const chunkBytes = 256 * 1024;

/** The last `count` requests of a prediction log, oldest first, read from its end: a log may be large. */
export function lastRequests(path: string, count: number): LoggedRequest[] {
  if (!existsSync(path) || count === 0) return [];
  return lastLines(path, count).flatMap((line) => {
    const entry = parseLine(line);
    return entry?.inputs ? [{ id: entry.id ?? null, inputs: entry.inputs }] : [];
  });
}

function lastLines(path: string, count: number): string[] {
  const handle = openSync(path, 'r');
  try {
    let at = fstatSync(handle).size;
    let bytes = Buffer.alloc(0);
    // One line end more than lines: the text before the first may be the rest of another line.
    for (let ends = 0; at > 0 && ends <= count; ) {
      const size = Math.min(chunkBytes, at);
      at -= size;
      const chunk = Buffer.alloc(size);
      readSync(handle, chunk, 0, size, at);
      for (const byte of chunk) if (byte === 10) ends++;
      bytes = Buffer.concat([chunk, bytes]);
    }
    const lines = bytes.toString().split('\n');
    const whole = at > 0 ? lines.slice(1) : lines;
    return whole.filter((line) => line !== '').slice(-count);
  } finally {
    closeSync(handle);
  }
}

/** Null for a line that a crash cut short. */
function parseLine(line: string): Partial<LoggedRequest> | null {
  try {
    return JSON.parse(line) as Partial<LoggedRequest>;
  } catch {
    return null;
  }
}
