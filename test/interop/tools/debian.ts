import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { openRunner } from './programs.ts';
import { Unavailable } from './unavailable.ts';

/** The path of a program, or null. */
export function which(program: string): string | null {
  const places = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  for (const place of places.filter((folder) => folder !== '')) {
    try {
      accessSync(join(place, program), constants.X_OK);
      return join(place, program);
    } catch {
      // Not in this folder.
    }
  }
  return null;
}

/** Brings programs onto a Debian machine: {program: package}. */
export async function ensurePrograms(programs: Readonly<Record<string, string>>): Promise<void> {
  const missing = Object.entries(programs).filter(([program]) => which(program) === null);
  if (missing.length === 0) return;
  await installPackages(missing.map(([, name]) => name));
  const absent = missing.filter(([program]) => which(program) === null).map(([program]) => program);
  if (absent.length > 0) throw new Unavailable(`${absent.join(', ')} not found after apt-get install`);
}

/** As root at once, with sudo only under `CI=true`: nobody wants tests to change their own laptop. */
export async function installPackages(names: readonly string[]): Promise<void> {
  const wanted = `apt-get install ${names.join(' ')}`;
  const isRoot = process.getuid?.() === 0;
  if (which('apt-get') === null) throw new Unavailable(`needs "${wanted}", and this machine has no apt-get`);
  if (!isRoot && (process.env.CI !== 'true' || which('sudo') === null)) {
    throw new Unavailable(`needs "${wanted}", which is left to you`);
  }
  const { tryRun } = openRunner('/');
  const apt = (...args: string[]) => {
    const command = [...(isRoot ? [] : ['sudo', '-n']), 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get'];
    return tryRun(command[0]!, [...command.slice(1), ...args]);
  };
  const install = () => apt('install', '-y', '-q', '--no-install-recommends', ...names);
  if ((await install()).code === 0) return;
  await apt('update', '-q');
  const { code, err } = await install();
  if (code !== 0) throw new Unavailable(`${wanted} ended with ${code}: ${err.trim()}`);
}
