import assert from 'node:assert/strict';
import { improve, needGpuRunner } from './changes.ts';
import { contribute, report } from './contribution.ts';
import { assertStatus } from './verdict.ts';
import { assertJobs, type Ended, type PullRequest, type World } from './world.ts';

/** A pull request can't train on a runner of our own. Somebody who may write has it trained there, once for all. */
export async function ownRunner(world: World): Promise<string> {
  await world.repository.push(needGpuRunner, 'refs/heads/main');
  const pull = await world.open(improve);
  const [run, told] = await contribute(world, pull);
  assertJobs(run!, { plan: 'success' });
  assertJobs(told!, { judge: 'success', comment: 'success' });
  assert.match(assertStatus(world, pull.head, 'pending'), /waiting for a maintainer to train this on a GPU/);
  const trained = await train(world, pull);
  assertJobs(trained, { plan: 'success', train: 'success', keep: 'success' });
  const origin = { workflow: 'train-pr', event: 'workflow_dispatch' } as const;
  assertJobs(await report(world, trained.id, pull, origin), { judge: 'success', comment: 'success' });
  assertStatus(world, pull.head, 'success');
  return 'trained on a runner of our own, when asked';
}

/** After the merge nothing trains again: main takes what it knows to be all its own code's work. */
export async function merged(world: World): Promise<string> {
  const before = await world.repository.git(['rev-parse', 'main']);
  const after = await world.repository.push(improve, 'refs/heads/main');
  const payload = { ref: 'refs/heads/main', before, after };
  const run = await world.start({ workflow: 'main', event: 'push', payload });
  assertJobs(run, { plan: 'success', train: 'success', release: 'success' });
  assert.match(run.log('train'), /flight-delay: trained by an earlier run/);
  assert.match(await world.repository.git(['log', '-1', 'environments']), /flight-delay: v1\.0\.1 to dev/);
  return 'merged without training again';
}

async function train(world: World, { number }: PullRequest): Promise<Ended> {
  world.github.state.permissions.ada = 'write';
  const payload = { inputs: { number: String(number) } };
  return world.start({ workflow: 'train-pr', event: 'workflow_dispatch', payload });
}
