import { LockstepError, nearest } from '../workspace/index.ts';
import type { Lock, LockEntry } from './lock/lock.ts';
import { lockName } from './lock/lock-file.ts';

/** The entry of a key; a folder may be named without its slash. Errors: E_DATA_MISSING with the nearest key. */
export function entryOf(lock: Lock, key: string, environment?: string): LockEntry {
  const wanted = key.replace(/^data\//, '');
  const found =
    lock.entries.find((entry) => entry.key === key || entry.key === `${key}/`) ??
    lock.entries.find((entry) => entry.key === wanted || entry.key === `${wanted}/`);
  if (found) return found;
  const keys = lock.entries.map((entry) => entry.key);
  const near = nearest(key, keys.slice(0, 10_000));
  throw new LockstepError('E_DATA_MISSING', {
    what: `no dataset "${key}"`,
    where: { file: lockName(environment) },
    allowed:
      keys.length === 0
        ? 'none is locked yet'
        : `${keys.slice(0, 10).join(', ')}${keys.length > 10 ? ` and ${keys.length - 10} more` : ''}`,
    fix: near
      ? `did you mean "${near}"?`
      : `run \`lockstep data add\`${environment === undefined ? '' : ` with --for ${environment}`}`,
  });
}

/** The entries that a command is about: all, or those named. `environment` where it is an environment's own lock. */
export function selectEntries(
  lock: Lock,
  only: readonly string[] = [],
  environment?: string,
): readonly LockEntry[] {
  return only.length === 0 ? lock.entries : [...new Set(only.map((key) => entryOf(lock, key, environment)))];
}
