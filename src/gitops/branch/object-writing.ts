import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { deflateSync } from 'node:zlib';
import { diskFull, git, LockstepError, temporaryBeside } from '../../workspace/index.ts';

export type ObjectType = 'blob' | 'tree' | 'commit' | 'tag';

/** Where a repository keeps its objects. Errors: E_GIT outside one, and for ids that are not SHA-1, as GitHub's are. */
export async function objectsFolder(root: string): Promise<string> {
  const [folder, format] = (
    await git(['rev-parse', '--git-path', 'objects', '--show-object-format'], { cwd: root })
  ).split('\n');
  if (format === 'sha1') return resolve(root, folder!);
  throw new LockstepError('E_GIT', {
    what: `this repository names objects by ${format}`,
    allowed: 'sha1, as GitHub does',
    fix: 'git init without --object-format',
  });
}

/**
 * Writes an object as git writes loose ones (git-scm.com/docs/gitformat-loose), without a process for each: whole or
 * not at all, and not again when it is there. Gives its id. Errors: E_DISK_FULL.
 */
export function writeObject(folder: string, type: ObjectType, content: Uint8Array | string): string {
  const bytes = Buffer.from(content);
  const whole = Buffer.concat([Buffer.from(`${type} ${bytes.length}\0`), bytes]);
  const oid = createHash('sha1').update(whole).digest('hex');
  const path = join(folder, oid.slice(0, 2), oid.slice(2));
  if (existsSync(path)) return oid;
  const temporary = temporaryBeside(path);
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(temporary, deflateSync(whole, { level: 1 }), { mode: 0o444, flag: 'wx' });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw diskFull(error, path);
  }
  return oid;
}
