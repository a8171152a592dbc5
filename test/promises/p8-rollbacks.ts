import { registerVersion } from '../release-sandbox.ts';
import { commitChanges } from './change-branch.ts';
import { git } from './checker/git.ts';
import { checkOrigin } from './checker/origin.ts';
import { inPairs, type Promised, share } from './promise.ts';
import { makeWorld, type World } from './world.ts';

const branch = 'refs/heads/environments';
const production = 'models/churn/environments/production';
const versions = ['v1.0.0', 'v1.1.0', 'v1.2.0', 'v1.3.0', 'v1.4.0', 'v1.5.0'];

/** Back to each of the last five, without the version's tag; and to what is not proven, in no way. */
export const rollbacksRestore: Promised = async (amount) => {
  const { world, trees } = await makeTemplate();
  const missed: string[] = [];
  const targets = share([...trees].slice(0, 5), amount);
  await inPairs(targets, amount, async ([version, tree]) => {
    const wrong = await rollBack(world.copy('rollback'), version, tree);
    missed.push(...wrong.map((one) => `back to ${version}: ${one}`));
  });
  const fine = targets.length - new Set(missed.map((one) => one.split(':')[0])).size;
  const tried = share(unproven, amount);
  let possible = 0;
  await inPairs(tried, amount, async ({ name, arrange, to }) => {
    const copy = world.copy('unproven');
    await arrange(copy);
    const before = git(copy.origin, ['rev-parse', branch]);
    const { exit, stderr } = await copy.cli(command(to));
    const refused = exit === 1 && /^E_(ROLLBACK_NONE|PROMOTE_HELD): /.test(stderr);
    if (git(copy.origin, ['rev-parse', branch]) !== before) possible++;
    if (!refused) missed.push(`${name}: ended with ${exit}: ${stderr}`);
    copy.remove();
  });
  return {
    words: `${fine} of ${targets.length} rollbacks by 1 command, without the tag, equal the old tree byte for byte; ${possible} of ${tried.length} to unproven records possible`,
    missed: possible === 0 ? missed : [...missed, `${possible} rollbacks to what is not proven`],
  };
};

const command = (to: string) => [
  ...['rollback', 'churn', '--in', 'production', '--to', to, '--reason', 'it is worse', '--observe', '0'],
];

async function makeTemplate(): Promise<{ world: World; trees: Map<string, string> }> {
  const world = await makeWorld();
  const trees = new Map<string, string>();
  for (const version of versions) {
    // Another base each time, so that not even the copies are alike.
    const patch = `# For ${version}.\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: churn\nspec:\n  replicas: 3\n`;
    await registerVersion(world.workspace, version, {}, { 'models/churn/deploy/production.yaml': patch });
    await world.promote(version, ['dev', 'staging', 'production']);
    trees.set(version, git(world.origin, ['rev-parse', `${branch}:${production}`]));
  }
  await world.pack();
  return { world, trees };
}

async function rollBack(world: World, version: string, tree: string): Promise<string[]> {
  for (const at of [world.origin, world.root]) git(at, ['update-ref', '-d', `refs/tags/churn@${version}`]);
  const before = checkOrigin(world.origin).commits.length;
  const { exit, stderr } = await world.cli(command(version));
  const { commits, unverified, problems } = checkOrigin(world.origin);
  const wrong = [...unverified, ...problems];
  if (exit !== 0) wrong.push(`ended with ${exit}: ${stderr}`);
  if (git(world.origin, ['rev-parse', `${branch}:${production}`]) !== tree) wrong.push('another tree');
  if (commits.length !== before + 1) wrong.push(`${commits.length - before} commits`);
  world.remove();
  return wrong;
}

/** Histories in which the version that is asked for was never proven, or is not any more. */
const unproven: readonly { name: string; to: string; arrange: (world: World) => Promise<void> | void }[] = [
  { name: 'a version that never ran here', to: 'v9.0.0', arrange: () => {} },
  {
    name: 'a version that was only registered',
    to: 'v1.6.0',
    arrange: async ({ workspace }) => void (await registerVersion(workspace, 'v1.6.0')),
  },
  {
    name: 'a folder that somebody changed by hand',
    to: 'v1.6.0',
    arrange: async (world) => {
      await registerVersion(world.workspace, 'v1.6.0');
      tamper(world, (text) => text.replaceAll('v1.5.0', 'v1.6.0'));
    },
  },
  {
    name: 'a version that was held since',
    to: 'v1.3.0',
    arrange: async (world) =>
      void (await world.cli(['hold', 'churn', 'v1.3.0', '--reason', 'wrong airports'])),
  },
  {
    name: 'versions whose signer is trusted no more',
    to: 'v1.3.0',
    arrange: ({ root, origin }) => {
      const key = 'MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=';
      commitChanges(
        origin,
        { 'lockstep.yaml': `trust:\n  - {key: "${key}", owner: others}\n` },
        'refs/heads/main',
      );
      git(root, ['fetch', '--quiet', 'origin']);
      git(root, ['reset', '--quiet', '--hard', 'origin/main']);
    },
  },
];

/** The evidence in production changed by hand, and put right again: the lie is in the history alone. */
function tamper({ origin }: World, change: (text: string) => string): void {
  const path = `${production}/release.json`;
  const text = `${git(origin, ['show', `${branch}:${path}`])}\n`;
  const release = JSON.parse(text) as { record: { payload: string } };
  const payload = change(Buffer.from(release.record.payload, 'base64').toString());
  const lie = text.replace(release.record.payload, Buffer.from(payload).toString('base64'));
  if (lie === text) throw new Error('nothing changed');
  commitChanges(origin, { [path]: lie });
  commitChanges(origin, { [path]: text });
}
