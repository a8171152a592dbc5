import { diskFull } from './atomic-file.ts';
import { LockstepError } from './errors.ts';

/**
 * What the operating system refused, as the error a person can act on; null for anything that is not theirs to mend.
 * Rooms word what they expect; this is for the file that nobody expected to be read-only, or a folder.
 */
export function systemError(error: unknown): LockstepError | null {
  if (!(error instanceof Error) || !('code' in error)) return null;
  const { code, path, dest, syscall } = error as NodeJS.ErrnoException & { dest?: string };
  const file = dest ?? path;
  const where = file === undefined ? undefined : { file };
  switch (code) {
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new LockstepError('E_FILE_PERMISSION', {
        what: `this user may not ${syscall ?? 'do that'} (${code})`,
        where,
        allowed: 'a checkout whose files this user may read and write',
        fix: 'take the files over (chown), or work in a clone of your own',
        cause: error,
      });
    case 'EISDIR':
    case 'ENOTDIR':
    case 'EEXIST':
    case 'ELOOP':
    case 'ENAMETOOLONG':
      return new LockstepError('E_FILE_KIND', {
        what: `${inTheWay[code]} (${syscall ?? code})`,
        where,
        fix: 'move what is in the way, and run the command again',
        cause: error,
      });
    case 'EMFILE':
    case 'ENFILE':
      return new LockstepError('E_FILE_LIMIT', {
        what: 'too many open files',
        where,
        fix: 'raise the limit (ulimit -n 4096) and run the command again',
        cause: error,
      });
    default: {
      const full = diskFull(error, file ?? 'the disk');
      return full instanceof LockstepError ? full : null;
    }
  }
}

const inTheWay = {
  EISDIR: 'a folder where a file belongs',
  ENOTDIR: 'a file where a folder belongs',
  EEXIST: 'something else is there already',
  ELOOP: 'links that lead in a circle',
  ENAMETOOLONG: 'a name longer than the file system takes',
} as const;
