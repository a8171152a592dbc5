import type { FileHandle } from 'node:fs/promises';
import { type ErrorCode, LockstepError, printable } from '../workspace/index.ts';

/** One file of a ZIP, as its central directory has it (PKWARE APPNOTE.TXT, sections 4.3.7 to 4.3.16). */
export interface ZipEntry {
  readonly name: string;
  readonly deflated: boolean;
  readonly crc: number;
  /** Bytes in the archive, and unpacked. */
  readonly packed: number;
  readonly size: number;
  /** Where its bytes begin. */
  readonly start: number;
}

const signatures = { end: 0x06054b50, entry: 0x02014b50, local: 0x04034b50 } as const;
const endLength = 22;
const mostEntries = 64;
const mostDirectory = 256 * 1024;

/**
 * Reads what a ZIP says it holds and refuses what a candidate never needs: paths that lead anywhere, links, devices,
 * folders, names twice, encryption, several disks, bytes that two entries share. Nothing is unpacked.
 * Errors: E_ARCHIVE_*.
 */
export async function readDirectory(file: FileHandle): Promise<ZipEntry[]> {
  const { size } = await file.stat();
  const { offset, length, count } = await findEnd(file, size);
  const directory = await readAt(file, offset, length);
  const entries: ZipEntry[] = [];
  for (let at = 0, left = count; left > 0; left--) {
    if (at + 46 > directory.length || directory.readUInt32LE(at) !== signatures.entry)
      throw broken('its directory');
    const next =
      at +
      46 +
      directory.readUInt16LE(at + 28) +
      directory.readUInt16LE(at + 30) +
      directory.readUInt16LE(at + 32);
    if (next > directory.length) throw broken('its directory');
    entries.push(await entryAt(file, directory.subarray(at, next), offset));
    at = next;
  }
  checkNames(entries.map(({ name }) => name));
  checkRanges(entries, offset);
  return entries;
}

async function findEnd(file: FileHandle, size: number) {
  const length = Math.min(size, endLength + 0xffff);
  const tail = await readAt(file, size - length, length);
  for (let at = tail.length - endLength; at >= 0; at--) {
    if (tail.readUInt32LE(at) !== signatures.end) continue;
    if (at + endLength + tail.readUInt16LE(at + 20) !== tail.length) continue;
    const found = {
      count: tail.readUInt16LE(at + 10),
      length: tail.readUInt32LE(at + 12),
      offset: tail.readUInt32LE(at + 16),
    };
    const oneDisk = tail.readUInt32LE(at + 4) === 0 && tail.readUInt16LE(at + 8) === found.count;
    if (!oneDisk || found.offset + found.length > size - length + at) throw broken('its end');
    if (found.count > mostEntries || found.length > mostDirectory)
      throw refused('E_ARCHIVE_FORMAT', `${found.count} entries`, `at most ${mostEntries}`);
    return found;
  }
  throw broken('its end');
}

async function entryAt(file: FileHandle, record: Buffer, directory: number): Promise<ZipEntry> {
  const [flags, method] = [record.readUInt16LE(8), record.readUInt16LE(10)];
  const bytes = record.subarray(46, 46 + record.readUInt16LE(28));
  const name = nameOf(bytes);
  checkPath(name);
  checkKind(name, record.readUInt8(5), record.readUInt32LE(38) >>> 16);
  if (flags & 1 || (method !== 0 && method !== 8))
    throw refused(
      'E_ARCHIVE_FORMAT',
      `"${printable(name, 80)}" is encrypted or packed in a rare way`,
      'stored or deflated files',
    );
  const [packed, size, local] = [record.readUInt32LE(20), record.readUInt32LE(24), record.readUInt32LE(42)];
  const header = await readAt(file, local, 30);
  const nameLength = header.length === 30 ? header.readUInt16LE(26) : 0;
  const own =
    header.length === 30 && header.readUInt32LE(0) === signatures.local && header.readUInt16LE(8) === method;
  // A reader of local headers must find the same file as a reader of the directory.
  if (!own || !(await readAt(file, local + 30, nameLength)).equals(bytes))
    throw broken(`the header of "${printable(name, 80)}"`);
  const start = local + 30 + nameLength + header.readUInt16LE(28);
  if (start + packed > directory) throw broken(`the place of "${printable(name, 80)}"`);
  return { name, deflated: method === 8, crc: record.readUInt32LE(16), packed, size, start };
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

function nameOf(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw refused('E_ARCHIVE_FORMAT', 'a name that is no UTF-8', 'names in UTF-8');
  }
}

function checkPath(name: string): void {
  const shown = printable(name, 80);
  if (/^[/\\]|^[A-Za-z]:/.test(name))
    throw refused('E_ARCHIVE_ABSOLUTE', `the entry "${shown}"`, 'a plain file name');
  if (name.split(/[/\\]/).includes('..'))
    throw refused('E_ARCHIVE_TRAVERSAL', `the entry "${shown}"`, 'a plain file name');
  if (name === '' || /[\u0000-\u001f\u007f\\:]/.test(name))
    throw refused('E_ARCHIVE_FORMAT', `the entry "${shown}"`, 'a plain file name');
}

/** File types of Unix, as stat(2) has them in the upper half of the external attributes. */
function checkKind(name: string, system: number, mode: number): void {
  const kind = system === 3 || system === 19 ? mode & 0xf000 : 0;
  if (kind === 0xa000) throw refused('E_ARCHIVE_LINK', `"${printable(name, 80)}" is a link`, 'plain files');
  if (kind !== 0 && kind !== 0x8000 && kind !== 0x4000)
    throw refused('E_ARCHIVE_DEVICE', `"${printable(name, 80)}" is a device or pipe`, 'plain files');
}

function checkNames(names: readonly string[]): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    throw refused('E_ARCHIVE_DUPLICATE', `"${printable(twice, 80)}" twice`, 'each file once');
  const folded = names.map((name) => name.normalize('NFC').toLowerCase());
  const twin = names.find((_, index) => folded.indexOf(folded[index]!) !== index);
  if (twin !== undefined)
    throw refused(
      'E_ARCHIVE_CASE',
      `"${printable(twin, 80)}" beside one that differs in case or composition only`,
      'names that differ everywhere',
    );
}

/** Entries that share bytes are how a small archive unpacks to a huge one. */
function checkRanges(entries: readonly ZipEntry[], directory: number): void {
  const sorted = [...entries].sort((a, b) => a.start - b.start);
  for (const [index, { name, start, packed }] of sorted.entries()) {
    const next = sorted[index + 1]?.start ?? directory;
    if (start + packed > next)
      throw refused(
        'E_ARCHIVE_BOMB',
        `"${printable(name, 80)}" shares bytes with another entry`,
        'bytes of its own for each file',
      );
  }
}

const broken = (what: string): LockstepError =>
  refused('E_ARCHIVE_FORMAT', `no whole ZIP: ${what} can't be read`, 'a ZIP as GitHub makes them');

export const refused = (code: ErrorCode, what: string, allowed: string): LockstepError =>
  new LockstepError(code, {
    what,
    where: { file: 'the artifact' },
    allowed,
    fix: 'hand over what the action `train` uploads',
  });
