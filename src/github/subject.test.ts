import { expect, test } from 'vitest';
import { type FakeGitHub, startGitHub } from '../../test/fakes/github/server.ts';
import { rawZip } from '../../test/fakes/zip.ts';
import { messageOf } from '../../test/git-sandbox.ts';
import { openGitHub, type RunContext, subjectOfRun, triggeringRun, type WorkflowRun } from './index.ts';

const repository = { owner: 'acme', name: 'models' };
const fork = { id: 42, fullName: 'ada/models' };
const own = { id: 1, fullName: 'acme/models' };
const [head, other, base] = ['a'.repeat(40), 'b'.repeat(40), 'c'.repeat(40)] as const;
const run: WorkflowRun = {
  id: 5,
  attempt: 1,
  event: 'pull_request',
  path: '.github/workflows/lockstep-pull-request.yml',
  headSha: head,
  headBranch: 'change',
  headRepository: fork,
  title: 'a change',
  conclusion: 'success',
  url: 'https://github.com/acme/models/actions/runs/5',
};
const training: WorkflowRun = {
  ...run,
  event: 'issue_comment',
  path: '.github/workflows/lockstep-train-pr.yml',
  headSha: base,
  headBranch: 'main',
  headRepository: own,
  title: 'lockstep-train-pr #7',
};
const queue = `gh-readonly-queue/main/pr-7-${base}`;
const merging: WorkflowRun = { ...run, event: 'merge_group', headBranch: queue, headRepository: own };
const found = { kind: 'pull-request', number: 7, head, baseRef: 'main', defaultBranch: 'main' };

function offer(fake: FakeGitHub, number: number, over: { sha?: string; base?: string; fork?: number } = {}) {
  fake.state.pulls.push({
    number,
    state: 'open',
    merged_at: null,
    merge_commit_sha: null,
    head: {
      sha: over.sha ?? head,
      ref: 'change',
      repo: { id: over.fork ?? fork.id, full_name: 'ada/models' },
    },
    base: { sha: base, ref: over.base ?? 'main' },
  });
}

function ask(fake: FakeGitHub, request: string | null): void {
  const zip = rawZip(request === null ? [] : [{ name: 'request.json', content: request }]);
  const name = 'lockstep-train-request';
  fake.state.artifacts.push({ id: 1, run: 5, name, digest: null, expired: false, zip });
}

async function answerOf(fake: FakeGitHub, one: WorkflowRun): Promise<unknown> {
  const github = await openGitHub('token', { repository, apiUrl: fake.url });
  return subjectOfRun(github, one).catch((error: Error) => error.message);
}

test("a fork's run is of the pull request with its branch, its commit, its repository", async () => {
  await using fake = await startGitHub();
  expect(await answerOf(fake, run)).toMatchObject({
    kind: 'stale',
    why: 'no open pull request has this head',
  });
  offer(fake, 6, { fork: 43 });
  expect(await answerOf(fake, run)).toMatchObject({ kind: 'stale' });
  offer(fake, 7);
  expect(await answerOf(fake, run)).toMatchObject(found);
  expect(await answerOf(fake, { ...run, headSha: other })).toMatchObject({
    kind: 'stale',
    why: 'the pull request has a newer commit',
  });
  expect(await answerOf(fake, { ...run, headRepository: null })).toMatchObject({ kind: 'stale' });
  fake.state.pulls[1]!.state = 'closed';
  expect(await answerOf(fake, run)).toMatchObject({ kind: 'stale' });
});

test('one commit offered to several branches is judged by the default one first', async () => {
  await using fake = await startGitHub();
  offer(fake, 6, { base: 'lax' });
  expect(await answerOf(fake, run)).toMatchObject({ number: 6, baseRef: 'lax', defaultBranch: 'main' });
  offer(fake, 8);
  offer(fake, 7);
  expect(await answerOf(fake, run)).toMatchObject(found);
});

test('a merge group is its own commit on the branch that it is queued for', async () => {
  await using fake = await startGitHub();
  const group = { kind: 'merge-group', head, base, baseRef: 'main', defaultBranch: 'main' };
  expect(await answerOf(fake, merging)).toEqual(group);
});

