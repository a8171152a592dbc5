import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { promote, statusOf, verifyEnvironments } from '../../src/gitops/index.ts';
import { git, openWorkspace, statePath } from '../../src/workspace/index.ts';
import { runAction } from '../../test/actions/run-action.ts';
import { startGitServer } from '../../test/fakes/git-server.ts';
import { startGitHub } from '../../test/fakes/github/server.ts';
import { makeSandbox } from '../../test/git-sandbox.ts';
import { makeProject, registerVersion } from '../../test/release-sandbox.ts';

test('woken by a status it records what the cluster says, once; what fails is red, or rolled back', async () => {
  await using sandbox = await makeSandbox();
  await using server = await startGitServer({ root: sandbox.folder, tokens: ['token'], readers: [] });
  await using github = await startGitHub({
    tokens: {
      token: { login: 'github-actions[bot]', permissions: { contents: 'write', statuses: 'read' } },
    },
  });
  const yaml =
    'environments: [{name: dev, observe: status, rollback: automatic}, {name: staging, observe: status}, production]\n';
  const ada = openWorkspace((await makeProject(sandbox, 'ada', { 'lockstep.yaml': yaml })).root);
  for (const version of ['v1.0.0', 'v1.1.0']) await registerVersion(ada, version);
  const to = (version: string, environment: string) =>
    promote(ada, { model: 'churn', version, environment, observe: 0 });
  const tip = () => git(['rev-parse', 'environments'], { cwd: sandbox.origin });
  const say = async (context: string, state: string) =>
    void github.state.statuses.push({
      ...{ sha: await tip(), context, state, description: '::error::pods\nare down', target_url: null },
      creator: { login: 'acme-flux' },
    });
  let jobs = 0;
  async function observe() {
    const root = join(sandbox.folder, `job-${++jobs}`);
    await git(['clone', '--quiet', `${server.url}/origin.git`, root], { cwd: sandbox.folder });
    const done = await runAction('observe', {
      workspace: root,
      with: { token: 'token' },
      env: {
        GITHUB_API_URL: github.url,
        GITHUB_SERVER_URL: server.url,
        LOCKSTEP_SIGNING_KEY: readFileSync(statePath(ada, 'keys/ed25519.pem'), 'utf8'),
      },
      from: 'source',
    });
    rmSync(root, { recursive: true });
    return [done.exit, done.outputs, done.errors] as const;
  }
  const nothing = { recorded: '', 'rolled-back': '', failing: '' };

  await to('v1.0.0', 'dev');
  await say('lockstep/dev', 'success');
  expect(await observe()).toEqual([0, { ...nothing, recorded: 'churn/dev' }, []]);
  const recorded = await tip();
  expect(await git(['log', '-1', '--format=%an: %s', recorded], { cwd: sandbox.origin })).toBe(
    'github-actions[bot]: churn: v1.0.0 observed in dev',
  );
  expect(await observe()).toEqual([0, nothing, []]);
  expect(await tip()).toBe(recorded);
  expect((await statusOf(ada)).models[0]!.environments[0]!.recorded?.observed.by).toMatchObject({
    kind: 'status',
    creator: 'acme-flux',
  });

  await to('v1.0.0', 'staging');
  await say('lockstep/staging', 'failure');
  expect(await observe()).toEqual([
    1,
    { ...nothing, failing: 'churn/staging' },
    ['churn v1.0.0 in staging fails: lockstep/staging says failure: ::error::pods\\u000aare down'],
  ]);
  await to('v1.1.0', 'dev');
  await say('lockstep/dev/churn', 'failure');
  github.state.statuses.splice(1, 1);
  expect(await observe()).toEqual([0, { ...nothing, 'rolled-back': 'churn/dev' }, []]);
  expect((await verifyEnvironments(ada)).findings).toEqual([]);
}, 60_000);
