import { spawnSync } from 'node:child_process';

/** How a child that runs what a stranger made is kept from the rest of the machine, as far as this machine can. */
export interface Isolation {
  /** Words put before the program: `unshare -n setpriv --reuid=65534 …`. Empty where nothing could be had. */
  readonly prefix: readonly string[];
  /** Whether the child is another user than we. */
  readonly user: boolean;
  /** Whether the child has no network. */
  readonly network: boolean;
}

/** The user that owns nothing, by its number everywhere. */
const nobody = 65_534;
const asNobody = ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups', '--no-new-privs'];

/**
 * Tried in turn: as root, by sudo without a password (GitHub's own runners have it), by a namespace of one's own. What
 * works here is found out by doing it, and told: a runner that can do less judges all the same.
 */
export function findIsolation(): Isolation {
  const root = process.getuid?.() === 0;
  const raise = root ? [] : ['sudo', '-n'];
  const choices: readonly Isolation[] = [
    { prefix: [...raise, 'unshare', '-n', ...asNobody], user: true, network: true },
    { prefix: ['unshare', '-rn'], user: false, network: true },
    { prefix: [...raise, ...asNobody], user: true, network: false },
  ];
  return choices.find(({ prefix }) => works(prefix)) ?? { prefix: [], user: false, network: false };
}

/** Node itself must start under it: a hardened runner may refuse just that. */
function works([program, ...args]: readonly string[]): boolean {
  const { status } = spawnSync(program!, [...args, process.execPath, '--version'], {
    stdio: 'ignore',
    timeout: 10_000,
  });
  return status === 0;
}
