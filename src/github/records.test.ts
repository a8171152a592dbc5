import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type FakeGitHub, startGitHub } from '../../test/fakes/github/server.ts';
import { messageOf } from '../../test/git-sandbox.ts';
import { digestOf } from '../workspace/index.ts';
import {
  approvalsOf,
  type GitHub,
  mayWrite,
  openGitHub,
  openIssueOnce,
  readContext,
  recordDeployment,
  setStatus,
  verdictContextOf,
} from './index.ts';

const sha = 'a'.repeat(40);
const context = 'lockstep/verdict';
const open = (fake: FakeGitHub): Promise<GitHub> =>
  openGitHub('token', { repository: { owner: 'acme', name: 'models' }, apiUrl: fake.url });
const runUrl = (id: number): string => `https://github.com/acme/models/actions/runs/${id}`;

test('a status is set once, cut to a line, and never put back by an older run', async () => {
  await using fake = await startGitHub();
  const github = await open(fake);
  const say = (about: number, description: string, url = runUrl(900 - about)) =>
    setStatus(github, { sha, context, state: 'success', description, url, about: { id: about, attempt: 1 } });
  expect(await say(5, `better\n${'😀'.repeat(100)}`)).toBe('set');
  const [first] = fake.state.statuses;
  expect(first?.description).toMatch(/^better (?:😀)+…$/u);
  expect(first!.description!.length).toBeLessThanOrEqual(140);
  expect(await say(5, `better ${'😀'.repeat(100)}`)).toBe('unchanged');
  // Its report was started later, and is still about an older run.
  expect(await say(4, 'worse')).toBe('skipped');
  expect(await say(6, 'worse')).toBe('set');
  expect(fake.state.statuses).toHaveLength(2);
});

test('judged alike, a status keeps its words; another state, or judged by something else, is told', async () => {
  await using fake = await startGitHub();
  const github = await open(fake);
  const about = { id: 5, attempt: 1 };
  const say = (state: 'success' | 'failure', description: string, of: string) =>
    setStatus(github, { sha, context, state, description, url: runUrl(9), about, key: digestOf(of) });
  expect(await say('failure', 'latency 25 ms', 'a')).toBe('set');
  expect(await say('failure', 'latency 26 ms', 'a')).toBe('unchanged');
  expect(await say('failure', 'latency 26 ms', 'b')).toBe('set');
  expect(await say('success', 'latency 19 ms', 'b')).toBe('set');
  const older = {
    sha,
    context,
    state: 'failure',
    description: 'x',
    url: runUrl(8),
    about: { id: 4, attempt: 1 },
  } as const;
  expect(await setStatus(github, { ...older, key: digestOf('b') })).toBe('skipped');
});

test("a status of somebody else's stands in nobody's way", async () => {
  await using fake = await startGitHub();
  const creator = { login: 'mallory' };
  fake.state.statuses.push({
    sha,
    context,
    state: 'success',
    description: 'x',
    target_url: runUrl(99),
    creator,
  });
  const status = { sha, context, state: 'failure', description: 'worse', url: runUrl(5) } as const;
  expect(await setStatus(await open(fake), status)).toBe('set');
  expect(fake.state.statuses.at(-1)).toMatchObject({ state: 'failure' });
});

test('each branch has a check of its own', () => {
  const subject = { kind: 'merge-group', head: sha, base: sha, defaultBranch: 'main' } as const;
  expect(verdictContextOf({ ...subject, baseRef: 'main' })).toBe('lockstep/verdict');
  expect(verdictContextOf({ ...subject, baseRef: 'lax' })).toBe('lockstep/verdict/lax');
});

