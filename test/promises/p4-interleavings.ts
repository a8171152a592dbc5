import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { type Effects, promote, rollback } from '../../src/gitops/index.ts';
import { git, openWorkspace } from '../../src/workspace/index.ts';
import { registerVersion } from '../release-sandbox.ts';
import { refOf } from './checker/git.ts';
import type { Commit } from './checker/history.ts';
import { checkOrigin } from './checker/origin.ts';
import { inPairs, type Promised } from './promise.ts';
import { Scheduler } from './scheduler.ts';
import { makeWorld, type World } from './world.ts';

const ran = ['v1.0.0', 'v1.1.0', 'v1.2.0'];
const wanted = ['v1.3.0', 'v1.4.0', 'v1.5.0'];
const clones = ['ada', 'bob', 'cyd', 'dan'];
const environment = 'dev';
const branch = 'refs/heads/environments';

/** Three promoters and a rollback on one environment, in turns that a seed decides. */
export const interleavingsAreSerial: Promised = async (amount) => {
  const template = await makeTemplate();
  const seeds = Array.from({ length: amount.quick ? 20 : 200 }, (_, index) => amount.seed * 1000 + index);
  const missed: string[] = [];
  const histories = new Set<string>();
  let [serial, losers] = [0, 0];
  await inPairs(seeds, amount, async (seed) => {
    const world = template.copy('turns');
    const { commits, lost, wrong } = await interleave(world, seed);
    missed.push(...wrong.map((one) => `seed ${seed}: ${one}`));
    if (wrong.length === 0) serial++;
    losers += lost;
    histories.add(commits.map(({ subject }) => subject).join('\n'));
    world.remove();
  });
  return {
    words: `${serial} of ${seeds.length} interleavings (seed ${amount.seed}) equal a serial order, ${histories.size} different histories; ${losers} losers told "expected X, found Y"`,
    missed,
  };
};

async function makeTemplate(): Promise<World> {
  const world = await makeWorld();
  for (const version of [...ran, ...wanted]) await registerVersion(world.workspace, version);
  for (const version of ran) await world.promote(version, [environment]);
  await world.pack();
  for (const name of clones.slice(1)) {
    cpSync(world.root, join(world.folder, name), { recursive: true });
    await git(['config', 'user.name', name], { cwd: join(world.folder, name) });
  }
  return world;
}

async function interleave(world: World, seed: number) {
  const scheduler = new Scheduler(seed);
  const hold = scheduler.pick([true, false]);
  const base = { model: 'churn', environment, observe: 0 };
  const firstTips = new Map<string, string | null>();
  const work =
    (name: string, clone: string) =>
    (effects: Effects): Promise<{ commit: string | null }> => {
      const workspace = openWorkspace(join(world.folder, clone));
      const watched = rememberFirst(effects, () => firstTips.set(name, refOf(world.origin, branch)));
      return name === 'rollback'
        ? rollback(workspace, { ...base, reason: 'worse', hold }, watched)
        : promote(workspace, { ...base, version: name }, watched);
    };
  const names = [...wanted, 'rollback'];
  const ends = await scheduler.runAll(
    Object.fromEntries(names.map((name, index) => [name, work(name, clones[index]!)])),
  );
  const { commits, unverified, problems } = checkOrigin(world.origin);
  const landed = commits.slice(ran.length);
  const { states, wrong } = replay(landed, hold);
  wrong.push(...unverified, ...problems);
  let lost = 0;
  for (const [name, end] of ends) {
    const first = states[commits.findIndex(({ id }) => id === firstTips.get(name))]!;
    if (end.status === 'rejected') {
      lost++;
      wrong.push(...wrongLoss(name, String((end.reason as Error).message), states, first));
    } else {
      const own = landed.filter(({ id }) => id === end.value.commit);
      wrong.push(...wrongLanding(name, own, first));
    }
  }
  if (landed.length + lost !== ends.size) wrong.push(`${landed.length} landed and ${lost} lost`);
  return { commits: landed, lost, wrong };
}

/** Calls back when the branch was read for the first time, before anybody else may go on. */
function rememberFirst(effects: Effects, remember: () => void): Effects {
  let first = true;
  return {
    ...effects,
    perform: async (name, work) => {
      const result = await effects.perform(name, work);
      if (first && name === 'read') remember();
      if (name === 'read') first = false;
      return result;
    },
  };
}

/** Does the commits one after the other on a model of the environment that knows nothing of Git. */
function replay(commits: readonly Commit[], hold: boolean): { states: string[]; wrong: string[] } {
  const states = [...ran];
  const held = new Set<string>();
  const wrong: string[] = [];
  for (const { told } of commits) {
    const now = states.at(-1)!;
    const earlier = states.slice(0, -1).findLast((version) => version !== now && !held.has(version));
    const next = told.event === 'rollback' ? earlier : told.version;
    if (told.from !== now || told.version !== next || held.has(String(next)))
      wrong.push(`${told.event} of ${told.version} from ${told.from}, when ${now} ran and ${next} was next`);
    if (told.event === 'rollback' && hold) held.add(now);
    states.push(String(next));
  }
  return { states, wrong };
}

/** Who landed did what it says, on the version that it had seen when it began. */
function wrongLanding(name: string, own: readonly Commit[], first: string): string[] {
  const [told] = own.map((commit) => commit.told);
  const did = told?.event === 'rollback' ? 'rollback' : told?.version;
  return own.length === 1 && did === name && told?.from === first
    ? []
    : [`${name} saw ${first}, and ${own.length} commits of it did ${did} from ${told?.from}`];
}

/** Who lost names what was there when it began, and what came to be there since. */
function wrongLoss(name: string, message: string, states: readonly string[], first: string): string[] {
  const [, expected, found] = /^E_PROMOTE_RACE: .*: expected (\S+), found (\S+) —/.exec(message) ?? [];
  const since = states.lastIndexOf(String(found));
  return expected === first && found !== first && since > states.indexOf(first) && since >= ran.length
    ? []
    : [`${name} saw ${first}, lost and was told: ${message}`];
}
