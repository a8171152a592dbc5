import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { StringDecoder } from 'node:string_decoder';

const longestLine = 4000;
const mostBytes = 8 * 1024 * 1024;
const keptLines = 40;

/** What a stage prints, line by line: to a file, to whoever listens, and its end in memory for the error. */
export interface StageLog {
  write(stream: 'stdout' | 'stderr', chunk: Buffer): void;
  /** Ends unfinished lines and closes the file, once; returns the last lines. */
  end(): readonly string[];
}

/** Bounded in every direction: a stage that prints a gigabyte on one line costs neither memory nor disk. */
export function openStageLog(
  path: string,
  onLine: (line: string) => void,
  rewrite: (line: string) => string = (line) => line,
): StageLog {
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, 'w');
  const last: string[] = [];
  let written = 0;
  let open = true;
  const keep = (raw: string): void => {
    const line = rewrite(raw);
    last.push(line);
    if (last.length > keptLines) last.shift();
    if (written > mostBytes) return;
    const text = `${line}\n`;
    const over = written + text.length > mostBytes;
    const kept = over ? `… the log is cut here, at ${mostBytes} bytes; the stage went on\n` : text;
    written += over ? mostBytes : text.length;
    writeSync(file, kept);
    onLine(kept.slice(0, -1));
  };
  const splitters = { stdout: lineSplitter(keep), stderr: lineSplitter(keep) };
  return {
    write: (stream, chunk) => splitters[stream].write(chunk),
    end() {
      if (open) {
        splitters.stdout.end();
        splitters.stderr.end();
        closeSync(file);
      }
      open = false;
      return last;
    },
  };
}

interface LineSplitter {
  write(chunk: Buffer): void;
  end(): void;
}

/** Splits bytes into lines; a carriage return that redraws a line keeps what stood last. */
function lineSplitter(onLine: (line: string) => void): LineSplitter {
  const decoder = new StringDecoder('utf8');
  let start = '';
  let cut = 0;
  const add = (text: string): void => {
    const room = longestLine - start.length;
    start += text.slice(0, Math.max(0, room));
    cut += Math.max(0, text.length - room);
  };
  const flush = (): void => {
    const line = start.replace(/\r+$/, '').replace(/^.*\r/s, '');
    onLine(cut === 0 ? line : `${line}… (${cut} more characters on this line)`);
    start = '';
    cut = 0;
  };
  return {
    write(chunk) {
      const parts = decoder.write(chunk).split('\n');
      for (const [index, part] of parts.entries()) {
        add(part);
        if (index < parts.length - 1) flush();
      }
    },
    end() {
      add(decoder.end());
      if (start !== '' || cut > 0) flush();
    },
  };
}
