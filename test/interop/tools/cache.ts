import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where a list of pinned things of one kind is kept, outside the repository; null until it is there whole. */
export function findCached(kind: string, things: readonly string[]): string | null {
  const folder = folderOf(kind, things);
  return existsSync(join(folder, complete)) ? folder : null;
}

/**
 * That folder, filled by `make` once a machine. A making that was cut short leaves no mark, and the next one starts
 * again.
 */
export async function cached(
  kind: string,
  things: readonly string[],
  make: (folder: string) => Promise<unknown>,
): Promise<string> {
  const folder = folderOf(kind, things);
  const done = join(folder, complete);
  if (existsSync(done)) return folder;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await make(folder);
  mkdirSync(`${done}.new`);
  renameSync(`${done}.new`, done);
  return folder;
}

const complete = '.complete';

function folderOf(kind: string, things: readonly string[]): string {
  const base = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  const key = createHash('sha256').update(things.join('\n')).digest('hex').slice(0, 12);
  return join(base, 'lockstep-interop', `${kind}-${key}`);
}
