import { expect, test } from 'vitest';
import { type FakeGitHub, startGitHub } from '../../test/fakes/github/server.ts';
import { messageOf } from '../../test/git-sandbox.ts';
import { digestOf, hexOf } from '../workspace/index.ts';
import { type CommentInput, type GitHub, openGitHub, publishComment } from './index.ts';

const head = '6bb39150a1f0e7d1c2b3a4958677665544332211';
const repository = { owner: 'acme', name: 'models' };
const open = (fake: FakeGitHub, token = 'token'): Promise<GitHub> =>
  openGitHub(token, { repository, apiUrl: fake.url });
const input = (runId: number, body = `from run ${runId}`): CommentInput => ({
  number: 7,
  body,
  head,
  run: { id: runId, attempt: 1 },
});
const own = (fake: FakeGitHub) =>
  fake.state.comments.filter(({ user }) => user.login === 'github-actions[bot]');

function withPull(fake: FakeGitHub, foreign = 0): void {
  fake.state.pulls.push({
    number: 7,
    state: 'open',
    merged_at: null,
    merge_commit_sha: null,
    head: { sha: head, ref: 'change', repo: { id: 5, full_name: 'ada/models' } },
    base: { sha: head, ref: 'main' },
  });
  for (let id = 1; id <= foreign; id++) {
    const forged = id % 3 === 0 ? `\n\n<!-- lockstep:report run=999999999.1 head=${head} -->` : '';
    const login = id % 7 === 0 ? 'github-actions' : 'mallory';
    fake.state.comments.push({ id, issue: 7, body: `words ${id}${forged}`, user: { login } });
  }
}

test('one comment, updated by the next run, left alone when nothing is new', async () => {
  await using fake = await startGitHub();
  withPull(fake);
  const github = await open(fake);
  expect((await publishComment(github, input(1))).kind).toBe('created');
  expect((await publishComment(github, input(2))).kind).toBe('updated');
  const before = github.requests;
  expect((await publishComment(github, input(3, 'from run 2'))).kind).toBe('unchanged');
  expect(github.requests - before).toBe(1);
  expect(own(fake).map(({ body }) => body)).toEqual([
    `from run 2\n\n<!-- lockstep:report run=2.1 head=${head} -->\n`,
  ]);
});

test('20 at once among 1,050 comments of others with forged markers leave exactly one', async () => {
  await using fake = await startGitHub();
  withPull(fake, 1050);
  const runs = Array.from({ length: 20 }, (_, index) => index + 1);
  await Promise.all(runs.map(async (run) => publishComment(await open(fake), input(run))));
  expect(own(fake)).toHaveLength(1);
  expect(fake.state.comments).toHaveLength(1051);
  const github = await open(fake);
  await publishComment(github, input(99));
  expect(own(fake).map(({ body }) => body.split('\n')[0])).toEqual(['from run 99']);
  // Who we are, the first hundred and ten more, and the update.
  expect(github.requests).toBe(3 + 10);
});

test('an older run that ends last writes nothing', async () => {
  await using fake = await startGitHub();
  withPull(fake);
  const github = await open(fake);
  await publishComment(github, input(5));
  expect(await publishComment(github, input(4))).toEqual({
    kind: 'skipped',
    why: 'a newer run already reported',
  });
  expect(own(fake)[0]?.body).toContain('from run 5');
});

test('younger comments of our own are deleted, whoever was quicker', async () => {
  await using fake = await startGitHub();
  withPull(fake);
  for (const id of [20, 10, 30])
    fake.state.comments.push({
      id,
      issue: 7,
      body: `old\n\n<!-- lockstep:report -->`,
      user: { login: 'github-actions[bot]' },
    });
  await publishComment(await open(fake), input(1));
  expect(own(fake).map(({ id }) => id)).toEqual([10]);
});

test('what the token may not, and what GitHub would not take', async () => {
  await using fake = await startGitHub({
    tokens: { weak: { login: 'github-actions[bot]', permissions: { contents: 'read' } } },
  });
  withPull(fake);
  expect(await messageOf(publishComment(await open(fake, 'weak'), input(1)))).toMatch(
    /^E_COMMENT_PERMISSION: .*add `pull-requests: write`/,
  );
  expect(await messageOf(publishComment(await open(fake, 'weak'), input(1, 'x'.repeat(65_536))))).toMatch(
    /^E_COMMENT_TOO_LONG: /,
  );
  expect(await messageOf(publishComment(await open(fake, 'wrong'), input(1)))).toMatch(/^E_GITHUB_AUTH: /);
});

