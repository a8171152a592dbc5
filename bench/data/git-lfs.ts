import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, secondsOf } from '../measure.ts';
import { checkSame, putAside } from './files.ts';
import { type Subject, timed } from './taken.ts';
import type { World } from './world.ts';

/** Git LFS with a bare repository on this disk, which it needs no server for. Shown, not compared. */
export function gitLfs(world: World, folder: string, many: string): Subject {
  const [root, bare, clone] = ['lfs', 'lfs.git', 'lfs-clone'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const env = { ...world.environment, GIT_LFS_SKIP_SMUDGE: '1' };
  const git = (cwd: string, ...args: string[]): Command => [
    ...(['git', '-C', cwd, '-c', 'user.name=Ada', '-c', 'user.email=ada@example.com'] as const),
    ...args,
  ];
  const run = (cwd: string, ...args: string[]) => secondsOf(git(cwd, ...args), { cwd: folder, env });
  const take = (cwd: string, ...args: string[]) => timed(git(cwd, ...args), { cwd: folder, env });
  return {
    name: 'git-lfs',
    times: 1,
    async turn() {
      run(folder, 'init', '--quiet', '--bare', bare);
      run(folder, 'init', '--quiet', '--initial-branch=main', root);
      // Git's own clean-up in the background moves objects away under LFS, which then misses them.
      run(root, 'config', 'gc.auto', '0');
      run(root, 'lfs', 'install', '--local');
      run(root, 'lfs', 'track', '*.bin');
      cpSync(many, join(root, 'many'), { recursive: true });
      run(root, 'add', '--all');
      run(root, 'commit', '--quiet', '--message', 'many');
      run(root, 'remote', 'add', 'origin', `file://${bare}`);
      const push = await take(root, 'push', '--quiet', 'origin', 'main');
      const again = await take(root, 'push', '--quiet', 'origin', 'main');
      run(folder, 'clone', '--quiet', '--branch=main', `file://${bare}`, clone);
      run(clone, 'lfs', 'install', '--local');
      const pull = await take(clone, 'lfs', 'pull');
      checkSame(join(clone, 'many'), many);
      putAside(join(clone, 'many'), world.folder);
      const place = await take(clone, 'lfs', 'checkout');
      checkSame(join(clone, 'many'), many);
      return { push, 'push again': again, pull, place };
    },
  };
}
