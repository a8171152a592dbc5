import assert from 'node:assert/strict';
import { deceive, improve, reword, worsen } from './changes.ts';
import { contribute, report } from './contribution.ts';
import { assertStatus, comments } from './verdict.ts';
import { assertJobs, type World } from './world.ts';

/** No model is touched: nothing trains, and nobody is told more than a status. */
export async function noModel(world: World): Promise<string> {
  const pull = await world.open(reword);
  const [run, told] = await contribute(world, pull);
  assertJobs(run!, { plan: 'success' });
  assertJobs(told!, { judge: 'success', comment: 'success' });
  assert.match(assertStatus(world, pull.head, 'success'), /unchanged/);
  assert.deepEqual(comments(world, pull.number), []);
  return 'a change of no model is unchanged';
}

export async function goodChange(world: World): Promise<string> {
  const pull = await world.open(improve);
  const [run, told] = await contribute(world, pull);
  assertJobs(run!, { plan: 'success', train: 'success' });
  assertJobs(told!, { judge: 'success', comment: 'success' });
  assertStatus(world, pull.head, 'success');
  const [comment, ...more] = comments(world, pull.number);
  assert.deepEqual(more, []);
  assert.match(comment!, /^### ✅ \*\*flight-delay\*\* may be merged/);
  return 'a good change is green';
}

/** Its own run is content with itself; the base is not. */
export async function lie(world: World): Promise<string> {
  const pull = await world.open(deceive);
  const [run, told] = await contribute(world, pull);
  assertJobs(run!, { plan: 'success', train: 'success' });
  assertJobs(told!, { judge: 'success', comment: 'success' });
  assert.doesNotMatch(told!.log('judge'), /everything passes/);
  assertStatus(world, pull.head, 'failure');
  const [comment] = comments(world, pull.number);
  assert.match(comment!, /^### ❌ \*\*flight-delay\*\* must not be merged/);
  assert.match(comment!, /policy\.yaml\*\* is changed here\..* by its own this would be \*\*pass\*\*/);
  return 'a lie is red';
}

/** A pull request's run can upload what it likes: here what another change trained. */
export async function forgery(world: World): Promise<string> {
  const { artifacts, bytesOf, replace } = world.results;
  const pull = await world.open(improve);
  const [stolen] = artifacts.filter(({ name }) => name === 'lockstep-candidate-flight-delay').slice(-1);
  const run = 90;
  const forged = { ...stolen!, id: 9_000, run: String(run), blob: 'forged.zip' };
  replace(forged, bytesOf(stolen!));
  artifacts.push(forged);
  const told = await report(world, run, pull);
  assertJobs(told, { judge: 'success', comment: 'success' });
  assert.match(assertStatus(world, pull.head, 'failure'), /E_HANDOVER|refused/);
  return 'a forged hand-over is refused';
}

/** Nobody cheats; it is worse. */
export async function worseChange(world: World): Promise<string> {
  const pull = await world.open(worsen);
  const [run, told] = await contribute(world, pull);
  assertJobs(run!, { plan: 'success', train: 'success' });
  assertJobs(told!, { judge: 'success', comment: 'success' });
  assertStatus(world, pull.head, 'failure');
  assert.match(comments(world, pull.number).join(), /^### ❌ \*\*flight-delay\*\* must not be merged/);
  return 'a worse model is red';
}
