import { type Digest, type ErrorCode, LockstepError } from '../../workspace/index.ts';
import { comparePaths, keyFaultOf } from './dataset-path.ts';
import type { Lock, LockEntry } from './lock.ts';
import { isPlainKey } from './lock.ts';
import { decodeLock, regenerate } from './lock-bytes.ts';
import { lineFault } from './lock-line.ts';
import { PathCollisions } from './path-collisions.ts';

const entryLine =
  /^ {2}("(?:[^"\\]|\\.)*"|[^\s":][^\s":]*): \{digest: "(sha256:[0-9a-f]{64})", size: (0|[1-9]\d{0,15})(?:, files: ([1-9]\d{0,15}))?\}$/;

/**
 * Parses the one canonical form of `data.lock` (docs/formats/data-lock.md), so that equal locks are equal bytes.
 * Errors, each with line and column: E_LOCK_*, E_PATH_*, E_DIGEST_FORMAT.
 */
export function parseLock(content: Uint8Array | string, file = 'data.lock'): Lock {
  const text = decodeLock(content, file);
  const lines = text.split('\n');
  const refuse = (code: ErrorCode, line: number, column: number, what: string, allowed: string): never => {
    throw new LockstepError(code, { what, where: { file, line, column }, allowed, fix: regenerate });
  };
  checkFrame(lines, refuse);
  if (lines[1] === 'datasets: {}') return { entries: [] };
  const entries: LockEntry[] = [];
  const collisions = new PathCollisions();
  let unsorted = 0;
  for (let index = 2; index < lines.length - 1; index++) {
    const entry = parseEntry(lines[index]!, index + 1, refuse);
    const collision = collisions.add(entry.key);
    if (collision) refuse(collision.code, index + 1, 3, collision.what, collision.allowed);
    const before = entries.at(-1);
    if (before && unsorted === 0 && comparePaths(before.key, entry.key) > 0) unsorted = index + 1;
    entries.push(entry);
  }
  if (unsorted > 0) {
    const { key } = entries[unsorted - 3]!;
    refuse(
      'E_LOCK_NONCANONICAL',
      unsorted,
      3,
      `"${key}" after a path that sorts behind it`,
      'entries sorted by the bytes of their paths',
    );
  }
  return { entries };
}

type Refuse = (code: ErrorCode, line: number, column: number, what: string, allowed: string) => never;

function checkFrame(lines: readonly string[], refuse: Refuse): void {
  for (const [index, line] of lines.slice(0, 2).entries()) {
    const carriage = line.indexOf('\r');
    if (carriage >= 0)
      refuse(
        'E_LOCK_NONCANONICAL',
        index + 1,
        carriage + 1,
        'a carriage return',
        'lines that end in LF alone',
      );
  }
  if (lines[0] !== 'version: 1')
    refuse('E_LOCK_NONCANONICAL', 1, 1, `the line ${quoted(lines[0]!)}`, '"version: 1"');
  if (lines[1] !== 'datasets:' && lines[1] !== 'datasets: {}') {
    refuse(
      'E_LOCK_NONCANONICAL',
      2,
      1,
      lines[1] ? `the line ${quoted(lines[1])}` : 'no line',
      '"datasets:" or "datasets: {}"',
    );
  }
  if (lines.at(-1) !== '') {
    refuse(
      'E_LOCK_NONCANONICAL',
      lines.length,
      lines.at(-1)!.length + 1,
      'no line end after the last line',
      'LF after every line',
    );
  }
  const bare = lines[1] === 'datasets: {}' ? lines.length > 3 : lines.length < 4;
  if (bare)
    refuse(
      'E_LOCK_NONCANONICAL',
      lines.length > 3 ? 3 : 2,
      1,
      lines.length > 3 ? `the line ${quoted(lines[2]!)}` : '"datasets:" without entries',
      '"datasets: {}" when there are none, and nothing after it',
    );
}

const quoted = (line: string): string => JSON.stringify(line.length > 60 ? `${line.slice(0, 60)}…` : line);

function parseEntry(line: string, number: number, refuse: Refuse): LockEntry {
  const match = entryLine.exec(line);
  if (!match) {
    const { code, column, what, allowed } = lineFault(line);
    return refuse(code, number, column, what, allowed);
  }
  const [, written, digest, sizeText, filesText] = match as unknown as [
    string,
    string,
    Digest,
    string,
    string?,
  ];
  const key = keyOf(written, number, refuse);
  const fault = keyFaultOf(key);
  if (fault) refuse(fault.code, number, 3, fault.what, fault.allowed);
  if (key.endsWith('/') !== (filesText !== undefined)) {
    refuse(
      'E_LOCK_NONCANONICAL',
      number,
      3,
      filesText === undefined ? `"${key}" without files` : `"${key}" with files`,
      'a folder ends in / and has files, a file has neither',
    );
  }
  const size = Number(sizeText);
  const files = filesText === undefined ? undefined : Number(filesText);
  if (!Number.isSafeInteger(size) || (files !== undefined && !Number.isSafeInteger(files))) {
    refuse(
      'E_LOCK_NONCANONICAL',
      number,
      line.indexOf(', size: ') + 9,
      'a number beyond 2^53',
      'whole numbers below 2^53',
    );
  }
  return files === undefined ? { key, digest, size } : { key, digest, size, files };
}

/** A key is bare exactly when it may be, and quoted exactly as JSON.stringify does it. */
function keyOf(written: string, number: number, refuse: Refuse): string {
  if (!written.startsWith('"')) {
    if (isPlainKey(written)) return written;
    const fault = keyFaultOf(written);
    if (fault) return refuse(fault.code, number, 3, fault.what, fault.allowed);
    return refuse(
      'E_LOCK_NONCANONICAL',
      number,
      3,
      `the bare key ${written}`,
      `${JSON.stringify(written)} in quotes`,
    );
  }
  const key = parseJsonText(written);
  if (key === undefined)
    return refuse('E_LOCK_NONCANONICAL', number, 3, `the key ${written}`, 'a JSON string');
  const fault = keyFaultOf(key);
  if (fault) return refuse(fault.code, number, 3, fault.what, fault.allowed);
  if (isPlainKey(key))
    return refuse('E_LOCK_NONCANONICAL', number, 3, `the key ${written} in quotes`, `${key} without quotes`);
  if (JSON.stringify(key) === written) return key;
  return refuse('E_LOCK_NONCANONICAL', number, 3, `the key ${written}`, JSON.stringify(key));
}

function parseJsonText(text: string): string | undefined {
  try {
    return JSON.parse(text) as string;
  } catch {
    return undefined;
  }
}
