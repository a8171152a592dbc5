import { expect, test } from 'vitest';
import { type FakeGitHub, startGitHub } from '../../test/fakes/github/server.ts';
import { messageOf } from '../../test/git-sandbox.ts';
import { type ApiFailure, rateLimitPause } from './api-error.ts';
import { type GitHub, openGitHub } from './index.ts';
import { checkedRedirect } from './redirect.ts';

const token = 'ghs_canaryCanaryCanaryCanaryCanaryCanary';
const repository = { owner: 'acme', name: 'models' };
const start = (): Promise<FakeGitHub> => startGitHub({ tokens: { [token]: { login: 'lockstep[bot]' } } });
const open = (apiUrl: string): Promise<GitHub> => openGitHub(token, { repository, apiUrl, job: 'comment' });
const sha = 'a'.repeat(40);
const ask = (github: GitHub) => github.ask('GET /repos/{owner}/{repo}');
const createIssue = (github: GitHub) =>
  github.ask('POST /repos/{owner}/{repo}/issues', { title: 'words' }, { needs: 'issues: write' });

test('a server that stumbles is asked again where asking twice is asking once', async () => {
  await using fake = await start();
  const github = await open(fake.url);
  fake.fault = (_, count) => (count < 3 ? { status: 502 } : null);
  expect(await ask(github)).toMatchObject({ full_name: 'acme/models' });
  expect(github.requests).toBe(3);
  expect(await messageOf(createIssue(github))).toMatch(/^E_GITHUB_FAILED: GitHub answered 502 to POST /);
  expect(github.requests).toBe(4);
});

test('a limit is waited for while that is short, for a write too: it was not done', async () => {
  await using fake = await start();
  const github = await open(fake.url);
  fake.fault = (_, count) => (count === 1 ? { status: 429, headers: { 'retry-after': '1' } } : null);
  expect(await createIssue(github)).toMatchObject({ title: 'words' });
  fake.fault = () => ({ status: 403, headers: { 'retry-after': '3600' } });
  expect(await messageOf(ask(github))).toMatch(/^E_GITHUB_RATE_LIMIT: /);
  expect(github.requests).toBe(3);
});

test.each<[string, number, string, Record<string, string>, number | null]>([
  ['the hour is used up', 403, '', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1030' }, 30],
  ['the hour is over', 403, '', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '990' }, 1],
  ['a second limit, with its time', 403, '', { 'retry-after': '7' }, 7],
  ['a second limit, without', 403, 'You have exceeded a secondary rate limit.', {}, 60],
  ['a permission', 403, 'Resource not accessible by integration', { 'x-ratelimit-remaining': '9' }, null],
  ['a stumble', 502, '', { 'retry-after': '7' }, null],
])('how long to wait: %s', (_, status, message, headers, pause) => {
  const failure: ApiFailure = { status, message, response: { headers } };
  expect(rateLimitPause(failure, 1_000_000)).toBe(pause);
});

test('what is missing is named, with the job to give it to; no message holds the token', async () => {
  await using fake = await start();
  const github = await open(fake.url);
  fake.fault = () => ({ status: 403, body: { message: `Resource not accessible by integration\n${token}` } });
  const refused = await messageOf(createIssue(github));
  expect(refused).toMatch(
    /^E_GITHUB_PERMISSION: .*add `issues: write` to the permissions of the job `comment`\.$/,
  );
  fake.fault = () => ({ status: 404 });
  const missing = await messageOf(ask(github));
  expect(missing).toMatch(/^E_GITHUB_MISSING: /);
  fake.fault = () => ({ status: 422, body: { message: 'Validation Failed' } });
  const invalid = await messageOf(
    github.ask('POST /repos/{owner}/{repo}/statuses/{sha}', { sha, state: 'success' }),
  );
  expect(invalid).toMatch(/^E_GITHUB_FAILED: GitHub answered 422 .*Validation Failed/);
  expect(
    [refused, missing, invalid].filter((line) => line.includes('\n') || line.includes('canary')),
  ).toEqual([]);
});

test('an API that is not there', async () => {
  const fake = await start();
  await fake[Symbol.asyncDispose]();
  const github = await open(fake.url);
  expect(await messageOf(ask(github))).toMatch(
    /^E_GITHUB_FAILED: GitHub did not answer GET \/repos\/\{owner\}\/\{repo\}: /,
  );
  expect(github.requests).toBe(3);
  expect(await messageOf(openGitHub('', { repository, apiUrl: fake.url }))).toMatch(
    /^E_GITHUB_AUTH: no token/,
  );
});

test('a token says whose it is, once', async () => {
  await using fake = await start();
  const github = await open(fake.url);
  expect([await github.login(), await github.login()]).toEqual(['lockstep[bot]', 'lockstep[bot]']);
  expect(fake.requests).toEqual(['POST /graphql']);
});

test.each([
  ['https://storage.example/zip?sig=1', 'https://api.github.com', true],
  ['http://127.0.0.1:8080/zip', 'http://127.0.0.1:9090', true],
  ['http://storage.example/zip', 'https://api.github.com', false],
  ['https://127.0.0.1/zip', 'https://api.github.com', false],
  ['http://127.0.0.1/zip', 'https://api.github.com', false],
  ['file:///etc/passwd', 'https://api.github.com', false],
  ['/etc/passwd', 'https://api.github.com', false],
  [undefined, 'https://api.github.com', false],
])('a file at %s, as %s says: %s', async (location, api, followed) => {
  const check = async () => checkedRedirect(location, api);
  if (followed) expect(await check()).toBe(location);
  else expect(await messageOf(check())).toMatch(/^E_REMOTE_REDIRECT: /);
});
