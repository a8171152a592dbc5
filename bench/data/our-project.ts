import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { secondsOf } from '../measure.ts';
import { putAside } from './files.ts';
import { type Sample, timed } from './taken.ts';
import type { World } from './world.ts';

const program = join(import.meta.dirname, '../../bin/lockstep.js');

/** A project of ours with nothing but data. */
export interface OurProject {
  readonly root: string;
  /** Of a dataset, below data/. */
  readonly path: (key: string) => string;
  /** `lockstep data …`, as a user starts it. */
  readonly data: (...args: string[]) => Promise<Sample>;
  /** Removes what the project knows, and leaves data/ and data.lock. */
  readonly forget: () => void;
  readonly setRemote: (remote: string) => void;
  /** Commits data.lock: from then on it is a version that later ones may share with. */
  readonly commit: () => void;
}

export function makeOurs(world: World, folder: string, remote = 'file:.data'): OurProject {
  const root = join(folder, 'ours');
  const where = { cwd: root, env: world.environment };
  for (const name of ['pipelines', 'data']) mkdirSync(join(root, name), { recursive: true });
  const setRemote = (value: string) => writeFileSync(join(root, 'lockstep.yaml'), `remote: ${value}\n`);
  setRemote(remote);
  secondsOf(['git', 'init', '--quiet'], where);
  // Compiles us, as `dvc init` makes Python do with DVC.
  writeFileSync(join(root, 'data/first'), '');
  secondsOf(['node', program, 'data', 'add', 'data/first'], where);
  for (const name of ['data/first', 'data.lock', '.lockstep'])
    rmSync(join(root, name), { recursive: true, force: true });
  return {
    root,
    path: (key) => join(root, 'data', key),
    async data(...args) {
      const sample = await timed(['node', program, 'data', ...args], where);
      world.report.ran(sample);
      return sample;
    },
    forget: () => putAside(join(root, '.lockstep'), world.folder),
    setRemote,
    commit() {
      const as = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com'];
      secondsOf(['git', 'add', 'data.lock', 'lockstep.yaml'], where);
      secondsOf(['git', ...as, 'commit', '--quiet', '--message', 'data'], where);
    },
  };
}
