import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ActionResult, ActionRun } from '../test/actions/run-action.ts';
import type { Flights } from './flights.ts';
import { secondsBeside } from './measure.ts';

/** Wall seconds of each step by its name; `cold` and `warm` are the two ways of one. */
export type Steps = Record<string, number>;

const model = 'flight-delay';
const token = 'token';

/** Trains the change once, outside of what is timed; the checkout of its job, in which nothing has to run again. */
export async function trainOnce(flights: Flights): Promise<string> {
  const root = await flights.checkout(flights.pull.head.sha);
  flights.linkModules(root);
  await step(flights, 1, 'data-pull', { workspace: root, with: { models: model } });
  await step(flights, 1, 'train', { ...jobOf(flights, root), with: { models: model } });
  return root;
}

/**
 * One pull request from its event to its comment, each step as GitHub's runner starts it: the committed bundle, with
 * what a runner gives it. The steps are those of `lockstep-pull-request` and `lockstep-report`, in their order.
 */
export async function ourSteps(
  flights: Flights,
  trained: string,
  turn: number,
  install: boolean,
): Promise<Steps> {
  const run = 10 * turn;
  const { forge, pull } = flights;
  forge.results.caches.length = 0;
  forge.github.state.comments.length = 0;
  const steps: Steps = {};
  const root = await flights.checkout(pull.head.sha);
  const job = jobOf(flights, root);
  steps.plan = await timed(flights, run, 'plan', { ...job, with: { for: 'pull-request' } });
  if (install) Object.assign(steps, await installTwice(flights, root, run));
  Object.assign(steps, await pullTwice(flights, root, run));
  // Every stage is found done: what is left is the record, the candidate and its upload.
  steps['train: hand over'] = await timed(flights, run, 'train', {
    ...jobOf(flights, trained),
    with: { models: model },
  });
  forge.finished(pull as never, run);
  Object.assign(steps, await report(flights, run));
  rmSync(root, { recursive: true, force: true });
  return steps;
}

/** Each from an empty machine: first with nothing cached, then with the tarballs that the first job's end kept. */
async function installTwice(flights: Flights, root: string, run: number): Promise<Steps> {
  const steps: Steps = {};
  for (const way of ['cold', 'warm']) {
    rmSync(join(root, 'node_modules'), { recursive: true, force: true });
    const temp = join(flights.forge.folder, `temp-setup-${run}-${way}`);
    const job = { ...jobOf(flights, root), temp, timeout: 600_000 };
    const done = await step(flights, run, 'setup', job);
    steps[`setup, ${way}`] = done.seconds;
    if (way === 'cold') await step(flights, run, 'setup', { ...job, post: done.state });
    else if (done.outputs['cache-hit'] !== 'true') throw new Error(`no cached tarballs:\n${done.log}`);
    rmSync(temp, { recursive: true, force: true });
  }
  return steps;
}

async function pullTwice(flights: Flights, root: string, run: number): Promise<Steps> {
  const steps: Steps = {};
  for (const way of ['cold', 'warm']) {
    for (const name of ['.lockstep', 'data']) rmSync(join(root, name), { recursive: true, force: true });
    const job = { ...jobOf(flights, root), with: { models: model } };
    const { outputs, seconds, log } = await step(flights, run, 'data-pull', job);
    if (outputs['cache-hit'] !== String(way === 'warm')) throw new Error(log);
    steps[`data-pull, ${way}`] = seconds;
  }
  return steps;
}

/** The default branch's two jobs. */
async function report(flights: Flights, run: number): Promise<Steps> {
  const id = run + 1;
  const steps: Steps = {};
  const event = { eventName: 'workflow_run', event: { workflow_run: { id: run } } };
  const judging = await flights.checkout('origin/main');
  const job = { ...event, workspace: judging };
  const temp = join(flights.forge.folder, `temp-${id}`);
  const folder = join(temp, 'candidates');
  const collected = await step(flights, id, 'report', { ...job, with: { mode: 'collect', token, folder } });
  steps['report: collect'] = collected.seconds;
  const { base = '', head = '' } = collected.outputs;
  // As `installTwice` left it: the launcher alone, since node_modules are the same.
  const launched = await step(flights, id, 'setup', { ...job, with: { modules: 'none' } });
  flights.linkModules(judging);
  steps['data-pull, judging'] = await timed(flights, id, 'data-pull', { ...job, with: { cache: 'false' } });
  const judged = join(temp, 'judged');
  const command = ['judge', '--all', folder, '--base', base, '--head', head, '--out', judged, '--isolated'];
  const env = { PATH: flights.machine.PATH, HOME: temp, RUNNER_TEMP: temp };
  const program = join(launched.path[0]!, 'lockstep');
  steps.judge = await secondsBeside([program, ...command], { cwd: judging, env });
  steps.gate = await timed(flights, id, 'gate', { ...job, with: { judged, 'fail-on': 'never' } });
  steps['report: keep'] = await timed(flights, id, 'report', { ...job, with: { mode: 'keep', judged } });
  const commenting = await flights.checkout('origin/main');
  const with_ = { mode: 'publish', token };
  steps['report: publish'] = await timed(flights, id, 'report', {
    ...event,
    workspace: commenting,
    with: with_,
  });
  if (flights.forge.github.state.comments.length !== 1) throw new Error('there is no comment');
  steps['promote: sweep'] = await timed(flights, id, 'promote', {
    workspace: commenting,
    with: { mode: 'sweep', token },
  });
  for (const place of [judging, commenting, temp]) rmSync(place, { recursive: true, force: true });
  return steps;
}

const jobOf = ({ pull }: Flights, workspace: string): ActionRun => ({
  workspace,
  eventName: 'pull_request',
  event: { pull_request: { number: pull.number, head: pull.head, base: pull.base } },
});

async function step(flights: Flights, run: number, name: string, given: ActionRun): Promise<ActionResult> {
  const { forge, machine } = flights;
  const result = await forge.step(run, name, { ...given, from: 'bundle', env: machine });
  if (result.exit !== 0) throw new Error(`${name} ended with ${result.exit}:\n${result.log.slice(-4000)}`);
  return result;
}

const timed = async (flights: Flights, run: number, name: string, given: ActionRun): Promise<number> =>
  (await step(flights, run, name, given)).seconds;
