import { registerVersion } from '../release-sandbox.ts';
import { makeWorld, type World } from './world.ts';

export const modelName = (index: number): string => `model-${index}`;

const made = new Map<number, Promise<World>>();

/** A copy of a project with so many models: v1.0.0 in dev and staging, and v1.1.0 registered. */
export async function makeModels(count: number): Promise<World> {
  const template = made.get(count) ?? make(count);
  made.set(count, template);
  return (await template).copy('models');
}

async function make(count: number): Promise<World> {
  const models = Array.from({ length: count }, (_, index) => modelName(index));
  const world = await makeWorld(models);
  for (const version of ['v1.0.0', 'v1.1.0'])
    for (const model of models) await registerVersion(world.workspace, version, { model });
  for (const model of models) await world.promote('v1.0.0', ['dev', 'staging'], model);
  await world.pack();
  return world;
}
