import { createHash } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { diskFull, isLockstepError } from '../../workspace/index.ts';
import type { Remote } from '../remote.ts';
import { objectPath } from '../store/store.ts';
import type { OnBytes } from './fetch-bytes.ts';
import { streamObject } from './stream.ts';
import { checkArrived, mostRead, objectMissing, type Wanted } from './wanted.ts';

/**
 * An object from its own place into a file of ours, verified; what lies in the file already is the start of it (an
 * earlier try that was cut off). Nothing is left there after a refusal. Errors: E_OBJECT_MISSING, E_SIZE_MISMATCH,
 * E_DIGEST_MISMATCH, E_REMOTE_*, E_DISK_FULL.
 */
export async function fetchFile(
  remote: Remote,
  wanted: Wanted,
  path: string,
  onBytes: OnBytes,
): Promise<void> {
  const handle = await open(path, 'a+', 0o644);
  try {
    const { size } = await handle.stat();
    const usable = size > 0 && wanted.size !== null && size < wanted.size;
    if (!usable) await handle.truncate(0);
    await bring(remote, wanted, handle, onBytes).catch(async (error: unknown) => {
      if (!usable || !isLockstepError(error, 'E_DIGEST_MISMATCH')) throw error;
      await handle.truncate(0); // Its start was not what it seemed.
      await bring(remote, wanted, handle, onBytes);
    });
  } catch (error) {
    // After anything but a broken connection the bytes are worth nothing, or in the way.
    if (!isLockstepError(error, 'E_REMOTE_FAILED')) await rm(path, { force: true });
    throw diskFull(error, path);
  } finally {
    await handle.close();
  }
}

async function bring(
  { bucket, name }: Remote,
  wanted: Wanted,
  handle: FileHandle,
  onBytes: OnBytes,
): Promise<void> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const part of handle.createReadStream({ start: 0, autoClose: false })) {
    hash.update(part);
    size += part.length;
  }
  const found = await streamObject(
    bucket,
    objectPath(wanted.digest),
    {
      from: size,
      to: size > 0 ? (wanted.size ?? undefined) : undefined,
      label: wanted.key,
      expected: wanted.digest,
    },
    async (bytes) => {
      size += bytes.length;
      if (size > mostRead(wanted)) return false;
      if (wanted.size !== null && size > wanted.size) return true; // Counted, for the message.
      hash.update(bytes);
      await handle.writeFile(bytes);
      onBytes(bytes.length);
      return true;
    },
    () => checkArrived(wanted, size, `sha256:${hash.digest('hex')}`, name),
  );
  if (!found) throw objectMissing(wanted, name);
}
