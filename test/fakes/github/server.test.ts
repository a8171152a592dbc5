import { expect, test } from 'vitest';
import { startGitHub } from './server.ts';

// The other tests rest on this: whoever asks what GitHub's description does not have is told, and so is a fake that answers it.
const repository = '/repos/acme/models';

async function broken(ask: (url: string) => Promise<unknown>): Promise<string> {
  const fake = await startGitHub();
  await ask(fake.url);
  return fake[Symbol.asyncDispose]().then(
    () => 'nothing',
    (error: Error) => error.message,
  );
}

const send =
  (path: string, method = 'GET', body?: object) =>
  (url: string) =>
    fetch(`${url}${repository}${path}`, {
      method,
      headers: { authorization: 'token token' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });

test.each([
  [
    'a path that nobody described',
    send('/secrets'),
    'GET /repos/acme/models/secrets is nothing we said we ask',
  ],
  ['a query that is none', send('/pulls?branch=main'), 'the query branch is not described'],
  ['a query of another kind', send('/pulls?state=merged'), 'the query state'],
  [
    'a body without what it needs',
    send('/issues/1/comments', 'POST', {}),
    "must have required property 'body'",
  ],
  ['a body of another kind', send('/issues/1/comments', 'POST', { body: 1 }), 'must be string'],
  [
    'a state that is none',
    send(`/statuses/${'a'.repeat(40)}`, 'POST', { state: 'green' }),
    'must be equal to one of',
  ],
])('%s breaks the description', async (_, ask, words) => {
  expect(await broken(ask)).toContain(words);
});

test('an answer that GitHub would not give breaks it too', async () => {
  const fake = await startGitHub();
  fake.state.comments.push({ id: 'seven' as never, issue: 1, body: 'x', user: { login: 'ada' } });
  await send('/issues/1/comments')(fake.url);
  await expect(fake[Symbol.asyncDispose]()).rejects.toThrow("the fake's own answer to GET");
});

test('pages link to the next one, and every page is asked for by its number', async () => {
  await using fake = await startGitHub();
  for (let id = 1; id <= 150; id++)
    fake.state.comments.push({ id, issue: 1, body: 'x', user: { login: 'ada' } });
  const first = await send('/issues/1/comments?per_page=100')(fake.url);
  expect(first.headers.get('link')).toMatch(/page=2>; rel="next"$/);
  const second = await send('/issues/1/comments?per_page=100&page=2')(fake.url);
  expect([second.headers.get('link'), ((await second.json()) as unknown[]).length]).toEqual([null, 50]);
});

test('a token may do what it may, and an artifact lies behind a redirect that takes no token', async () => {
  const login = 'github-actions[bot]';
  await using fake = await startGitHub({ tokens: { token: { login, permissions: { issues: 'read' } } } });
  const refused = await send('/issues/1/comments', 'POST', { body: 'x' })(fake.url);
  expect([refused.status, await refused.json()]).toEqual([
    403,
    { message: 'Resource not accessible by integration' },
  ]);
  const zip = Buffer.from('bytes');
  fake.state.artifacts.push({ id: 3, run: 1, name: 'a', digest: null, expired: false, zip });
  const headers = { authorization: 'token token' };
  const path = `${fake.url}${repository}/actions/artifacts/3/zip`;
  const moved = await fetch(path, { headers, redirect: 'manual' });
  expect(moved.status).toBe(302);
  const bytes = await (await fetch(moved.headers.get('location')!)).text();
  expect(bytes).toBe('bytes');
});
