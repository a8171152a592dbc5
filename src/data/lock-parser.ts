import { isUtf8 } from 'node:buffer';
import { type Digest, type ErrorCode, LockstepError } from '../workspace/index.ts';
import { comparePaths, keyFaultOf } from './dataset-path.ts';
import type { Lock, LockEntry } from './lock.ts';
import { isPlainKey } from './lock.ts';
import { lineFault } from './lock-line.ts';
import { PathCollisions } from './path-collisions.ts';

const mostBytes = 64 * 1024 * 1024;
const mostEntries = 1_000_000;
const regenerate = 'let `lockstep data add` write data.lock, or restore it from Git';

const entryLine =
  /^ {2}("(?:[^"\\]|\\.)*"|[^\s":][^\s":]*): \{digest: "(sha256:[0-9a-f]{64})", size: (0|[1-9]\d{0,15})(?:, files: ([1-9]\d{0,15}))?\}$/;

/**
 * Parses the one canonical form of `data.lock` (docs/formats/data-lock.md), so that equal locks are equal bytes.
 * Errors, each with line and column: E_LOCK_*, E_PATH_*, E_DIGEST_FORMAT.
 */
export function parseLock(content: Uint8Array | string, file = 'data.lock'): Lock {
  const text = decode(content, file);
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

function decode(content: Uint8Array | string, file: string): string {
  const bytes =
    typeof content === 'string'
      ? Buffer.from(content)
      : Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  const refuse = (code: ErrorCode, what: string, allowed: string, fix = regenerate) => {
    throw new LockstepError(code, { what, where: { file }, allowed, fix });
  };
  if (bytes.length === 0) refuse('E_LOCK_EMPTY', 'an empty file', '"version: 1", then "datasets: {}"');
  if (bytes.length > mostBytes) tooLarge(file, `${bytes.length} bytes`);
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    refuse('E_LOCK_ENCODING', 'a byte order mark at byte 0', 'UTF-8 without a byte order mark');
  }
  if (!isUtf8(bytes))
    refuse('E_LOCK_ENCODING', `a byte that is not UTF-8 at byte ${firstInvalid(bytes)}`, 'UTF-8');
  let entries = -2;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) entries++;
  if (entries > mostEntries) tooLarge(file, `${entries.toLocaleString('en-US')} entries`);
  return bytes.toString('utf8');
}

function tooLarge(file: string, what: string): never {
  throw new LockstepError('E_LOCK_TOO_LARGE', {
    what,
    where: { file },
    allowed: `at most ${mostEntries.toLocaleString('en-US')} entries and 64 MiB`,
    fix: 'lock folders instead of single files',
  });
}

/** Halves the range until the first bad byte is alone (a cut inside a character is no fault of its bytes). */
function firstInvalid(bytes: Buffer): number {
  let valid = 0;
  for (let at = 0; at < bytes.length; at = valid) {
    const end = bytes.indexOf(10, at);
    const stop = end < 0 ? bytes.length : end + 1;
    if (!isUtf8(bytes.subarray(at, stop))) break;
    valid = stop;
  }
  while (valid < bytes.length) {
    const width = [1, 2, 3, 4].find((many) => isUtf8(bytes.subarray(valid, valid + many)));
    if (width === undefined) return valid;
    valid += width;
  }
  return valid;
}

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
      `the line ${quoted(lines[1] ?? '')}`,
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

const quoted = (line: string | undefined): string =>
  line === undefined ? '(none)' : JSON.stringify(line.length > 60 ? `${line.slice(0, 60)}…` : line);

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
