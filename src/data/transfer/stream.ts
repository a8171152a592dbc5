import { setTimeout as sleep } from 'node:timers/promises';
import { isLockstepError, LockstepError } from '../../workspace/index.ts';
import type { Bucket } from '../remotes/bucket.ts';

/** How often a transfer is taken up again without a single new byte in between. */
const mostStalls = 5;

export interface StreamOptions {
  /** Of the object; where the bytes begin. */
  readonly from: number;
  /** Exclusive; the object's end when left out. */
  readonly to?: number | undefined;
  /** As messages name the object, and what it should be. */
  readonly label: string;
  readonly expected?: string | undefined;
}

/**
 * Reads an object, or a part of it, and goes on where a connection broke; a place without ranges sends its start again,
 * which is skipped: what is at a key never changes. `sink` gets what arrives in order, until it says false; `finish` judges
 * the whole. False when nothing is there. Errors: those of `sink` and `finish`, E_REMOTE_*.
 */
export async function streamObject(
  bucket: Pick<Bucket, 'name' | 'get'>,
  key: string,
  { from, to, label, expected = 'what data.lock names' }: StreamOptions,
  sink: (bytes: Uint8Array) => unknown,
  finish: () => void = () => {},
): Promise<boolean> {
  let at = from;
  let validator: string | undefined;
  for (let stalls = 0; ; ) {
    const download = await bucket.get(key, { from: at, to, validator });
    if (download === null) return false;
    const before = at;
    let skip = at - download.from;
    let first = Buffer.alloc(0);
    validator = download.validator ?? undefined;
    try {
      for await (const part of download.body) {
        if (first.length < 64) first = Buffer.concat([first, part]).subarray(0, 64);
        const fresh = skip > 0 ? part.subarray(Math.min(skip, part.length)) : part;
        skip -= part.length - fresh.length;
        const bytes = to === undefined ? fresh : fresh.subarray(0, Math.max(0, to - at));
        if (bytes.length === 0) continue;
        at += bytes.length;
        const more = sink(bytes);
        if ((more instanceof Promise ? await more : more) === false || at === to) break;
      }
      download.body.destroy();
      finish();
      return true;
    } catch (error) {
      download.body.destroy();
      if (isLockstepError(error))
        throw explained(error, download.contentType, first, { label, expected, place: bucket.name });
      if (isOfFiles(error)) throw error;
      const broken = brokenStream(error as Error, { label, expected, place: bucket.name });
      stalls = at > before ? 0 : stalls + 1;
      if (broken.code === 'E_DIGEST_MISMATCH' || stalls > mostStalls) throw broken;
      await sleep(50 * stalls ** 2);
    }
  }
}

/** A disk that is full is not the network's fault. */
const isOfFiles = (error: unknown): boolean =>
  ['ENOSPC', 'EDQUOT', 'EACCES', 'EROFS', 'EIO', 'ENOENT', 'EISDIR'].includes(
    (error as NodeJS.ErrnoException).code ?? '',
  );

interface Named {
  readonly label: string;
  readonly expected: string;
  readonly place: string;
}

/** A login page looks like wrong bytes; say what it is. */
function explained(
  error: LockstepError,
  contentType: string | null,
  first: Buffer,
  { label, expected, place }: Named,
): LockstepError {
  const type = contentType ?? 'no content type';
  const page = /html/i.test(type) || /^\s*<(?:!doctype|html)/i.test(first.toString('latin1'));
  if (!page || (error.code !== 'E_SIZE_MISMATCH' && error.code !== 'E_DIGEST_MISMATCH')) return error;
  return new LockstepError('E_REMOTE_NOT_DATA', {
    what: `${place} answered "${label}" with a page (${type}) that begins ${JSON.stringify(first.toString('latin1', 0, 32))}`,
    allowed: `the bytes of ${expected}`,
    fix: 'check that the address needs no login and is the folder that holds sha256/',
    cause: error,
  });
}

function brokenStream(error: Error & { code?: string }, { label, expected, place }: Named): LockstepError {
  const { code } = error;
  const decoding = code?.startsWith('Z_') || code?.startsWith('ERR_ZLIB') || code?.startsWith('ERR_BROTLI');
  return decoding
    ? new LockstepError('E_DIGEST_MISMATCH', {
        what: `"${label}" from ${place} does not decode as the Content-Encoding it is sent with (${code})`,
        allowed: `expected ${expected}`,
        fix: 'serve objects as they are, without Content-Encoding',
        cause: error,
      })
    : new LockstepError('E_REMOTE_FAILED', {
        what: `the transfer of "${label}" from ${place} broke off (${code ?? error.message})`,
        fix: 'run the command again',
        cause: error,
      });
}
