import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RunContext } from '../../src/github/index.ts';
import { git, type Workspace } from '../../src/workspace/index.ts';
import { commitFiles, makeSandbox } from '../../test/git-sandbox.ts';
import { planJobs } from './jobs.ts';
import { type Job, matrixOf } from './matrix.ts';
import { chooseSides } from './sides.ts';

const jobs = fc
  .array(
    fc.record({ runsOn: fc.constantFrom('ubuntu-latest', ['self-hosted', 'gpu']), quick: fc.boolean() }),
    {
      maxLength: 60,
    },
  )
  .map((kinds) => kinds.map((kind, index): Job => ({ model: `m${index}`, ...kind })));

test('a matrix holds every model once, on its own kind of runner, and never too many entries', () => {
  fc.assert(
    fc.property(jobs, fc.integer({ min: 4, max: 30 }), (all, most) => {
      const entries = matrixOf(all, most);
      expect(entries.length).toBeLessThanOrEqual(most);
      if (all.length <= most) expect(entries.length).toBe(all.length);
      const found = entries.flatMap(({ models, 'runs-on': runsOn, quick }) =>
        models.split(' ').map((model) => ({ model, runsOn, quick })),
      );
      const byName = (a: Job, b: Job) => a.model.localeCompare(b.model, 'en', { numeric: true });
      expect(found.sort(byName)).toEqual(all);
    }),
  );
});

test('300 models share 256 entries evenly', () => {
  const many = Array.from(
    { length: 300 },
    (_, index): Job => ({ model: `m${index}`, runsOn: 'x', quick: false }),
  );
  const sizes = matrixOf(many).map(({ models }) => models.split(' ').length);
  expect([sizes.length, Math.min(...sizes), Math.max(...sizes)]).toEqual([256, 1, 2]);
});

const contextOf = (eventName: string, event: object = {}): RunContext => ({
  repository: { owner: 'acme', name: 'ml' },
  apiUrl: 'http://127.0.0.1:1',
  serverUrl: 'http://127.0.0.1:1',
  eventName,
  event: event as RunContext['event'],
  ref: '',
  sha: '',
  runId: 1,
  runAttempt: 1,
  job: null,
  workflowRef: null,
  actor: null,
});

const none = { base: null, head: null, number: null, token: null };

async function forked() {
  const sandbox = await makeSandbox();
  const workspace = await sandbox.clone('work');
  const first = await commitFiles(workspace, { a: '1' });
  await git(['checkout', '--quiet', '-b', 'change'], { cwd: workspace.root });
  const head = await commitFiles(workspace, { b: '1' });
  await git(['checkout', '--quiet', 'main'], { cwd: workspace.root });
  const main = await commitFiles(workspace, { a: '2' });
  return { sandbox, workspace, first, head, main };
}

test('the two sides are the event’s, from where the change left the other', async () => {
  const { sandbox, workspace, first, head, main } = await forked();
  await using _ = sandbox;
  const pull = { pull_request: { base: { sha: main }, head: { sha: head } } };
  expect(await chooseSides(workspace, contextOf('pull_request', pull), none)).toEqual({ base: first, head });
  const group = { merge_group: { base_sha: main, head_sha: head } };
  expect(await chooseSides(workspace, contextOf('merge_group', group), none)).toEqual({ base: first, head });
  const push = { before: '0'.repeat(40), after: main };
  expect(await chooseSides(workspace, contextOf('push', push), none)).toEqual({ base: first, head: main });
  expect(await chooseSides(workspace, contextOf('schedule'), none)).toEqual({ base: first, head: main });
  const named = { ...none, base: 'main', head: 'change' };
  expect(await chooseSides(workspace, contextOf('push', push), named)).toEqual({ base: main, head });
  const hostile = { pull_request: { base: { sha: '--upload-pack=x' }, head: { sha: `${head}\n` } } };
  expect(await chooseSides(workspace, contextOf('pull_request', hostile), none)).toEqual({
    base: first,
    head: main,
  });
  const far = { before: 'f'.repeat(40), after: main };
  await expect(chooseSides(workspace, contextOf('push', far), none)).rejects.toThrow(
    `E_GIT: the checkout does not have the commit ${'f'.repeat(40)} — a checkout with the history of both sides. Fix: check out with \`fetch-depth: 0\`.`,
  );
});

