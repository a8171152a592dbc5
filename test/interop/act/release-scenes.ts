import assert from 'node:assert/strict';
import { assertJobs, type World } from './world.ts';

/** What "Use this template" starts: the enabled example gets a version, an image, and the first environment. */
export async function firstPush(world: World): Promise<string> {
  const after = await world.repository.git(['rev-parse', 'main']);
  const payload = { ref: 'refs/heads/main', before: '0'.repeat(40), after };
  const run = await world.start({ workflow: 'main', event: 'push', payload });
  assertJobs(run, { plan: 'success', train: 'success', release: 'success' });
  assert.equal(await world.repository.git(['tag', '--list', '*@*']), 'flight-delay@v1.0.0');
  const image = `http://${world.registry}/v2/team/flights/flight-delay`;
  const { tags } = (await (await fetch(`${image}/tags/list`)).json()) as { tags: string[] };
  assert.ok(tags.includes('v1.0.0'), tags.join());
  assert.match(await world.repository.git(['log', '-1', 'environments']), /flight-delay: v1\.0\.0 to dev/);
  assert.deepEqual(
    world.github.state.deployments.map(({ environment }) => environment),
    ['dev'],
  );
  return 'registered';
}

/** A tag that somebody pushes starts a run of no use, which the default branch's workflow follows. */
export async function promotion(world: World): Promise<string> {
  const tag = 'flight-delay#staging#2';
  const { git } = world.repository;
  await git(['tag', '--annotate', '--message', 'please', tag, 'flight-delay@v1.0.0^{commit}']);
  const asked = await world.start({ workflow: 'promotion-tag', event: 'push', ref: `refs/tags/${tag}` });
  assertJobs(asked, { asked: 'success' });
  const run = { id: asked.id, event: 'push', conclusion: 'success', head_branch: tag };
  const payload = { action: 'completed', workflow_run: run };
  const told = await world.start({ workflow: 'promote', event: 'workflow_run', payload });
  assertJobs(told, { plan: 'success', promote: 'success' });
  assert.match(await git(['log', '-1', 'environments']), /flight-delay: v1\.0\.0 to staging/);
  const again = await world.start({ workflow: 'promote', event: 'workflow_run', payload });
  assertJobs(again, { plan: 'success' });
  return 'promoted by a tag';
}
