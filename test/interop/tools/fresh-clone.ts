import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Tools } from '../suite.ts';
import { which } from './debian.ts';
import { cleanEnvironment } from './environment.ts';
import type { Ran } from './programs.ts';

/** A stranger's machine: HEAD cloned, nothing installed, an empty HOME, the host's own Node. */
export interface FreshClone {
  readonly root: string;
  readonly run: (file: string, ...args: readonly string[]) => Promise<string>;
  readonly tryRun: (file: string, ...args: readonly string[]) => Promise<Ran>;
  readonly npm: (...args: readonly string[]) => Promise<string>;
  readonly hostNode: string;
}

/** Needs `npm` among `needs.npm`, at the version to try. */
export async function freshClone({ root: checkout, folder, modules, programs }: Tools): Promise<FreshClone> {
  const [root, home] = ['clone', 'home'].map((name) => join(folder, name)) as [string, string];
  mkdirSync(home);
  // First on the PATH, as the npm that our own scripts start must be this one too.
  const env = { ...cleanEnvironment(home), PATH: `${join(modules, '.bin')}:${process.env.PATH}` };
  const options = { cwd: root, env };
  const hostNode = which('node')!;
  await programs.run('git', ['-c', 'safe.directory=*', 'clone', '--quiet', checkout, root], {
    cwd: folder,
    env,
  });
  return {
    root,
    hostNode,
    run: (file, ...args) => programs.run(file, args, options),
    tryRun: (file, ...args) => programs.tryRun(file, args, options),
    npm: (...args) => programs.run(join(modules, '.bin', 'npm'), args, options),
  };
}
