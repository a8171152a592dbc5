import { createHash } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { type Digest, diskFull, LockstepError } from '../workspace/index.ts';

/** What the lock promises about an object on its way in. */
export interface Wanted {
  /** The dataset it belongs to, for messages. */
  readonly key: string;
  readonly digest: Digest;
  /** Bytes; null for a folder's manifest, whose length the lock does not hold. */
  readonly size: number | null;
}

/** How far beyond the promised size we count, so that a message can say what came instead. */
const mostBeyond = 1 << 20;
/** A manifest names at most a million files: more bytes than this are none. */
const mostManifest = 1 << 30;

/**
 * Writes a stream to `temporary`, hashing as it arrives, and syncs it. Nothing is left there unless size and digest
 * are the promised ones. `onBytes` is told the number of each chunk. Errors: E_SIZE_MISMATCH, E_DIGEST_MISMATCH, E_DISK_FULL.
 */
export async function receive(
  stream: AsyncIterable<Uint8Array>,
  wanted: Wanted,
  temporary: string,
  remote: string,
  onBytes: (count: number) => void = () => {},
): Promise<void> {
  const most = wanted.size ?? mostManifest;
  const hash = createHash('sha256');
  let size = 0;
  const handle = await open(temporary, 'wx', 0o644);
  try {
    for await (const chunk of stream) {
      size += chunk.byteLength;
      if (size > most + mostBeyond) break;
      if (size > most) continue;
      hash.update(chunk);
      await handle.writeFile(chunk);
      onBytes(chunk.byteLength);
    }
    if (wanted.size !== null && size !== wanted.size) throw sizeMismatch(wanted, size, remote);
    const got: Digest = `sha256:${hash.digest('hex')}`;
    if (got !== wanted.digest) throw digestMismatch(wanted, got, size, remote);
    await handle.sync();
  } catch (error) {
    await rm(temporary, { force: true });
    throw diskFull(error, temporary);
  } finally {
    await handle.close();
  }
}

export function sizeMismatch({ key, digest, size }: Wanted, got: number, place: string): LockstepError {
  const most = (size ?? mostManifest) + mostBeyond;
  const found = got > most ? `more than ${most}` : got;
  return new LockstepError('E_SIZE_MISMATCH', {
    what: `"${key}" (${digest}) has ${found} bytes in ${place}`,
    allowed: `the ${size} bytes of data.lock`,
    fix: `add the dataset again where it is right, or put the right bytes into ${place}`,
  });
}

export const digestMismatch = (
  { key, digest }: Wanted,
  got: string,
  size: number,
  place: string,
): LockstepError =>
  new LockstepError('E_DIGEST_MISMATCH', {
    what: `"${key}" is ${got} in ${place}, after ${size} bytes`,
    allowed: `expected ${digest}`,
    fix: `put the right bytes into ${place}, for instance by \`lockstep data push\` from a checkout that has them`,
  });

export const objectMissing = ({ key, digest }: Wanted, remote: string): LockstepError =>
  new LockstepError('E_OBJECT_MISSING', {
    what: `"${key}" (${digest}) is not in ${remote}`,
    allowed: 'every object that data.lock names',
    fix: 'run `lockstep data push` in a checkout that has the data',
  });
