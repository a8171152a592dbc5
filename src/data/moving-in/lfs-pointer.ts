import { LockstepError } from '../../workspace/index.ts';

/** What Git keeps in the place of a file that Git LFS has (docs/spec.md of git-lfs). */
export interface LfsPointer {
  /** 64 hex digits of the sha256. */
  readonly oid: string;
  readonly size: number;
}

/** A pointer is shorter than this (bytes). */
export const mostPointer = 1024;
const spec = 'version https://git-lfs.github.com/spec/v1\n';

export const looksLikePointer = (bytes: Buffer): boolean =>
  /^version https?:\/\/[\w.-]*(git-lfs|hawser|git-media)[\w./-]*\n/.test(bytes.toString('latin1', 0, 80));

/** Errors: E_CONFIG_TOO_LARGE, E_CONFIG_VALUE (another version, no size, extensions), E_DIGEST_FORMAT. */
export function parsePointer(bytes: Buffer, file: string): LfsPointer {
  if (bytes.length > mostPointer)
    throw new LockstepError('E_CONFIG_TOO_LARGE', {
      what: `a Git LFS pointer of ${bytes.length} bytes`,
      where: { file },
      allowed: `at most ${mostPointer} bytes`,
      fix: 'restore the pointer, or leave the file out: name what you want with --only',
    });
  const text = bytes.toString('utf8');
  const lines = text.split('\n');
  const refuse = (line: number, what: string, allowed: string) =>
    new LockstepError('E_CONFIG_VALUE', {
      what,
      where: { file, line: line < 0 ? undefined : line + 1 },
      allowed,
    });
  if (!text.startsWith(spec)) throw refuse(0, `the line "${lines[0]}"`, spec.trim());
  const extension = lines.findIndex((line) => line.startsWith('ext-'));
  if (extension > 0) throw refuse(extension, 'a Git LFS extension', 'a pointer without extensions');
  const field = (key: string) => lines.find((line) => line.startsWith(`${key} `))?.slice(key.length + 1);
  const oid = field('oid') ?? '';
  const size = field('size') ?? '';
  if (!/^sha256:[0-9a-f]{64}$/.test(oid))
    throw new LockstepError('E_DIGEST_FORMAT', {
      what: `the oid "${oid.slice(0, 100)}"`,
      where: { file },
      allowed: 'sha256: and 64 lower-case hex digits',
    });
  if (!/^(0|[1-9]\d{0,15})$/.test(size) || !Number.isSafeInteger(Number(size)))
    throw refuse(
      lines.findIndex((line) => line.startsWith('size')),
      `the size "${size}"`,
      'a number of bytes',
    );
  return { oid: oid.slice('sha256:'.length), size: Number(size) };
}
