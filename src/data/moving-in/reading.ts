import { constants, createReadStream, lstatSync, readFileSync } from 'node:fs';
import { copyFile, open, rm } from 'node:fs/promises';
import { type Digest, diskFull, isLockstepError, LockstepError } from '../../workspace/index.ts';
import { lookAt } from '../folder.ts';
import { smallFile } from '../store/store.ts';
import { streamObject } from '../transfer/stream.ts';
import { Catcher, drop, type Hashed, Hashes, type Kept } from './caught-bytes.ts';
import { legacyMd5 } from './legacy-md5.ts';
import type { Proof, WantedFile, Whereabouts } from './wanted-file.ts';

export interface Read {
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  /** The name of the place that had them. */
  readonly from: string;
}

/**
 * The bytes, proven, from the nearest place that has them; what is not small is left at `temporary`, synced. Nothing is
 * left there otherwise. Errors: E_OBJECT_MISSING, E_DIGEST_MISMATCH, E_SIZE_MISMATCH, E_REMOTE_*, E_DISK_FULL.
 */
export async function readProven(
  wanted: WantedFile,
  named: string,
  temporary: string,
): Promise<Read & { readonly kept: Kept }> {
  let fault: LockstepError | null = null;
  for (const place of wanted.places) {
    try {
      const found =
        place.kind === 'file'
          ? await readFile(place, wanted, named, temporary)
          : await download(place, wanted, named, temporary);
      if (found === null) continue;
      const { digest, size, kept } = found;
      return { digest, size, kept, from: place.name };
    } catch (error) {
      await rm(temporary, { force: true });
      const wrong = isLockstepError(error, 'E_DIGEST_MISMATCH') || isLockstepError(error, 'E_SIZE_MISMATCH');
      if (!wrong) throw diskFull(error, temporary);
      fault ??= error as LockstepError; // A changed work tree says nothing about the remote.
    }
  }
  throw fault ?? missing(wanted, named);
}

type Found = Hashed & { readonly kept: Kept };

/** What is hashed is the copy, so a file that changes meanwhile can't lie. */
async function readFile(
  { path, name }: Extract<Whereabouts, { kind: 'file' }>,
  wanted: WantedFile,
  named: string,
  temporary: string,
): Promise<Found | null> {
  if (!lookAt(path)?.isFile()) return null;
  const hashes = new Hashes(wanted.proof);
  let kept: Kept;
  if (lstatSync(path).size <= smallFile) {
    kept = { kind: 'bytes', bytes: readFileSync(path) };
    hashes.update(kept.bytes);
  } else {
    await copyFile(path, temporary, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
    for await (const chunk of createReadStream(temporary, { highWaterMark: 1 << 20 }))
      hashes.update(chunk as Buffer);
    await sync(temporary);
    kept = { kind: 'file', path: temporary };
  }
  const found = hashes.done();
  const wrong = faultOf(found, wanted, named, name);
  if (wrong !== null && !(await isLegacy(wanted, kept, found))) throw wrong;
  return { ...found, kept };
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r+');
  try {
    await handle.chmod(0o644);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function download(
  { name, open: get }: Extract<Whereabouts, { kind: 'download' }>,
  wanted: WantedFile,
  named: string,
  temporary: string,
): Promise<Found | null> {
  const hashes = new Hashes(wanted.proof);
  const catcher = new Catcher(temporary);
  let found: Hashed | undefined;
  try {
    const there = await streamObject(
      { name, get: (_, range) => get(range) },
      '',
      { from: 0, label: named, expected: promiseOf(wanted.proof) },
      async (chunk) => {
        hashes.update(chunk);
        await catcher.add(chunk);
        return wanted.size === null || hashes.size <= wanted.size;
      },
      () => {
        found = hashes.done();
        const wrong = faultOf(found, wanted, named, name);
        if (wrong !== null && !mayBeLegacy(wanted, found)) throw wrong;
      },
    );
    if (!there) return null;
    const kept = await catcher.kept();
    const wrong = faultOf(found!, wanted, named, name);
    if (wrong !== null && !(await isLegacy(wanted, kept, found!))) {
      await drop(kept);
      throw wrong;
    }
    return { ...found!, kept };
  } finally {
    await catcher.close();
  }
}

const promiseOf = (proof: Proof): string =>
  proof.kind === 'none' ? 'anything' : `${proof.kind}:${proof.hex}`;

function faultOf(
  found: Hashed,
  { proof, size }: WantedFile,
  named: string,
  place: string,
): LockstepError | null {
  if (proof.kind === 'none') return null;
  const got = proof.kind === 'md5' ? found.md5! : found.digest.slice('sha256:'.length);
  if (got !== proof.hex)
    return new LockstepError('E_DIGEST_MISMATCH', {
      what: `"${named}" is ${proof.kind}:${got} in ${place}, after ${found.size} bytes`,
      allowed: `expected ${promiseOf(proof)}${size === null ? '' : ` of ${size} bytes`}`,
      fix: 'put the right bytes there, or leave it out: name what you want with --only',
    });
  if (size === null || size === found.size) return null;
  return new LockstepError('E_SIZE_MISMATCH', {
    what: `"${named}" has ${found.size} bytes in ${place}, which are those of its ${proof.kind}`,
    allowed: `the ${size} bytes that are promised`,
    fix: 'correct the size where it is stated',
  });
}

const mayBeLegacy = ({ proof, size }: WantedFile, found: Hashed): boolean =>
  proof.kind === 'md5' && proof.lines && found.md5 !== proof.hex && (size ?? found.size) === found.size;

const isLegacy = async (wanted: WantedFile, kept: Kept, found: Hashed): Promise<boolean> =>
  mayBeLegacy(wanted, found) &&
  wanted.proof.kind === 'md5' &&
  (await legacyMd5(kept.kind === 'bytes' ? kept.bytes : kept.path)) === wanted.proof.hex;

const missing = ({ proof, places }: WantedFile, named: string): LockstepError =>
  new LockstepError('E_OBJECT_MISSING', {
    what: `"${named}"${proof.kind === 'none' ? '' : ` (${promiseOf(proof)})`} is in none of: ${[...new Set(places.map(({ name }) => name))].join(', ')}`,
    allowed: 'bytes that can be read from here',
    fix: 'fetch them with the tool that keeps them, or leave it out: name what you want with --only',
  });
