import { registerVersion } from '../release-sandbox.ts';
import { commitChanges } from './change-branch.ts';
import { git, readObjects } from './checker/git.ts';
import { checkOrigin } from './checker/origin.ts';
import { goodTrees } from './good-trees.ts';
import { makeModels, modelName } from './many-models.ts';
import { type Amount, inPairs, type Promised, share } from './promise.ts';
import { type Tampering, tamperings } from './tamperings.ts';
import { makeWorld, type World } from './world.ts';

const branch = 'refs/heads/environments';
const environments = ['dev', 'staging', 'production'];

/** `lockstep verify` finds each lie where it stands, calls no truth a lie, and is quick. */
export const liesAreFound: Promised = async (amount) => {
  const [lies, truths] = await Promise.all([findLies(amount), believeTruths(amount)]);
  const speed = await timeVerify(amount);
  return {
    words: [lies, truths, speed].map(({ words }) => words).join('; '),
    missed: [lies, truths, speed].flatMap(({ missed }) => missed),
  };
};

async function findLies(amount: Amount) {
  const world = await makeWorld();
  await registerVersion(world.workspace, 'v1.0.0');
  await world.promote('v1.0.0', environments);
  await registerVersion(world.workspace, 'v1.1.0');
  await world.promote('v1.1.0', ['dev']);
  await world.pack();
  const lies = share(
    tamperings({ files: filesAt(world), key: world.key, commit: git(world.origin, ['rev-parse', branch]) }),
    amount,
  );
  const missed: string[] = [];
  let seen = 0;
  await inPairs(lies, amount, async (lie) => {
    const copy = world.copy('tampered');
    commitChanges(copy.origin, lie.changes);
    const { exit, stderr } = await copy.cli(['verify']);
    if (exit !== 1 || !places(stderr).includes(lie.at))
      missed.push(
        `${lie.name}: it stands in ${lie.at}, verify ended with ${exit}: ${stderr.trim() || 'nothing'}`,
      );
    if (checkerFinds(copy, lie)) seen++;
    else missed.push(`${lie.name}: the checker itself does not see it`);
    copy.remove();
  });
  const found = lies.length - missed.length;
  return {
    words: `${found} of ${lies.length} lies found with file and line (by the checker ${seen})`,
    missed,
  };
}

const places = (stderr: string): string[] =>
  stderr
    .split('\n')
    .map((line) => / in ((?:models\/\S+?|[\w.]+):\d+)(?::\d+)?(?: —|\.)/.exec(line)?.[1] ?? '');

/** A commit by hand is a problem in any case; here it is the folder that has to be refused, or the file that is none of ours. */
function checkerFinds({ origin }: World, { changes }: Tampering): boolean {
  const { unverified, problems } = checkOrigin(origin);
  return (
    unverified.length > 0 || problems.some((one) => Object.keys(changes).some((path) => one.includes(path)))
  );
}

function filesAt({ origin }: World): Map<string, string> {
  const entries = git(origin, ['ls-tree', '-r', branch])
    .split('\n')
    .map((line) => line.split(/[ \t]/) as [string, string, string, string]);
  const blobs = readObjects(
    origin,
    entries.map(([, , id]) => id),
  );
  return new Map(entries.map(([, , id, path]) => [path, blobs.get(id)!.toString()]));
}

/** One project's life, looked at after each step. */
async function believeTruths({ quick }: Amount) {
  const world = await makeWorld(['churn', 'other']);
  for (const version of ['v1.0.0', 'v1.1.0']) await registerVersion(world.workspace, version);
  await registerVersion(world.workspace, 'v1.0.0', { model: 'other' });
  const missed: string[] = [];
  const tried = quick ? goodTrees.slice(0, 3) : goodTrees;
  for (const { name, work } of tried) {
    await work(world);
    const { exit, stderr } = await world.cli(['verify']);
    const { unverified } = checkOrigin(world.origin);
    if (exit !== 0) missed.push(`${name}: verify ended with ${exit}: ${stderr.trim()}`);
    missed.push(...unverified.map((one) => `${name}: the checker says: ${one}`));
  }
  return { words: `${missed.length} false alarms on ${tried.length} good trees`, missed };
}

/** The whole command as it is typed, with its start; the best of five says most about it on a busy machine. */
async function timeVerify({ quick }: Amount) {
  const models = quick ? 2 : 20;
  const world = await makeModels(models);
  for (let index = 0; index < models; index++)
    await world.promote('v1.0.0', ['production'], modelName(index));
  const seconds: number[] = [];
  for (let turn = 0; turn < 5; turn++) {
    const ran = await world.cli(['verify', '--json']);
    const { folders } = JSON.parse(ran.stdout) as { folders: number };
    if (folders !== 3 * models) throw new Error(`${folders} folders of ${3 * models} verified`);
    seconds.push(ran.seconds);
  }
  const [best, , median] = seconds.sort((a, b) => a - b) as [number, number, number];
  return {
    words: `3 × ${models} models in ${best.toFixed(2)} s at best, ${median.toFixed(2)} s in the median (goal 1 s)`,
    missed: best <= 1 ? [] : [`3 × ${models} models took ${best.toFixed(2)} s`],
  };
}
