import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli } from '../bad-inputs/command-line.ts';
import type { Pull } from '../fakes/github/state.ts';
import { toyModel } from '../toy-model.ts';
import { type Forge, makeForge } from './forge.ts';
import type { ActionResult } from './run-action.ts';

/*
 * A pull request of a fork, step by step as the workflows pull-request and report run it: each action in a process of
 * its own with what a runner gives it, against GitHub's API, artifact service and Git of our own.
 */
let forge: Forge;
beforeAll(async () => {
  forge = await makeForge();
});
afterAll(() => forge[Symbol.asyncDispose]());

const ok = (result: ActionResult): ActionResult => {
  expect(result.exit, result.log).toBe(0);
  return result;
};

/** The untrusted part: plan and train, with nothing but a checkout of the head. */
async function trainPullRequest(pull: Pull, run: number) {
  const { root } = await forge.checkout(pull.head.sha);
  const event = { pull_request: { number: 7, head: pull.head, base: pull.base } };
  const common = { workspace: root, eventName: 'pull_request', event };
  const plan = ok(await forge.step(run, 'plan', { ...common, with: { for: 'pull-request' } }));
  const { include } = JSON.parse(plan.outputs.matrix!) as { include: { models: string; quick: boolean }[] };
  for (const { models, quick } of include)
    ok(await forge.step(run, 'train', { ...common, with: { models, quick: String(quick) } }));
  return { plan, include };
}

/** GitHub describes the run that finished in the event itself. */
const asEvent = (id: number) => ({
  ...forge.github.state.runs.find((run) => run.id === id),
  display_title: 'a change',
  html_url: `https://github.com/acme/models/actions/runs/${id}`,
});

/** The trusted part: collect, judge in a plain step, keep, publish; the default branch's checkout in both jobs. */
async function report(run: number, id: number) {
  const common = { eventName: 'workflow_run', event: { workflow_run: asEvent(run) } };
  const judging = await forge.checkout('origin/main');
  const token = { token: 'token' };
  const collected = ok(
    await forge.step(id, 'report', {
      ...common,
      workspace: judging.root,
      with: { ...token, mode: 'collect' },
    }),
  );
  const { judge, base = '', head = '', folder = '' } = collected.outputs;
  if (judge === 'true') {
    const out = join(forge.folder, `temp-${id}`, `judged`);
    const args = ['judge', '--all', folder, '--base', base, '--head', head, '--out', out];
    const judged = await runCli(judging.root, args);
    expect(judged.exit, judged.stderr).toBe(0);
    ok(
      await forge.step(id, 'report', {
        ...common,
        workspace: judging.root,
        with: { mode: 'keep', judged: out },
      }),
    );
  }
  const commenting = await forge.checkout('origin/main');
  const before = forge.github.requests.length;
  const published = await forge.step(id, 'report', {
    ...common,
    workspace: commenting.root,
    with: { ...token, mode: 'publish' },
  });
  return { collected, published, asked: forge.github.requests.slice(before) };
}

const statusOf = (sha: string) => forge.github.state.statuses.findLast((status) => status.sha === sha);
const model = (bias: number) => ({ 'pipelines/toy/toy.onnx': toyModel({ bias }) as unknown as string });

/** Of GraphQL is asked only who we are. */
const writes = (requests: readonly string[]) => requests.filter((one) => !/^GET |^POST \/graphql$/.test(one));

/** What people wrote on the pull request before us, a hundred times less one. */
function discussed(): void {
  for (let id = 1; id < 100; id++)
    forge.github.state.comments.push({ id, issue: 7, body: `words ${id}`, user: { login: 'ada' } });
}

const own = () => forge.github.state.comments.filter(({ user }) => user.login === 'github-actions[bot]');

