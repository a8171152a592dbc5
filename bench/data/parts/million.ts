import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkSame, makeFiles } from '../files.ts';
import { makeOurs } from '../our-project.ts';
import { ours } from '../report.ts';
import { type Sample, takeTurns } from '../taken.ts';
import { inFolder, type Part, scaled } from '../world.ts';

/** 1,000,000 files in one dataset, once: that it works, how long it takes, and that its line is as long as any. */
export const million: Part = {
  name: 'million',
  goals: 1,
  run: (world) =>
    inFolder(world, async (folder) => {
      const { root, path, data, forget } = makeOurs(world, folder, pathToFileURL(join(folder, 'there')).href);
      const longest = async (name: string): Promise<readonly [number, Sample]> => {
        const add = await data('add', `data/${name}`);
        return [lineOf(readFileSync(join(root, 'data.lock'), 'utf8'), name), add];
      };
      makeFiles(path('few'), 10, 100, 300);
      makeFiles(path('many'), scaled(world, 1_000_000), 100, 300);
      const [few] = await longest('few');
      const turn = async () => {
        const [many, add] = await longest('many');
        const status = await data('status', '--check');
        const again = await data('status', '--check');
        const push = await data('push', 'many/');
        const copy = join(folder, 'many');
        makeFiles(copy, scaled(world, 1_000_000), 100, 300);
        forget();
        rmSync(path('many'), { recursive: true });
        const pull = await data('pull', 'many/');
        checkSame(path('many'), copy);
        world.report.goal('its line in data.lock, over one of 10 files', many - few, { atMost: 12 }, 'bytes');
        return { add, status, 'status again': again, push, pull };
      };
      const taken = await takeTurns([{ name: ours, turn }], 1);
      for (const step of ['add', 'status', 'status again', 'push', 'pull']) world.report.step(taken, step);
    }),
};

/** Digits of its size and its count of files may differ, nothing else. */
const lineOf = (lock: string, name: string): number =>
  lock.split('\n').find((line) => line.includes(`${name}/`))!.length - name.length;