test('one deployment a model and environment: the one before ends, nobody else’s does', async () => {
  await using fake = await startGitHub();
  const github = await open(fake);
  const record = (model: string, version: string, state: 'success' | 'in_progress' = 'success') =>
    recordDeployment(github, {
      model,
      version,
      state,
      environment: 'production',
      image: `registry.example/${model}@sha256:${version.padEnd(64, '0')}`,
      commit: sha,
      description: `${model} ${version}`,
      url: runUrl(1),
    });
  expect(await record('fraud', '1')).toBe('created');
  expect(await record('churn', '1')).toBe('created');
  expect(await record('churn', '1')).toBe('unchanged');
  expect(await record('churn', '2', 'in_progress')).toBe('created');
  expect(await record('churn', '2')).toBe('updated');
  expect(await record('churn', '1')).toBe('created');
  const told = fake.state.deployments.map(({ task, statuses }) => [task, statuses.map(({ state }) => state)]);
  expect(told).toEqual([
    ['lockstep:fraud', ['success']],
    ['lockstep:churn', ['success', 'inactive']],
    ['lockstep:churn', ['in_progress', 'success', 'inactive']],
    ['lockstep:churn', ['success']],
  ]);
});

test('a deployment that was interrupted goes on where it stopped', async () => {
  await using fake = await startGitHub();
  const github = await open(fake);
  const record = (version: string) =>
    recordDeployment(github, {
      model: 'churn',
      version,
      state: 'success',
      environment: 'production',
      image: `registry.example/churn@sha256:${version}`,
      commit: sha,
      description: 'churn',
      url: runUrl(1),
    });
  await record('1');
  fake.fault = (operation) =>
    operation.endsWith('/statuses') && operation.startsWith('POST') ? { status: 422 } : null;
  expect(await messageOf(record('2'))).toMatch(/^E_GITHUB_FAILED: /);
  fake.fault = null;
  expect(await record('2')).toBe('updated');
  expect(fake.state.deployments.map(({ statuses }) => statuses.at(-1)?.state)).toEqual([
    'inactive',
    'success',
  ]);
});

test('an issue is opened once, whatever others write into theirs', async () => {
  await using fake = await startGitHub();
  const github = await open(fake);
  const issue = { title: 'Pin the base', body: 'words', marker: 'lockstep:pin-base' };
  const body = '<!-- lockstep:pin-base -->';
  fake.state.issues.push({ number: 1, title: 'forged', body, state: 'open', user: { login: 'mallory' } });
  const { number, opened } = await openIssueOnce(github, issue);
  expect(opened).toBe(true);
  expect(await openIssueOnce(github, issue)).toEqual({ number, opened: false });
  expect((await openIssueOnce(github, { ...issue, marker: 'lockstep:other' })).opened).toBe(true);
});

test('who may write, and who let a run in', async () => {
  await using fake = await startGitHub();
  const github = await open(fake);
  Object.assign(fake.state.permissions, { ada: 'write', root: 'admin', eve: 'read', nil: 'none' });
  const people = ['ada', 'root', 'eve', 'nil', 'stranger'];
  expect(await Promise.all(people.map((one) => mayWrite(github, one)))).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
  fake.fault = (operation) => (operation.includes('collaborators') ? { status: 404 } : null);
  expect(await mayWrite(github, 'nobody')).toBe(false);
  const user = { login: 'ada', id: 7 };
  fake.state.approvals.push({ run: 5, state: 'approved', user, environment: 'production' });
  fake.state.approvals.push({ run: 5, state: 'rejected', user, environment: 'staging' });
  expect(await approvalsOf(github, 5)).toEqual([{ by: 'ada', id: 7, environment: 'production' }]);
});

test('what a runner tells a job', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-event-'));
  const path = join(folder, 'event.json');
  const env = { GITHUB_REPOSITORY: 'acme/models', GITHUB_JOB: 'judge', GITHUB_EVENT_PATH: path };
  try {
    expect(await messageOf((async () => readContext(env))())).toMatch(/^E_GITHUB_CONTEXT: .*holds no event/);
    writeFileSync(path, '[]');
    expect(await messageOf((async () => readContext(env))())).toMatch(/^E_GITHUB_CONTEXT: .*holds no event/);
    writeFileSync(path, '{"number":7}');
    expect(readContext(env)).toMatchObject({ event: { number: 7 }, job: 'judge', runAttempt: 1 });
    for (const name of ['', 'acme', 'acme/models/x', 'a b/c'])
      expect(await messageOf((async () => readContext({ ...env, GITHUB_REPOSITORY: name }))())).toMatch(
        /^E_GITHUB_CONTEXT: /,
      );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
