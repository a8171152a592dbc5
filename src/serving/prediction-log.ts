import { appendFileSync, mkdirSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ServedMetadata } from './served-files.ts';
import { dropTornLine } from './torn-line.ts';

/** One line of the prediction log. `docs/schemas/prediction.json` */
export interface LoggedPrediction {
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly model: string;
  readonly version: string;
  /** Raw columns as the request had them. */
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly score: number;
}

export interface PredictionLog {
  append(entry: {
    readonly id: string;
    readonly time: string;
    readonly row: Readonly<Record<string, unknown>>;
    readonly score: number;
  }): void;
  /** Everything appended so far is in the file, or was given up on. */
  flush(): Promise<void>;
  /** The same at once, for a process about to be gone. */
  flushNow(): void;
}

const everyMs = 50;
const mostWaiting = 100_000;

/**
 * Appends answered predictions as JSON lines, a batch at a time, so that no request waits for the disk. A disk
 * that fails is told on standard error once and costs lines, never answers.
 */
export function openPredictionLog(path: string, { model, version }: ServedMetadata): PredictionLog {
  mkdirSync(dirname(path), { recursive: true });
  dropTornLine(path);
  let waiting: string[] = [];
  let lost = 0;
  let writing: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;

  const take = (): string => {
    clearTimeout(timer);
    timer = undefined;
    const lines = waiting.join('');
    waiting = [];
    return lines;
  };
  const fail = (error: unknown) => {
    if (lost++ === 0) process.stderr.write(`the prediction log loses lines: ${(error as Error).message}\n`);
  };
  const flush = (): Promise<void> => {
    const lines = take();
    // The file holds raw inputs: for its owner only.
    if (lines) writing = writing.then(() => appendFile(path, lines, { mode: 0o600 })).catch(fail);
    return writing;
  };

  return {
    append({ id, time, row, score }) {
      if (waiting.length >= mostWaiting) return fail(new Error('the disk does not keep up'));
      const line: LoggedPrediction = { id, time, model, version, inputs: row, score };
      waiting.push(`${JSON.stringify(line)}\n`);
      timer ??= setTimeout(flush, everyMs);
    },
    flush,
    flushNow() {
      try {
        appendFileSync(path, take(), { mode: 0o600 });
      } catch (error) {
        fail(error);
      }
    },
  };
}
