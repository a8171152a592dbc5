import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { registerVersion } from '../release-sandbox.ts';
import { checkOrigin } from './checker/origin.ts';
import { timelessTree } from './checker/tree.ts';
import { carryOut, type Order } from './order.ts';
import { giveKey, makeWorld, type World } from './world.ts';

/** One command on one state, which a crash may cut anywhere. */
export interface Scenario {
  readonly name: string;
  readonly template: World;
  readonly order: Omit<Order, 'root'>;
  /** The same as a person types it. */
  readonly command: readonly string[];
  /** Each runner makes a key of its own, which is one commit more. */
  readonly ownKeys?: true;
}

/** What a run without a crash comes to. */
export interface Reference {
  readonly effects: readonly string[];
  readonly tree: string;
  readonly commits: number;
  readonly version: string | null | undefined;
}

const environments = ['dev', 'staging', 'production'];
export const folder = (environment: string): string => `models/churn/environments/${environment}`;

/** Promote, deploy and rollback in each environment, and a promotion by a runner whose key nobody knows yet. */
export async function makeScenarios(): Promise<Scenario[]> {
  const world = await makeWorld();
  await registerVersion(world.workspace, 'v1.0.0');
  await world.promote('v1.0.0', environments);
  await registerVersion(world.workspace, 'v1.1.0');
  await world.pack();
  const scenarios: Scenario[] = [];
  for (const environment of environments) {
    const decision = join('..', `${environment}.json`);
    await world.cli(['promote', 'churn', 'v1.1.0', '--to', environment, '--decide', decision]);
    const template = world.copy(`crash-${environment}`);
    scenarios.push(scenario('promote', environment, template), scenario('deploy', environment, template));
    await world.promote('v1.1.0', [environment]);
  }
  await world.pack();
  return [
    ...scenarios,
    ...environments.map((environment) => scenario('rollback', environment, world)),
    {
      ...scenario('promote', 'dev', await newRunner()),
      name: 'promote to dev by a new runner',
      ownKeys: true,
    },
  ];
}

function scenario(work: Order['work'], environment: string, template: World): Scenario {
  const base = { work, model: 'churn', environment, version: 'v1.1.0' };
  const end = ['--observe', '0', '--json'];
  switch (work) {
    case 'promote':
      return {
        name: `promote to ${environment}`,
        template,
        order: base,
        command: ['promote', 'churn', 'v1.1.0', '--to', environment, ...end],
      };
    case 'deploy':
      return {
        name: `deploy to ${environment}`,
        template,
        order: { ...base, release: `../${environment}.json` },
        command: ['deploy', 'churn', '--to', environment, '--release', `../${environment}.json`, ...end],
      };
    case 'rollback':
      return {
        name: `rollback in ${environment}`,
        template,
        order: { ...base, reason: 'it is worse' },
        command: ['rollback', 'churn', '--in', environment, '--reason', 'it is worse', ...end],
      };
  }
}

/** A machine that has made its key just now, where the branch keeps the keys of runs. */
async function newRunner(): Promise<World> {
  const world = await makeWorld(['churn'], {
    trust: () => '{keys: environments, owner: anybody who may push}',
  });
  await registerVersion(world.workspace, 'v1.0.0');
  await world.promote('v1.0.0', ['dev']);
  await registerVersion(world.workspace, 'v1.1.0');
  giveKey(world.root, generateKeyPairSync('ed25519').privateKey);
  await world.pack();
  return world;
}

export async function referenceOf({ name, template, order }: Scenario): Promise<Reference> {
  const world = template.copy('reference');
  const { names, error } = await carryOut({ ...order, root: world.root });
  if (error !== null) throw new Error(`${name} without a crash: ${error}`);
  const { folders, commits, unverified, problems } = checkOrigin(world.origin);
  const wrong = [...unverified, ...problems];
  if (wrong.length > 0) throw new Error(`${name} without a crash: ${wrong.join('; ')}`);
  const reference = {
    effects: names,
    tree: timelessTree(world.origin),
    commits: commits.length,
    version: folders.get(folder(order.environment))?.version,
  };
  world.remove();
  return reference;
}
