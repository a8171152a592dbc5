import assert from 'node:assert/strict';
import { deceive, improve } from '../act/changes.ts';
import { assertJobs, contribute, makeWorld, report, type World } from '../act/world.ts';
import type { Suite } from '../suite.ts';

export const suite: Suite = {
  name: 'act',
  shows:
    'a real runner takes our workflows from a pull request to an environment, and judges truly what lies',
  minutes: 8,
  needs: { debian: { 'docker-registry': 'docker-registry' } },
  run: async (tools) => {
    await using world = await makeWorld(tools);
    const seen: string[] = [];
    for (const scene of [firstPush, promotion, goodChange, lie, forgery]) seen.push(await scene(world));
    return seen.join(', ');
  },
};

const status = ({ github }: World, head: string) =>
  github.state.statuses.findLast(({ sha, context }) => sha === head && context === 'lockstep/verdict');
/** The status of a head is this, or the run's words say why not. */
function assertStatus(world: World, head: string, state: string): string {
  const found = status(world, head);
  assert.equal(found?.state, state, found?.description ?? 'no status');
  return found!.description!;
}

const comments = ({ github }: World, number: number) =>
  github.state.comments.filter(({ issue }) => issue === number).map(({ body }) => body);

/** What "Use this template" starts: the enabled example gets a version, an image, and the first environment. */
async function firstPush(world: World): Promise<string> {
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
async function promotion(world: World): Promise<string> {
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

async function goodChange(world: World): Promise<string> {
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
async function lie(world: World): Promise<string> {
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
async function forgery(world: World): Promise<string> {
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
