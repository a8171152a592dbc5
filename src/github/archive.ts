import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { crc32, createInflateRaw } from 'node:zlib';
import { diskFull, LockstepError, printable, temporaryBeside } from '../workspace/index.ts';
import { readDirectory, refused, type ZipEntry } from './zip-directory.ts';

/** Bytes that each name may have at most; other names are refused. */
export type Allowed = Readonly<Record<string, number>>;

export interface ArchiveLimits {
  readonly allowed: Allowed;
  /** Bytes of all files together. */
  readonly most: number;
}

/** How far past its declared size an entry is read, so that the message can say that it is longer. */
const slack = 64 * 1024;

/**
 * Unpacks a ZIP that anybody may have made into a folder that is not there yet. All that it says of itself is checked
 * before the first byte is written; the folder is there whole, or not at all.
 * Errors: E_ARCHIVE_*, E_HANDOVER_SHAPE, E_HANDOVER_TOO_LARGE, E_DISK_FULL.
 */
export async function unpackArchive(zip: string, folder: string, limits: ArchiveLimits): Promise<void> {
  if (existsSync(folder))
    throw new LockstepError('E_FILE_KIND', { what: `${folder} is there already`, allowed: 'a free name' });
  await mkdir(dirname(folder), { recursive: true });
  const temporary = temporaryBeside(folder);
  const file = await open(zip);
  try {
    const entries = checkAllowed(await readDirectory(file), limits);
    await mkdir(temporary);
    for (const entry of entries) {
      const target = join(temporary, entry.name);
      await mkdir(dirname(target), { recursive: true });
      await unpack(zip, entry, target);
    }
    await rename(temporary, folder);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw diskFull(error, folder);
  } finally {
    await file.close();
  }
}

/** The same into memory, for small files. */
export async function readArchive(zip: string, limits: ArchiveLimits): Promise<Record<string, Buffer>> {
  const folder = `${zip}.d`;
  await unpackArchive(zip, folder, limits);
  const names = Object.keys(limits.allowed).filter((name) => existsSync(join(folder, name)));
  const missing = Object.keys(limits.allowed).find((name) => !names.includes(name));
  if (missing !== undefined)
    throw refused('E_HANDOVER_SHAPE', `no ${missing}`, Object.keys(limits.allowed).join(', '));
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name))] as const)),
  );
}

function checkAllowed(entries: readonly ZipEntry[], { allowed, most }: ArchiveLimits): readonly ZipEntry[] {
  for (const { name, size } of entries) {
    const limit = Object.hasOwn(allowed, name) ? allowed[name]! : null;
    if (limit === null)
      throw refused('E_HANDOVER_SHAPE', `"${printable(name, 80)}"`, Object.keys(allowed).join(', '));
    if (size > limit) throw tooLarge(name, size, limit);
  }
  const together = entries.reduce((sum, { size }) => sum + size, 0);
  if (together > most) throw tooLarge('all files together', together, most);
  return entries;
}

const tooLarge = (name: string, size: number, most: number): LockstepError =>
  refused(
    'E_HANDOVER_TOO_LARGE',
    `${name}: ${size.toLocaleString('en-US')} bytes`,
    `at most ${most.toLocaleString('en-US')}`,
  );

async function unpack(
  zip: string,
  { name, deflated, crc, packed, size, start }: ZipEntry,
  target: string,
): Promise<void> {
  let [seen, sum] = [0, 0];
  const counted = async function* (source: AsyncIterable<Buffer>) {
    for await (const chunk of source) {
      seen += chunk.byteLength;
      if (seen > size + slack)
        throw refused(
          'E_ARCHIVE_BOMB',
          `${name} unpacks to more than the ${size} bytes it declares`,
          'what it declares',
        );
      sum = crc32(chunk, sum);
      yield chunk;
    }
  };
  const source = packed === 0 ? emptyStream() : createReadStream(zip, { start, end: start + packed - 1 });
  const sink = createWriteStream(target, { flags: 'wx', mode: 0o644, flush: true });
  try {
    await (deflated && packed > 0
      ? pipeline(source, createInflateRaw(), counted, sink)
      : pipeline(source, counted, sink));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code?.startsWith('Z_')
      ? refused('E_ARCHIVE_FORMAT', `${name} can't be unpacked (${code})`, 'a whole ZIP')
      : error;
  }
  if (seen !== size || sum !== crc)
    throw refused(
      seen > size ? 'E_ARCHIVE_BOMB' : 'E_ARCHIVE_FORMAT',
      `${name} unpacks to ${seen} bytes that are not what it declares`,
      `${size} bytes with its checksum`,
    );
}

async function* emptyStream(): AsyncGenerator<Buffer> {}
