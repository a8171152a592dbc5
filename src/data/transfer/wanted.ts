import { type Digest, LockstepError } from '../../workspace/index.ts';

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

/** No more bytes than this are read of an object, right or wrong. */
export const mostRead = ({ size }: Pick<Wanted, 'size'>): number => (size ?? mostManifest) + mostBeyond;

/** Errors: E_SIZE_MISMATCH, E_DIGEST_MISMATCH unless it is what was promised. */
export function checkArrived(wanted: Wanted, size: number, digest: Digest, place: string): void {
  if (wanted.size !== null && size !== wanted.size) throw sizeMismatch(wanted, size, place);
  if (digest !== wanted.digest) throw digestMismatch(wanted, digest, size, place);
}

export function sizeMismatch(wanted: Wanted, got: number, place: string): LockstepError {
  const { key, digest, size } = wanted;
  const found = got > mostRead(wanted) ? `more than ${mostRead(wanted)}` : got;
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