test('a change that is good enough gets one comment and a green status', async () => {
  discussed();
  const pull = await forge.pullRequest(model(-1.2));
  const { include } = await trainPullRequest(pull, 1);
  expect(include).toMatchObject([{ models: 'toy', quick: false }]);
  forge.finished(pull, 1);
  const { published, asked } = await report(1, 2);
  ok(published);
  expect(statusOf(pull.head.sha)).toMatchObject({ state: 'success', context: 'lockstep/verdict' });
  expect(own()).toHaveLength(1);
  expect(own()[0]!.body).toMatch(/^### ✅ \*\*toy\*\* may be merged/);
  expect(published.summary).toContain('may be merged');
  expect([asked.length <= 8, writes(asked).length], asked.join('\n')).toEqual([true, 2]);
});

test('judged again as a whole, it changes nothing, whatever the clock says this time', async () => {
  const [body] = own().map((comment) => comment.body);
  const statuses = forge.github.state.statuses.length;
  const { published, asked } = await report(1, 3);
  ok(published);
  expect([writes(asked), asked.length <= 8]).toEqual([[], true]);
  expect(own().map((comment) => comment.body)).toEqual([body]);
  expect(forge.github.state.statuses).toHaveLength(statuses);
});

test('one that is worse is refused, in the same comment', async () => {
  const pull = await forge.pullRequest(model(9));
  await trainPullRequest(pull, 11);
  forge.finished(pull, 11);
  const { asked } = await report(11, 12);
  expect(statusOf(pull.head.sha)).toMatchObject({ state: 'failure' });
  expect([asked.length <= 8, writes(asked).length], asked.join('\n')).toEqual([true, 2]);
  expect(own().map(({ body }) => body.slice(0, 40))).toEqual([
    expect.stringMatching(/^### ❌ \*\*toy\*\* must not be merged/),
  ]);
});

test('a change of nothing that makes a model is unchanged, without a comment of its own', async () => {
  const pull = await forge.pullRequest({ 'README.md': 'words\n' });
  const { plan } = await trainPullRequest(pull, 21);
  expect(plan.outputs.count).toBe('0');
  forge.finished(pull, 21);
  const before = forge.github.state.comments.map(({ body }) => body);
  await report(21, 22);
  expect(statusOf(pull.head.sha)).toMatchObject({
    state: 'success',
    description: 'unchanged: no model is affected',
  });
  expect(forge.github.state.comments.map(({ body }) => body)).toEqual(before);
});

test('a change that edits its own policy and says nothing of its model is missed, not believed', async () => {
  const policy = 'checks:\n  - {metric: roc_auc, at-least: 0.0}\n';
  const pull = await forge.pullRequest({ ...model(9), 'models/toy/policy.yaml': policy });
  forge.finished(pull, 31); // Its own plan said that nothing is affected.
  await report(31, 32);
  expect(statusOf(pull.head.sha)).toMatchObject({
    state: 'failure',
    description: expect.stringContaining('no candidate'),
  });
});

test('a run of another workflow, and a head that has moved on, get nothing', async () => {
  const pull = await forge.pullRequest(model(-1.3));
  forge.finished(pull, 41, { path: '.github/workflows/mine.yml' });
  const { root } = await forge.checkout('origin/main');
  const collect = { workspace: root, eventName: 'workflow_run', with: { mode: 'collect', token: 'token' } };
  const foreign = await forge.step(42, 'report', { ...collect, event: { workflow_run: { id: 41 } } });
  expect([foreign.exit, foreign.errors]).toEqual([1, [expect.stringMatching(/^E_HANDOVER_REPO: /)]]);
  forge.finished(pull, 43, { head_sha: '0'.repeat(40) });
  const stale = ok(await forge.step(44, 'report', { ...collect, event: { workflow_run: { id: 43 } } }));
  expect(stale.outputs).toMatchObject({ subject: '', judge: 'false' });
  expect(statusOf('0'.repeat(40))).toBeUndefined();
});

test('nothing of the change is ever in the trusted checkouts', () => {
  const trusted = join(forge.folder, 'checkout-2');
  expect(existsSync(trusted)).toBe(true);
  expect(readFileSync(join(trusted, 'pipelines/toy/toy.onnx'))).not.toEqual(
    Buffer.from(toyModel({ bias: -1.2 })),
  );
});
