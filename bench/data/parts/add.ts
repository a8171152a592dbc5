import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeFile, makeFiles } from '../files.ts';
import { makeOurs } from '../our-project.ts';
import { makeDvc } from '../peers.ts';
import { ours } from '../report.ts';
import { median, takeTurns, timed } from '../taken.ts';
import { inFolder, type Part, scaled } from '../world.ts';

/** 10,000 files of 10 KB: locked for the first time, and once more with all of it known. */
export const addMany: Part = {
  name: 'add-many',
  goals: 1,
  run: (world) =>
    inFolder(world, async (folder) => {
      const own = makeOurs(world, folder);
      const { path, dvc, forget } = await makeDvc(world, folder);
      makeFiles(own.path('many'), scaled(world, 10_000), 10_000, 10_000);
      cpSync(own.path('many'), path('many'), { recursive: true });
      const turnOfOurs = async () => {
        own.forget();
        rmSync(join(own.root, 'data.lock'), { force: true });
        const add = await own.data('add', 'data/many');
        return { add, 'add again': await own.data('add', 'data/many') };
      };
      const turnOfDvc = async () => {
        forget();
        rmSync(path('many.dvc'), { force: true });
        const add = await dvc('add', 'data/many');
        return { add, 'add again': await dvc('add', 'data/many') };
      };
      const taken = await takeTurns(
        [
          { name: ours, turn: turnOfOurs },
          { name: 'dvc', turn: turnOfDvc },
        ],
        world.times,
      );
      world.report.step(taken, 'add', { dvc: 5 });
      world.report.step(taken, 'add again');
    }),
};

/** One file of 2 GB, beside what the processor and the disk must at least take for it. */
export const addLarge: Part = {
  name: 'add-large',
  goals: 1,
  run: (world) =>
    inFolder(world, async (folder) => {
      const own = makeOurs(world, folder);
      const { path, dvc } = await makeDvc(world, folder);
      const [large, copy] = [own.path('large.bin'), join(folder, 'copy')];
      makeFile(large, scaled(world, 2e9));
      const where = { cwd: folder, env: world.environment };
      const turnOfOurs = async () => {
        own.forget();
        rmSync(join(own.root, 'data.lock'), { force: true });
        return { add: await own.data('add', 'data/large.bin') };
      };
      const turnOfDisk = async () => {
        const add = await timed(['sh', '-c', `cp "${large}" "${copy}" && sync "${copy}"`], where);
        rmSync(copy);
        return { add };
      };
      const turnOfDvc = async () => {
        cpSync(large, path('large.bin'));
        return { add: await dvc('add', 'data/large.bin') };
      };
      const taken = await takeTurns(
        [
          { name: ours, turn: turnOfOurs },
          {
            name: 'openssl dgst',
            turn: async () => ({ add: await timed(['openssl', 'dgst', '-sha256', large], where) }),
          },
          { name: 'cp and sync', turn: turnOfDisk },
          { name: 'dvc', times: 1, turn: turnOfDvc },
        ],
        world.times,
      );
      world.report.step(taken, 'add');
      const seconds = (name: string) => median(taken.of(name, 'add').map((sample) => sample.seconds));
      const slower = Math.max(seconds('openssl dgst'), seconds('cp and sync'));
      world.report.goal(
        'speed of the slower of openssl and the disk that ours reaches',
        slower / seconds(ours),
        { atLeast: 0.9 },
        '×',
      );
    }),
};
