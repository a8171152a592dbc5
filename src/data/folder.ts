import { lstatSync, mkdirSync, type Stats } from 'node:fs';
import { dirname } from 'node:path';
import { diskFull, LockstepError } from '../workspace/index.ts';

/** Makes the folder that a file will lie in. Errors: E_DATA_KIND when something else stands there, E_DISK_FULL. */
export function makeFolderOf(path: string): void {
  makeFolder(dirname(path));
}

export function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    const full = diskFull(error, folder);
    if (full !== error) throw full;
    throw new LockstepError('E_DATA_KIND', {
      what: `the folder ${folder} cannot be made (${(error as NodeJS.ErrnoException).code ?? 'error'})`,
      allowed: 'a folder there, or nothing',
      fix: 'move away what stands in its place',
      cause: error,
    });
  }
}

/** What lies at a path, links not followed; null when nothing does, or a file stands where a folder would. */
export function lookAt(path: string): Stats | null {
  try {
    return lstatSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw error;
  }
}