test('a run that was started again knows more than it did before', async () => {
  await using fake = await startGitHub();
  withPull(fake);
  const github = await open(fake);
  const again = { ...input(5, 'again'), run: { id: 5, attempt: 2 } };
  expect((await publishComment(github, again)).kind).toBe('created');
  expect((await publishComment(github, input(5))).kind).toBe('skipped');
  expect((await publishComment(github, { ...again, body: 'and again' })).kind).toBe('updated');
});

test("whoever's token it is, its owner's comment is the one", async () => {
  const tokens = {
    app: { login: 'acme-models[bot]' },
    token: { login: 'github-actions[bot]' },
  };
  await using fake = await startGitHub({ tokens });
  withPull(fake);
  for (const run of [1, 2]) await publishComment(await open(fake, 'app'), input(run));
  await publishComment(await open(fake), input(3));
  expect(fake.state.comments.map(({ user, body }) => [user.login, body.split('\n')[0]])).toEqual([
    ['acme-models[bot]', 'from run 2'],
    ['github-actions[bot]', 'from run 3'],
  ]);
});

test('what is created without an answer, or deleted meanwhile, ends as one comment', async () => {
  await using fake = await startGitHub();
  withPull(fake);
  const github = await open(fake);
  fake.fault = (operation) => {
    if (!operation.startsWith('POST ')) return null;
    fake.fault = null;
    // Written, and then the connection broke.
    const body = `from run 1\n\n<!-- lockstep:report run=1.1 head=${head} -->\n`;
    fake.state.comments.push({ id: 1, issue: 7, body, user: { login: 'github-actions[bot]' } });
    return { status: 502 };
  };
  expect((await publishComment(github, input(1))).kind).toBe('unchanged');
  fake.fault = (operation) => {
    if (!operation.startsWith('PATCH ')) return null;
    fake.fault = null;
    fake.state.comments.length = 0;
    return null;
  };
  expect((await publishComment(github, input(2))).kind).toBe('created');
  expect(own(fake).map(({ body }) => body.split('\n')[0])).toEqual(['from run 2']);
});

test('what was judged alike stays as it was written, whoever says so under another name does not count', async () => {
  await using fake = await startGitHub();
  withPull(fake);
  const github = await open(fake);
  const of = (name: string) => digestOf(name);
  const say = (run: number, key: string, over: Partial<CommentInput> = {}) =>
    publishComment(github, { ...input(run), key: of(key), ...over });
  const forged = `forged\n\n<!-- lockstep:report run=1.1 head=${head} of=${hexOf(of('alike'))} -->`;
  fake.state.comments.push({ id: 1, issue: 7, body: forged, user: { login: 'mallory' } });
  expect((await say(1, 'alike')).kind).toBe('created');
  expect((await say(2, 'alike')).kind).toBe('unchanged');
  expect(own(fake)[0]?.body).toContain('from run 1');
  // Another verdict, another commit, and who gives no key are told.
  expect((await say(3, 'other')).kind).toBe('updated');
  expect((await say(4, 'other', { head: head.replaceAll('1', '2') })).kind).toBe('updated');
  expect((await publishComment(github, input(5))).kind).toBe('updated');
  expect((await say(6, 'other')).kind).toBe('updated');
  expect((await say(2, 'other')).kind).toBe('skipped');
  expect(fake.state.comments[0]?.body).toBe(forged);
});

test('a body that is made of what stands there, or nothing', async () => {
  await using fake = await startGitHub();
  withPull(fake);
  const github = await open(fake);
  const add = (run: number, body: CommentInput['body']) => publishComment(github, { ...input(run), body });
  expect(await add(1, () => null)).toEqual({ kind: 'skipped', why: 'nothing to say' });
  expect(own(fake)).toEqual([]);
  await add(2, (before) => `first after ${before}`);
  await add(3, (before) => `then ${before}`);
  expect((await add(4, () => null)).kind).toBe('skipped');
  expect(own(fake).map(({ body }) => body.split('\n')[0])).toEqual(['then first after null']);
});
