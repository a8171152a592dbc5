import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

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
const asUser = (id: number): string[] => [
  'setpriv',
  `--reuid=${id}`,
  `--regid=${id}`,
  '--clear-groups',
  '--no-new-privs',
];

/**
 * Tried in turn: as root, by sudo without a password (GitHub's own runners have it), by a namespace of one's own. What
 * works here is found out by doing it, and told: a runner that can do less judges all the same.
 */
export function findIsolation(): Isolation {
  const own = process.getuid?.() ?? 0;
  const raise = own === 0 ? [] : ['sudo', '-n'];
  const lower = (id: number): string[] => [...asUser(id), ...(own === 0 ? [] : afterSudo())];
  const choices: readonly Isolation[] = [
    { prefix: [...raise, 'unshare', '-n', ...lower(nobody)], user: true, network: true },
    // A home that others may not enter holds the program itself: then at least no network, and no way back to sudo.
    { prefix: [...raise, 'unshare', '-n', ...lower(own)], user: false, network: true },
    { prefix: ['unshare', '-rn'], user: false, network: true },
    { prefix: [...raise, ...lower(nobody)], user: true, network: false },
  ];
  return choices.find(({ prefix }) => works(prefix)) ?? { prefix: [], user: false, network: false };
}

/** Sudo empties the environment, and its child can't be ended by us: the one is given again, the other has an end. */
function afterSudo(): string[] {
  const modules = process.env.LOCKSTEP_MODULES;
  const given = modules === undefined ? [] : [`LOCKSTEP_MODULES=${modules}`];
  return ['timeout', '--signal=KILL', '1200', 'env', ...given];
}

/** Node must start under it and see our programs and packages: a hardened runner may refuse just that. */
function works([program, ...args]: readonly string[]): boolean {
  const modules = process.env.LOCKSTEP_MODULES;
  const places = [fileURLToPath(import.meta.url), ...(modules === undefined ? [] : [modules])];
  const look = "for (const place of process.argv.slice(1)) require('node:fs').accessSync(place)";
  const { status } = spawnSync(program!, [...args, process.execPath, '-e', look, ...places], {
    stdio: 'ignore',
    timeout: 10_000,
  });
  return status === 0;
}
