import { gunzipSync } from 'node:zlib';
import { unpackTar } from 'modern-tar';
import { type ErrorCode, LockstepError } from '../workspace/index.ts';

export interface ArchiveFile {
  /** Relative, with forward slashes, without `.` or `..`. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** A layer that unpacks to over 64 MiB and 100 times its own size is no layer of ours. */
const mostUnpacked = (packed: number): number => 64 * 1024 * 1024 + 100 * packed;

/** Errors: E_ARCHIVE_FORMAT, E_ARCHIVE_BOMB. */
export function unzip(packed: Uint8Array, file: string): Buffer {
  try {
    return gunzipSync(packed, { maxOutputLength: mostUnpacked(packed.byteLength) });
  } catch (error) {
    const bomb = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    throw new LockstepError(bomb ? 'E_ARCHIVE_BOMB' : 'E_ARCHIVE_FORMAT', {
      what: bomb ? `${packed.byteLength} bytes that unpack to far more` : 'bytes that are not gzip',
      where: { file },
      allowed: `a gzipped tar of at most ${mostUnpacked(packed.byteLength)} bytes`,
      cause: error,
    });
  }
}

/**
 * The plain files of a tar, every entry checked before the first is handed out: what isn't a plain file or folder
 * inside the target is refused. Errors: E_ARCHIVE_*, each with the entry's name.
 */
export async function readArchive(tar: Uint8Array, file: string): Promise<ArchiveFile[]> {
  const entries = await unpackTar(tar, { strict: true }).catch((error: unknown) => {
    throw new LockstepError('E_ARCHIVE_FORMAT', {
      what: `no whole tar (${(error as Error).message})`,
      where: { file },
      allowed: 'a ustar archive',
      cause: error,
    });
  });
  const seen = new Map<string, string>();
  const files: ArchiveFile[] = [];
  for (const { header, data } of entries) {
    const path = checkEntry(header.name, header.type ?? 'file', file);
    const twin = seen.get(path.toLowerCase());
    if (twin === path) throw refused('E_ARCHIVE_DUPLICATE', header.name, 'is there twice', file);
    if (twin !== undefined)
      throw refused('E_ARCHIVE_CASE', header.name, `differs from ${twin} by case`, file);
    seen.set(path.toLowerCase(), path);
    if (header.type === 'directory') continue;
    if ((data?.byteLength ?? 0) !== header.size) {
      throw refused(
        'E_ARCHIVE_FORMAT',
        header.name,
        `has ${data?.byteLength ?? 0} of ${header.size} bytes`,
        file,
      );
    }
    files.push({ path, bytes: data ?? new Uint8Array() });
  }
  return files;
}

function checkEntry(name: string, type: string, file: string): string {
  if (name.startsWith('/') || /^[A-Za-z]:/.test(name)) {
    throw refused('E_ARCHIVE_ABSOLUTE', name, 'is an absolute path', file);
  }
  const steps = name.replace(/\/$/, '').split('/');
  if (steps.includes('..') || name.includes('\\') || /[\u0000-\u001f]/.test(name)) {
    throw refused('E_ARCHIVE_TRAVERSAL', name, 'leaves the archive', file);
  }
  if (steps.some((step) => step === '' || step === '.')) {
    throw refused('E_ARCHIVE_FORMAT', name, 'is no plain path', file);
  }
  if (type === 'link' || type === 'symlink') throw refused('E_ARCHIVE_LINK', name, 'is a link', file);
  if (type !== 'file' && type !== 'directory') throw refused('E_ARCHIVE_DEVICE', name, `is a ${type}`, file);
  return steps.join('/');
}

const refused = (code: ErrorCode, name: string, why: string, file: string) =>
  new LockstepError(code, {
    what: `the entry "${name}" ${why}`,
    where: { file },
    allowed: 'plain files and folders inside the archive, each once',
    fix: 'build the image again, and find out who made this one',
  });
