import { type Digest, digestOf } from '../../workspace/index.ts';
import type { Remote } from '../remote.ts';
import { objectPath } from '../store/store.ts';
import { streamObject } from './stream.ts';
import { checkArrived, mostRead, objectMissing, type Wanted } from './wanted.ts';

export type OnBytes = (count: number) => void;

/** A small object from its own place, verified. Errors: E_OBJECT_MISSING, E_SIZE_MISMATCH, E_DIGEST_MISMATCH, E_REMOTE_*. */
export async function fetchBytes(
  { bucket, name }: Remote,
  wanted: Wanted,
  onBytes: OnBytes,
): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let size = 0;
  const found = await streamObject(
    bucket,
    objectPath(wanted.digest),
    { from: 0, label: wanted.key, expected: wanted.digest },
    (bytes) => {
      parts.push(bytes);
      size += bytes.length;
      onBytes(bytes.length);
      return size <= mostRead(wanted);
    },
    () => checkArrived(wanted, size, digestOf(Buffer.concat(parts)), name),
  );
  if (!found) throw objectMissing(wanted, name);
  return Buffer.concat(parts);
}

/** `[from, to)` of a pack. Not verified: its objects are. Errors: E_OBJECT_MISSING for `wanted`, E_REMOTE_*. */
export async function fetchRange(
  { bucket, name }: Remote,
  pack: Digest,
  range: { readonly from: number; readonly to: number },
  wanted: Wanted,
  onBytes: OnBytes,
): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(range.to - range.from);
  let size = 0;
  const options = { ...range, label: wanted.key, expected: wanted.digest };
  const found = await streamObject(bucket, objectPath(pack), options, (part) => {
    bytes.set(part, size);
    size += part.length;
    onBytes(part.length);
  });
  if (!found) throw objectMissing(wanted, name);
  return bytes.subarray(0, size);
}

/** A map, or null where there is none; of one that is too large only the start. Errors: E_REMOTE_*. */
export async function fetchMap({ bucket }: Remote, key: string, most: number): Promise<Buffer | null> {
  const parts: Uint8Array[] = [];
  let size = 0;
  const found = await streamObject(bucket, key, { from: 0, label: key }, (bytes) => {
    parts.push(bytes);
    size += bytes.length;
    return size <= most;
  });
  return found ? Buffer.concat(parts, size) : null;
}
