import { isUtf8 } from 'node:buffer';
import { type ErrorCode, LockstepError } from '../../workspace/index.ts';

const mostBytes = 64 * 1024 * 1024;
const mostEntries = 1_000_000;
export const regenerate = 'let `lockstep data add` write data.lock, or restore it from Git';

/** The text of a lock, within its limits. Errors: E_LOCK_EMPTY, E_LOCK_ENCODING, E_LOCK_TOO_LARGE. */
export function decodeLock(content: Uint8Array | string, file: string): string {
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