const pipeline = (more: string) => `stages:
  train: {uses: linear, inputs: [a.csv], outputs: [model.onnx]${more.includes('gpu') ? ', gpu: true' : ''}}
  split: {run: cp x, inputs: [x], outputs: [a.csv, b.csv]}
evaluate: {model: model.onnx, data: b.csv, target: y}
${more.replace('gpu', '')}`;

async function changed(
  over: Record<string, string>,
): Promise<{ workspace: Workspace; base: string; head: string; end: AsyncDisposable }> {
  const sandbox = await makeSandbox();
  const workspace = await sandbox.clone('work');
  const files = (texts: Record<string, string>) =>
    Object.fromEntries(
      Object.entries(texts).flatMap(([name, more]) => [
        [`pipelines/${name}/pipeline.yaml`, pipeline(more)],
        [`pipelines/${name}/x`, more],
      ]),
    );
  const base = await commitFiles(
    workspace,
    files({ deep: 'gpu', far: 'runs-on: [self-hosted, big]', near: '' }),
  );
  const head = await commitFiles(workspace, files(over));
  return { workspace, base, head, end: sandbox };
}

test('a pull request trains on hosted runners alone; the base says where the rest is trained', async () => {
  const { workspace, base, head, end } = await changed({
    deep: 'gpu\nquick: {rows: 5%}',
    far: 'runs-on: [self-hosted, secrets]',
    near: 'runs-on: ubuntu-24.04-arm',
    fresh: 'gpu\nruns-on: [self-hosted, secrets]',
  });
  await using _ = end;
  const pull = await planJobs(workspace, 'pull-request', { base, head });
  expect(pull.jobs).toEqual([
    { model: 'deep', runsOn: 'ubuntu-latest', quick: true },
    { model: 'near', runsOn: 'ubuntu-24.04-arm', quick: false },
  ]);
  expect(pull.waiting).toEqual(['deep', 'far', 'fresh']);
  const asked = await planJobs(workspace, 'train', { base, head });
  expect(asked.jobs).toEqual([
    { model: 'deep', runsOn: 'ubuntu-latest', quick: false },
    { model: 'far', runsOn: ['self-hosted', 'big'], quick: false },
    { model: 'fresh', runsOn: 'ubuntu-latest', quick: false },
  ]);
});

test('main trains what differs from its newest version, however many pushes ago that was', async () => {
  const { workspace, base, head, end } = await changed({ near: 'params: {a: 1}' });
  await using _ = end;
  const { root } = workspace;
  await git(['tag', '-a', 'near@v1.0.0', '-m', 'x', base], { cwd: root });
  await git(['tag', '-a', 'far@v1.0.0', '-m', 'x', base], { cwd: root });
  const plan = await planJobs(workspace, 'main', { base, head });
  expect(plan.reasons.map(({ model, why }) => [model, ...why])).toMatchInlineSnapshot(`
    [
      [
        "deep",
        "a new model",
      ],
      [
        "near",
        "E_CONFIG_MISSING: no models/near/model.yaml, which tells the built-in "linear" the task and the columns. Fix: write it, or let \`lockstep init near --data <table> --target <column>\` do so.",
      ],
    ]
  `);
  await git(['tag', '-a', 'near@v1.0.1', '-m', 'x', head], { cwd: root });
  await git(['tag', '-a', 'deep@v1.0.0', '-m', 'x', head], { cwd: root });
  expect((await planJobs(workspace, 'main', { base, head })).jobs).toEqual([]);
});
