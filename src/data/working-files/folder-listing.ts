import { type Dirent, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { LockstepError } from '../../workspace/index.ts';

/**
 * The files below a folder, as paths relative to it with forward slashes. Empty folders don't count. Errors:
 * E_DATA_KIND for a link, a device or a pipe, and for names that are not UTF-8, unless `onOdd` takes them.
 */
export function listFiles(folder: string, onOdd: (path: string, what: string) => void = refuseOdd): string[] {
  const files: string[] = [];
  const walk = (below: string) => {
    for (const item of readdirSync(join(folder, below), { withFileTypes: true })) {
      const path = below === '' ? item.name : `${below}/${item.name}`;
      if (item.isDirectory()) walk(path);
      else if (item.isFile() && !item.name.includes('\ufffd')) files.push(path);
      else onOdd(path, kindOf(item));
    }
  };
  walk('');
  return files;
}

export const kindOf = (
  item: Pick<Dirent, 'isSymbolicLink' | 'isFIFO' | 'isSocket' | 'isFile' | 'isDirectory'>,
): string =>
  item.isSymbolicLink()
    ? 'a symbolic link'
    : item.isFIFO()
      ? 'a pipe'
      : item.isSocket()
        ? 'a socket'
        : item.isFile()
          ? 'a file whose name is not UTF-8'
          : item.isDirectory()
            ? 'a folder'
            : 'a device';

export function refuseOdd(path: string, what: string): never {
  throw new LockstepError('E_DATA_KIND', {
    what: `"${path}" is ${what}`,
    allowed: 'plain files and folders',
    fix: 'put the file itself there, or leave it out',
  });
}
