import { open } from 'node:fs/promises';
import { diskFull, LockstepError } from '../../workspace/index.ts';
import { makeFolderOf } from '../folder.ts';

/** What a fetch ends with: nothing new there, or bytes at the place that was named. */
export type Fetched =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'fetched'; readonly etag: string | null };

export interface Arriving {
  /** As messages name it: without query or credential. */
  readonly name: string;
  readonly contentType: string | null;
  readonly body: AsyncIterable<Uint8Array>;
  /** Bytes. */
  readonly most: number;
}

/**
 * Streams bytes to a file, replacing it; tells their number. Errors: E_REMOTE_TOO_LARGE, E_REMOTE_NOT_DATA for a page
 * instead of data, E_REMOTE_FAILED for none and for a stream that breaks, E_DISK_FULL.
 */
export async function writeArriving(
  path: string,
  { name, contentType, body, most }: Arriving,
): Promise<number> {
  makeFolderOf(path);
  const handle = await open(path, 'w', 0o644);
  let size = 0;
  try {
    for await (const chunk of body) {
      if (size === 0) checkNoPage(path, name, contentType, chunk);
      size += chunk.byteLength;
      if (size > most) throw tooLarge(name, most);
      await handle.writeFile(chunk);
    }
    await handle.sync();
  } catch (error) {
    throw error instanceof LockstepError ? error : broken(name, size, diskFull(error, path));
  } finally {
    await handle.close();
  }
  return size;
}

/** Servers that want a login answer 200 with a page; a dataset of pages has their ending. */
function checkNoPage(path: string, name: string, contentType: string | null, first: Uint8Array): void {
  const start = Buffer.from(first.subarray(0, 64)).toString('latin1').replace('\u00ef\u00bb\u00bf', '');
  const page = /html/i.test(contentType ?? '') || /^\s*<(?:!doctype|html)/i.test(start);
  if (!page || /\.x?html?$/i.test(path)) return;
  throw new LockstepError('E_REMOTE_NOT_DATA', {
    what: `${name} answered with a page (${contentType ?? 'no content type'}) that begins ${JSON.stringify(start.slice(0, 32))}`,
    allowed: 'the bytes of a dataset',
    fix: 'check that the address needs no login, or name a token by `bearer:`',
  });
}

const tooLarge = (name: string, most: number): LockstepError =>
  new LockstepError('E_REMOTE_TOO_LARGE', {
    what: `${name} sends more than ${most} bytes`,
    allowed: `at most ${most} bytes for a file`,
    fix: 'check the address, or add the file by `lockstep data add`',
  });

function broken(name: string, size: number, error: unknown): unknown {
  if (error instanceof LockstepError) return error;
  const { code, message } = error as Error & { code?: string };
  return new LockstepError('E_REMOTE_FAILED', {
    what: `the transfer from ${name} broke off after ${size} bytes (${code ?? message})`,
    allowed: 'all bytes, as many as the server announced',
    fix: 'run the command again',
    cause: error,
  });
}