test.each<[string, WorkflowRun, string]>([
  ['another workflow', { ...run, path: '.github/workflows/evil.yml' }, 'E_HANDOVER_REPO'],
  ['another event', { ...run, event: 'push' }, 'E_HANDOVER_REPO'],
  ["a fork's queue", { ...merging, headRepository: fork }, 'E_HANDOVER_REPO'],
  ['a queue of no pull request', { ...merging, headBranch: 'gh-readonly-queue/main/x' }, 'E_HANDOVER_REPO'],
  ["a fork's training", { ...training, headRepository: fork }, 'E_HANDOVER_REPO'],
  ['training that a push started', { ...training, event: 'push' }, 'E_HANDOVER_REPO'],
  ['training of another branch', { ...training, headBranch: 'change' }, 'E_HANDOVER_REPO'],
  ['training of another pull request', { ...training, title: 'lockstep-train-pr #8' }, 'E_HANDOVER_PR'],
])('nothing is judged of a run of %s', async (_, one, code) => {
  await using fake = await startGitHub();
  offer(fake, 7);
  ask(fake, JSON.stringify({ v: 1, number: 7, head }));
  expect(await answerOf(fake, one)).toMatch(new RegExp(`^${code}: [^\\n]*$`));
});

test.each([
  ['none', null, 'E_HANDOVER_SHAPE'],
  ['a command', '{"v":1,"number":"7; rm -rf /","head":"'.concat(head, '"}'), 'E_HANDOVER_PR'],
  ['minus one', JSON.stringify({ v: 1, number: -1, head }), 'E_HANDOVER_PR'],
  ['a branch', JSON.stringify({ v: 1, number: 7, head: 'main' }), 'E_HANDOVER_PR'],
  ['more than was asked', JSON.stringify({ v: 1, number: 7, head, evil: true }), 'E_HANDOVER_PR'],
  ['no JSON', '#!/bin/sh', 'E_HANDOVER_PR'],
])('a request for %s is refused', async (_, request, code) => {
  await using fake = await startGitHub();
  offer(fake, 7);
  ask(fake, request);
  expect(await answerOf(fake, training)).toMatch(new RegExp(`^${code}: [^\\n]*$`));
});

test('training is for the commit that was asked for, while it is the newest', async () => {
  await using fake = await startGitHub();
  offer(fake, 7);
  expect(await answerOf(fake, training)).toMatch(/^E_HANDOVER_PR: the run holds no request/);
  ask(fake, JSON.stringify({ v: 1, number: 7, head }));
  expect(await answerOf(fake, training)).toMatchObject(found);
  fake.state.pulls[0]!.head.sha = other;
  expect(await answerOf(fake, training)).toMatchObject({ kind: 'stale' });
});

test('the run is the one that the event is about, from the event where that says enough', async () => {
  await using fake = await startGitHub();
  const github = await openGitHub('token', { repository, apiUrl: fake.url });
  const told = {
    id: 5,
    run_attempt: 1,
    event: run.event,
    path: `${run.path}@refs/pull/7/merge`,
    head_sha: head,
    head_branch: 'change',
    head_repository: { id: 42, full_name: 'ada/models' },
    display_title: run.title,
    conclusion: 'success',
  };
  fake.state.runs.push({ ...told, status: 'completed' });
  const about = (workflow_run: unknown, eventName = 'workflow_run') =>
    triggeringRun(github, { eventName, event: { workflow_run } } as unknown as RunContext);
  const asked = await about({ id: 5 });
  expect(await about({ ...told, html_url: asked.url })).toEqual(asked);
  expect(asked).toMatchObject({ ...run, url: asked.url });
  expect(github.requests).toBe(1);
  expect(await messageOf(about({ id: '5' }))).toMatch(/^E_GITHUB_CONTEXT: /);
  expect(await messageOf(about({ id: 5 }, 'pull_request'))).toMatch(/^E_GITHUB_CONTEXT: /);
});
