import { forgery, goodChange, lie, noModel, worseChange } from '../act/change-scenes.ts';
import { firstPush, promotion } from '../act/release-scenes.ts';
import { merged, ownRunner } from '../act/runner-scenes.ts';
import { makeWorld } from '../act/world.ts';
import type { Suite } from '../suite.ts';

/** In this order: each finds what those before it left. */
const scenes = [firstPush, promotion, noModel, goodChange, worseChange, lie, forgery, ownRunner, merged];

export const suite: Suite = {
  name: 'act',
  shows:
    'a real runner takes our workflows from a pull request to an environment, and judges truly what lies',
  minutes: 10,
  needs: { debian: { 'docker-registry': 'docker-registry' } },
  run: async (tools) => {
    await using world = await makeWorld(tools);
    const seen: string[] = [];
    for (const scene of scenes) seen.push(await scene(world));
    return seen.join(', ');
  },
};
