import { checkOrigin } from './checker/origin.ts';
import { makeModels, modelName } from './many-models.ts';
import type { Promised } from './promise.ts';
import { classifiedRefusals } from './push-refusals.ts';
import { forcedUpdates, recordUpdates } from './received.ts';
import type { World } from './world.ts';

/** One promotion by one clone. Two of a model share its counter of promotions, and want environments that are not in each other's way. */
interface Writer {
  readonly model: string;
  readonly version: string;
  readonly environment: string;
}

interface Race {
  readonly words: string;
  readonly missed: readonly string[];
}

const goals = [
  { writers: 20, attempts: 10, seconds: 15 },
  { writers: 40, attempts: 20, seconds: null },
] as const;

/** Twenty and forty at once, each a process in a clone of its own: all land, and nobody forces. */
export const writersAllLand: Promised = async (amount) => {
  const scale = amount.quick ? 10 : 1;
  const world = await makeModels(goals[1].writers / 2 / scale);
  const races: Race[] = [];
  for (const goal of goals) {
    amount.progress(`${goal.writers / scale} writers`);
    races.push(await race(world, goal.writers / scale, goal));
  }
  const refusals = await classifiedRefusals(amount);
  return {
    words: [...races, refusals].map(({ words }) => words).join('; '),
    missed: [...races, refusals].flatMap(({ missed }) => missed),
  };
};

async function race(template: World, count: number, goal: (typeof goals)[number]): Promise<Race> {
  const world = template.copy(`race-${count}`);
  recordUpdates(world.origin);
  const before = checkOrigin(world.origin).commits.length;
  const writers: Writer[] = Array.from({ length: count }, (_, index) => {
    const model = modelName(Math.floor(index / 2));
    return index % 2 === 0
      ? { model, version: 'v1.1.0', environment: 'dev' }
      : { model, version: 'v1.0.0', environment: 'production' };
  });
  const clones: string[] = [];
  for (const index of writers.keys()) clones.push(await world.clone(`writer-${index}`));
  const started = performance.now();
  const ran = await Promise.all(
    writers.map(({ model, version, environment }, index) =>
      world.cli(['promote', model, version, '--to', environment, '--observe', '0', '--json'], clones[index]!),
    ),
  );
  const seconds = (performance.now() - started) / 1000;
  const landed = ran.filter(({ exit }) => exit === 0);
  const attempts = Math.max(
    ...landed.map(({ stdout }) => (JSON.parse(stdout) as { attempts: number }).attempts),
  );
  const { commits, folders, unverified, problems } = checkOrigin(world.origin);
  const { updates, forced } = forcedUpdates(world.origin);
  const absent = writers.filter(
    ({ model, version, environment }) =>
      folders.get(`models/${model}/environments/${environment}`)?.version !== version,
  );
  const missed = [
    ...ran.filter(({ exit }) => exit !== 0).map(({ stderr }) => stderr.trim()),
    ...absent.map(({ model, environment }) => `${model} did not reach ${environment}`),
    ...(commits.length - before === count ? [] : [`${commits.length - before} commits of ${count} writers`]),
    ...(updates === count ? [] : [`${updates} updates of the branch by ${count} writers`]),
    ...forced.map((line) => `forced: ${line}`),
    ...(attempts <= goal.attempts ? [] : [`${attempts} attempts, at most ${goal.attempts} were promised`]),
    ...unverified,
    ...problems,
  ];
  world.remove();
  const limit = goal.seconds === null ? '' : ` (goal ${goal.seconds} s)`;
  return {
    words: `${landed.length} of ${count} writers landed in ${seconds.toFixed(1)} s${limit}, at most ${attempts} attempts, ${forced.length} forced`,
    missed: missed.map((one) => `${count} writers: ${one}`),
  };
}
