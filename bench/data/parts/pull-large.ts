import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { secondsBeside } from '../../measure.ts';
import { makeFile } from '../files.ts';
import { makeOurs } from '../our-project.ts';
import { rcloneEnvironment } from '../peers.ts';
import { ours } from '../report.ts';
import { type Sample, takeTurns, timed } from '../taken.ts';
import { inFolder, type Part, scaled, withBucket } from '../world.ts';

/** One file of 2 GB from S3 to this disk, beside curl with the same bytes as one object. */
export const pullLarge: Part = {
  name: 'pull-large',
  goals: 1,
  run: (world) =>
    inFolder(world, (folder) =>
      withBucket(world, folder, async (s3, reached) => {
        const { path, data, forget } = makeOurs(reached, folder, 's3://bench/ours');
        const large = path('large.bin');
        makeFile(large, scaled(world, 2e9));
        await data('add', 'data/large.bin');
        const push = await data('push');
        const where = { cwd: folder, env: rcloneEnvironment(reached) };
        await secondsBeside(['rclone', 'copyto', large, 'r:bench/plain.bin'], where);
        const plain = await s3.presigned('bench/plain.bin');
        const [curled, copied] = [join(folder, 'curled'), join(folder, 'copied')];
        const turnOfOurs = async (turn: number): Promise<Record<string, Sample>> => {
          forget();
          rmSync(large);
          const pull = await data('pull');
          return turn === 1 ? { push, pull } : { pull };
        };
        const fetched = (command: readonly [string, ...string[]], to: string) => async () => {
          rmSync(to, { force: true });
          return { pull: await timed(command, where) };
        };
        const taken = await takeTurns(
          [
            { name: ours, turn: turnOfOurs },
            { name: 'curl', turn: fetched(['curl', '-sSf', '-o', curled, plain], curled) },
            {
              name: 'rclone',
              times: 1,
              turn: fetched(['rclone', 'copyto', 'r:bench/plain.bin', copied], copied),
            },
          ],
          world.times,
        );
        await data('status', '--check');
        world.report.step(taken, 'push');
        world.report.step(taken, 'pull', { curl: 0.9 });
      }),
    ),
};
