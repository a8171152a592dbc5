import { checkOrigin } from './checker/origin.ts';
import { timelessTree } from './checker/tree.ts';
import { folder, makeScenarios, type Reference, referenceOf, type Scenario } from './crash-scenarios.ts';
import { carryOut, workflowRun } from './order.ts';
import { type Amount, inPairs, type Promised, share } from './promise.ts';
import type { World } from './world.ts';

/** A command and the moment in which it dies. */
interface Point {
  readonly scenario: Scenario;
  readonly reference: Reference;
  readonly index: number;
  readonly when: 'before' | 'after';
}

/** What one crash left, and what the same command made of it. */
interface Crash {
  readonly point: string;
  readonly kind: string;
  /** Digests at origin's tip that nothing proves, and whatever else is half-done. */
  readonly unproven: readonly string[];
  readonly notConverged: readonly string[];
  readonly greenUnfinished: readonly string[];
}

/** Killed before and after every effect: nothing at origin is unproven. */
export const crashesLeaveNothingUnproven: Promised = async (amount) => {
  const crashes = await allCrashes(amount);
  const unproven = crashes.flatMap(({ point, unproven: found }) => found.map((one) => `${point}: ${one}`));
  const kinds = Object.entries(Object.groupBy(crashes, ({ kind }) => kind));
  const each = kinds.map(([kind, of]) => `${kind} ${of!.length}`).join(', ');
  const fine = crashes.filter(({ unproven: found }) => found.length === 0).length;
  return {
    words: `${fine} of ${crashes.length} crash points: ${unproven.length} unverified digests (${each})`,
    missed: [...unproven, ...tooFew(crashes, amount)],
  };
};

/** The same command again: the tree of an uncrashed run, one commit, one tag, and no green that is not done. */
export const oneMoreRunFinishes: Promised = async (amount) => {
  const crashes = await allCrashes(amount);
  const missed = (of: 'notConverged' | 'greenUnfinished') =>
    crashes.flatMap((crash) => crash[of].map((one) => `${crash.point}: ${one}`));
  const fine = crashes.filter(({ notConverged }) => notConverged.length === 0).length;
  const green = missed('greenUnfinished');
  return {
    words: `${fine} of ${crashes.length} end as without a crash after one more run, in the same clone and in a new one: same tree, 1 commit, no tag twice; ${green.length} green runs that were not done`,
    missed: [...missed('notConverged'), ...green, ...tooFew(crashes, amount)],
  };
};

const tooFew = (crashes: readonly Crash[], { quick }: Amount): string[] =>
  quick || crashes.length >= 54 ? [] : [`only ${crashes.length} crash points`];

let once: Promise<readonly Crash[]> | undefined;
const allCrashes = (amount: Amount): Promise<readonly Crash[]> => (once ??= crashAll(amount));

async function crashAll(amount: Amount): Promise<readonly Crash[]> {
  const points: Point[] = [];
  for (const scenario of await makeScenarios()) {
    const reference = await referenceOf(scenario);
    for (const index of reference.effects.keys())
      for (const when of ['before', 'after'] as const) points.push({ scenario, reference, index, when });
  }
  const crashes: Crash[] = [];
  await inPairs(share(points, amount), amount, async (point) => void crashes.push(await crashAt(point)));
  return crashes;
}

async function crashAt({ scenario, reference, index, when }: Point): Promise<Crash> {
  const { name, order, template, ownKeys } = scenario;
  const world = template.copy('crash');
  const before = checkOrigin(world.origin).folders.get(folder(order.environment))?.digest;
  const { signal, error } = await carryOut({
    ...order,
    root: world.root,
    at: { index, when, event: 'kill' },
  });
  const unproven = signal === 'SIGKILL' ? [] : [`it did not die there (${error ?? 'it ended'})`];
  const crashed = checkOrigin(world.origin);
  unproven.push(...crashed.unverified, ...crashed.problems);

  const copy = world.copy('crash');
  const again = [
    await runAgain({ scenario, reference, world, root: world.root, before }),
    ...(ownKeys
      ? []
      : [
          await runAgain({
            scenario,
            reference,
            world: copy,
            root: await copy.clone('again', 'ada'),
            before,
          }),
        ]),
  ];
  world.remove();
  copy.remove();
  return {
    point: `${name}, ${when} "${reference.effects[index]}" (effect ${index + 1})`,
    kind: order.work,
    unproven,
    notConverged: again.flatMap(({ differences }, at) => differences.map((one) => `${clones[at]}: ${one}`)),
    greenUnfinished: again.flatMap(({ unfinished }, at) => unfinished.map((one) => `${clones[at]}: ${one}`)),
  };
}

/** Where the command runs again: where it died, or where nothing of that is known. */
const clones = ['the crashed clone', 'a new clone'];

interface Again extends Pick<Point, 'scenario' | 'reference'> {
  readonly world: World;
  readonly root: string;
  /** The digest before anything was done. */
  readonly before: string | null | undefined;
}

async function runAgain({ scenario, reference, world, root, before }: Again) {
  const { order, command } = scenario;
  const { exit, stderr } = await world.cli(command, root, workflowRun);
  const { folders, commits, unverified, problems } = checkOrigin(world.origin);
  const found = folders.get(folder(order.environment));
  const finished = found?.version === reference.version && found?.problems.length === 0;
  const differences = [
    ...(exit === 0 ? [] : [`the second run ended with ${exit}: ${stderr}`]),
    ...(timelessTree(world.origin) === reference.tree ? [] : ['another tree']),
    ...(commits.length === reference.commits ? [] : [`${commits.length} commits, not ${reference.commits}`]),
    ...(found?.digest === before ? ['the digest did not change'] : []),
    ...unverified,
    ...problems,
  ];
  return { differences, unfinished: exit === 0 && !finished ? ['exit 0, and the state is not there'] : [] };
}
