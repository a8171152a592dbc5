import { closeSync, existsSync, fstatSync, ftruncateSync, openSync, readSync } from 'node:fs';

const stepBytes = 64 * 1024;

/**
 * Takes off the unfinished last line that a killed writer left, so that the next line doesn't grow onto it.
 * Nobody was told that a torn line is kept: its answer may have been given, its record was not.
 */
export function dropTornLine(path: string): void {
  if (!existsSync(path)) return;
  const file = openSync(path, 'r+');
  try {
    const { size } = fstatSync(file);
    const whole = endOfLastLine(file, size);
    if (whole < size) ftruncateSync(file, whole);
  } finally {
    closeSync(file);
  }
}

function endOfLastLine(file: number, size: number): number {
  const buffer = Buffer.alloc(stepBytes);
  for (let end = size; end > 0; end -= stepBytes) {
    const start = Math.max(0, end - stepBytes);
    readSync(file, buffer, 0, end - start, start);
    const at = buffer.lastIndexOf('\n', end - start - 1);
    if (at !== -1) return start + at + 1;
  }
  return 0;
}
