import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { git, statePath } from '../../src/workspace/index.ts';
import { type GitServer, refusePushes, startGitServer } from '../fakes/git-server.ts';
import { type FakeGitHub, startGitHub } from '../fakes/github/server.ts';
import { type GitSandbox, makeSandbox } from '../git-sandbox.ts';
import { makeProject, registerVersion } from '../release-sandbox.ts';
import { type ActionResult, runAction } from './run-action.ts';

/*
 * A deployment is a push to the branch `environments`, with the job's token, over smart HTTP. What GitHub refuses there
 * is refused here in its words, and the action has to say which rule it was and who can mend it.
 */
let sandbox: GitSandbox;
let server: GitServer;
let github: FakeGitHub;
/** The repository's secret: who registers is trusted here. */
let signingKey: string;
beforeAll(async () => {
  sandbox = await makeSandbox();
  const workspace = await makeProject(sandbox);
  await registerVersion(workspace, 'v1.0.0');
  await git(['push', '--quiet', 'origin', 'HEAD:main'], { cwd: workspace.root });
  signingKey = readFileSync(statePath(workspace, 'keys/ed25519.pem'), 'utf8');
  server = await startGitServer({ root: sandbox.folder, tokens: ['token'], readers: ['reader'] });
  const login = 'github-actions[bot]';
  github = await startGitHub({ tokens: { token: { login }, reader: { login }, another: { login } } });
});
afterAll(async () => {
  await github[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
  await sandbox[Symbol.asyncDispose]();
});

let jobs = 0;
async function deploy(token = 'token'): Promise<ActionResult> {
  const root = join(sandbox.folder, `job-${++jobs}`);
  await git(['clone', '--quiet', `${server.url}/origin.git`, root], { cwd: sandbox.folder });
  const result = await runAction('deploy', {
    workspace: root,
    with: { models: 'churn', version: 'v1.0.0', environment: 'dev', token },
    env: { GITHUB_API_URL: github.url, GITHUB_SERVER_URL: server.url, LOCKSTEP_SIGNING_KEY: signingKey },
  });
  rmSync(root, { recursive: true });
  return result;
}

const environments = () =>
  git(['for-each-ref', '--format=%(refname)', 'refs/heads/environments', 'refs/tags/churn#*'], {
    cwd: sandbox.origin,
  });

test.each([
  [
    'a protected branch',
    'refs/heads/environments',
    [
      'GH006: Protected branch update failed for refs/heads/environments.',
      'Cannot update this protected branch.',
    ],
    /GH006.*bypass actor/s,
  ],
  [
    'a ruleset',
    'refs/heads/environments',
    [
      'GH013: Repository rule violations found for refs/heads/environments.',
      'Changes must be made through a pull request.',
    ],
    /GH013.*bypass list of the ruleset/s,
  ],
  [
    'a rule on who creates tags',
    'refs/tags/',
    [
      'GH013: Repository rule violations found for refs/tags/churn#dev#1.',
      'Cannot create ref due to creations being restricted.',
    ],
    /creations being restricted.*bypass list of the ruleset/s,
  ],
] as const)(
  '%s refuses, is named, and nothing is half written',
  async (_, refs, words, said) => {
    const allow = refusePushes(sandbox.origin, refs, words);
    try {
      const before = await environments();
      const refused = await deploy();
      expect([refused.exit, refused.errors], refused.log).toEqual([
        1,
        [expect.stringContaining('E_GIT_PUSH_REFUSED: ')],
      ]);
      expect(refused.errors[0]).toMatch(said);
      expect(await environments()).toBe(before);
      expect(github.state.deployments.filter(({ statuses }) => statuses.at(-1)?.state === 'success')).toEqual(
        [],
      );
    } finally {
      allow();
    }
  },
  30_000,
);

test('a token that may only read is told the permission that it lacks; an unknown one is refused too', async () => {
  const reader = await deploy('reader');
  expect([reader.exit, reader.errors], reader.log).toEqual([
    1,
    [expect.stringContaining('E_GIT_PUSH_REFUSED: ')],
  ]);
  expect(reader.errors[0]).toContain('permissions: contents: write');
  const unknown = await deploy('another');
  expect([unknown.exit, unknown.errors], unknown.log).toEqual([
    1,
    [expect.stringContaining('E_GIT_PUSH_REFUSED: ')],
  ]);
}, 30_000);

test('let through, the same job deploys; run again it asks nothing of anybody', async () => {
  const done = await deploy();
  expect([done.exit, done.errors], done.log).toEqual([0, []]);
  expect(await environments()).toBe('refs/heads/environments\nrefs/tags/churn#dev#1');
  const before = [github.requests.length, server.requests.length] as const;
  const again = await deploy();
  expect([again.exit, again.errors], again.log).toEqual([0, []]);
  expect(github.requests.slice(before[0]).filter((request) => !request.startsWith('GET'))).toEqual([]);
  expect(server.requests.slice(before[1]).filter((request) => request.includes('receive-pack'))).toEqual([]);
}, 60_000);
