import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * A folder outside the repository that `make` fills once a machine for a list of pinned things. A making that was
 * cut short leaves no mark, and the next one starts again.
 */
export async function cached(
  kind: string,
  things: readonly string[],
  make: (folder: string) => Promise<unknown>,
): Promise<string> {
  const base = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  const key = createHash('sha256').update(things.join('\n')).digest('hex').slice(0, 12);
  const folder = join(base, 'lockstep-interop', `${kind}-${key}`);
  const done = join(folder, '.complete');
  if (existsSync(done)) return folder;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await make(folder);
  mkdirSync(`${done}.new`);
  renameSync(`${done}.new`, done);
  return folder;
}
