import { mkdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Tools } from '../suite.ts';
import { cleanEnvironment } from './environment.ts';

/** A stranger's machine: HEAD cloned, nothing installed, an empty HOME, the host's own Node. */
export interface FreshClone {
  readonly root: string;
  readonly run: (file: string, ...args: readonly string[]) => Promise<string>;
  readonly npm: (...args: readonly string[]) => Promise<string>;
}

/** Needs `npm` among `needs.npm`, at the version to try. */
export async function freshClone({ root: checkout, folder, modules, programs }: Tools): Promise<FreshClone> {
  const [root, home] = ['clone', 'home'].map((name) => join(folder, name)) as [string, string];
  mkdirSync(home);
  // First on the PATH, as the npm that our own scripts start must be this one too.
  const clean = cleanEnvironment(home);
  const env = { ...clean, PATH: `${join(modules, '.bin')}${delimiter}${clean.PATH}` };
  const options = { cwd: root, env };
  await programs.run('git', ['-c', 'safe.directory=*', 'clone', '--quiet', checkout, root], {
    cwd: folder,
    env,
  });
  return {
    root,
    run: (file, ...args) => programs.run(file, args, options),
    npm: (...args) => programs.run(join(modules, '.bin', 'npm'), args, options),
  };
}
