import assert from 'node:assert/strict';
import type { World } from './world.ts';

const statusOf = ({ github }: World, head: string) =>
  github.state.statuses.findLast(({ sha, context }) => sha === head && context === 'lockstep/verdict');
/** The status of a head is this, or the run's words say why not. */
export function assertStatus(world: World, head: string, state: string): string {
  const found = statusOf(world, head);
  assert.equal(found?.state, state, found?.description ?? 'no status');
  return found!.description!;
}

export const comments = ({ github }: World, number: number) =>
  github.state.comments.filter(({ issue }) => issue === number).map(({ body }) => body);
