import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkSame, makeFiles, putAside } from '../files.ts';
import { gitLfs } from '../git-lfs.ts';
import { makeOurs } from '../our-project.ts';
import { awsProgram, makeDvc, rcloneEnvironment } from '../peers.ts';
import { ours } from '../report.ts';
import { type Subject, takeTurns, timed } from '../taken.ts';
import { inFolder, type Part, scaled, type World, withBucket } from '../world.ts';

/** A place for one turn of one of them: where nothing lies yet. */
interface Places {
  /** As `remote:` and DVC name it. */
  readonly url: (name: string) => string;
  /** As rclone names it. */
  readonly rclone: (name: string) => string;
}

/** 10,000 files of 10 KB over S3. `pull`: with an empty store; `place`: with a full one, and nothing under data/. */
export const transferS3: Part = {
  name: 'transfer-s3',
  goals: 5,
  run: (world) =>
    inFolder(world, (folder) =>
      withBucket(world, folder, async (_, reached) => {
        const places = {
          url: (name: string) => `s3://bench/${name}`,
          rclone: (name: string) => `r:bench/${name}`,
        };
        await transfer(reached, folder, places, async (many) => [await aws(reached, folder, many)]);
      }),
    ),
};

/** The same over a folder of this disk. */
export const transferDisk: Part = {
  name: 'transfer-disk',
  goals: 5,
  run: (world) =>
    inFolder(world, async (folder) => {
      const there = (name: string) => join(folder, 'there', name);
      const places = { url: (name: string) => pathToFileURL(there(name)).href, rclone: there };
      await transfer(world, folder, places, async (many) => [gitLfs(world, folder, many)]);
    }),
};

async function transfer(
  world: World,
  folder: string,
  places: Places,
  others: (many: string) => Promise<readonly Subject[]>,
): Promise<void> {
  const many = join(folder, 'many');
  makeFiles(many, scaled(world, 10_000), 10_000, 10_000);
  const subjects = [
    transferOfOurs(world, folder, many, places),
    await transferOfDvc(world, folder, many, places),
    transferOfRclone(world, folder, many, places),
    { ...transferOfRclone(world, folder, many, places, '--transfers=32', '--checkers=32'), times: 1 },
    ...(await others(many)),
  ];
  const taken = await takeTurns(subjects, world.times);
  const { report } = world;
  report.step(taken, 'push', { dvc: 5, rclone: 2 });
  report.step(taken, 'push again');
  report.step(taken, 'pull', { dvc: 5, rclone: 2 });
  report.step(taken, 'place', { dvc: 5 });
}

function transferOfOurs(world: World, folder: string, many: string, places: Places): Subject {
  const { path, data, forget, setRemote } = makeOurs(world, folder);
  cpSync(many, path('many'), { recursive: true });
  const brought = async () => {
    putAside(path('many'), world.folder);
    const sample = await data('pull');
    checkSame(path('many'), many);
    return sample;
  };
  return {
    name: ours,
    async turn(turn) {
      forget();
      await data('add', 'data/many');
      setRemote(places.url(`ours-${turn}`));
      const push = await data('push');
      const again = turn === 1 ? { 'push again': await data('push') } : {};
      forget();
      const pull = await brought();
      const place = await brought();
      await data('status', '--check');
      return { push, ...again, pull, place };
    },
  };
}

async function transferOfDvc(world: World, folder: string, many: string, places: Places): Promise<Subject> {
  const { path, dvc, forget, setRemote } = await makeDvc(world, folder);
  cpSync(many, path('many'), { recursive: true });
  await dvc('add', 'data/many');
  const brought = async () => {
    putAside(path('many'), world.folder);
    const sample = await dvc('pull');
    checkSame(path('many'), many);
    return sample;
  };
  return {
    name: 'dvc',
    async turn(turn) {
      setRemote(places.url(`dvc-${turn}`).replace(/^file:\/\//, ''));
      const push = await dvc('push');
      const again = turn === 1 ? { 'push again': await dvc('push') } : {};
      forget();
      const pull = await brought();
      return { push, ...again, pull, place: await brought() };
    },
  };
}

function transferOfRclone(
  world: World,
  folder: string,
  many: string,
  places: Places,
  ...options: string[]
): Subject {
  const name = ['rclone', ...options.slice(0, 1)].join(' ');
  const where = { cwd: folder, env: rcloneEnvironment(world) };
  const back = join(folder, 'rclone');
  const copy = (from: string, to: string) => timed(['rclone', 'copy', ...options, from, to], where);
  return {
    name,
    async turn(turn) {
      const there = places.rclone(`${name.replace(' ', '')}-${turn}`);
      const push = await copy(many, there);
      const again = turn === 1 ? { 'push again': await copy(many, there) } : {};
      putAside(back, world.folder);
      const pull = await copy(there, back);
      checkSame(back, many);
      return { push, ...again, pull };
    },
  };
}

async function aws(world: World, folder: string, many: string): Promise<Subject> {
  const program = await awsProgram();
  const back = join(folder, 'aws');
  mkdirSync(back);
  const sync = (from: string, to: string) =>
    timed([program, 's3', 'sync', '--only-show-errors', from, to], { cwd: folder, env: world.environment });
  return {
    name: 'aws s3 sync',
    times: 1,
    async turn() {
      const push = await sync(many, 's3://bench/aws');
      const again = await sync(many, 's3://bench/aws');
      const pull = await sync('s3://bench/aws', back);
      checkSame(back, many);
      return { push, 'push again': again, pull };
    },
  };
}
