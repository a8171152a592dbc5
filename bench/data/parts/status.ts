import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeFiles } from '../files.ts';
import { makeOurs } from '../our-project.ts';
import { makeDvc } from '../peers.ts';
import { ours } from '../report.ts';
import { median, takeTurns } from '../taken.ts';
import { inFolder, type Part, scaled } from '../world.ts';

/** 100,000 files as they were locked: looked at, looked at with nothing remembered, and pulled once more. */
export const status: Part = {
  name: 'status',
  goals: 3,
  run: (world) =>
    inFolder(world, async (folder) => {
      const own = makeOurs(world, folder);
      const { path, dvc, ...other } = await makeDvc(world, folder);
      makeFiles(own.path('many'), scaled(world, 100_000), 100, 2000);
      cpSync(own.path('many'), path('many'), { recursive: true });
      await own.data('add', 'data/many');
      await dvc('add', 'data/many');
      await sleep(100); // Files as new as the look at them are not remembered.
      await own.data('status', '--check');
      const turnOfOurs = async () => {
        const status = await own.data('status', '--check');
        const pull = await own.data('pull');
        rmSync(join(own.root, '.lockstep/cache'), { recursive: true, force: true });
        return {
          status,
          'pull, nothing to do': pull,
          'status, nothing remembered': await own.data('status', '--check'),
        };
      };
      const turnOfDvc = async (turn: number) => {
        const status = await dvc('status');
        if (turn > 1) return { status };
        const checkout = await dvc('checkout');
        for (const place of [join(other.root, '.dvc/tmp'), join(folder, 'dvc-site')])
          rmSync(place, { recursive: true, force: true });
        return {
          status,
          'pull, nothing to do': checkout,
          'status, nothing remembered': await dvc('status'),
        };
      };
      const { report } = world;
      const taken = await takeTurns(
        [
          { name: ours, turn: turnOfOurs },
          { name: 'dvc', turn: turnOfDvc },
        ],
        world.times,
      );
      const seconds = (step: string) => median(taken.of(ours, step).map((sample) => sample.seconds));
      report.step(taken, 'status', { dvc: 10 });
      report.goal('status, median', seconds('status'), { atMost: 1 }, 's');
      report.step(taken, 'status, nothing remembered');
      report.step(taken, 'pull, nothing to do');
      report.goal('pull, median', seconds('pull, nothing to do'), { atMost: 0.5 }, 's');
    }),
};
