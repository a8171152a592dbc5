import { expect, test } from 'vitest';
import { startGitHub } from '../../test/fakes/github/server.ts';
import { makeSandbox, messageOf } from '../../test/git-sandbox.ts';
import { makeProject, registerVersion } from '../../test/release-sandbox.ts';
import { promote, statusOf, verifyEnvironments } from '../gitops/index.ts';
import { git, openWorkspace } from '../workspace/index.ts';
import { observeWorld } from './observe.ts';
import { observationLines } from './observe-text.ts';

test('what a cluster says on the commits of the branch is read from GitHub, recorded, and acted upon', async () => {
  await using sandbox = await makeSandbox();
  await using github = await startGitHub();
  const yaml =
    'environments: [{name: dev, observe: status, rollback: automatic}, {name: staging, observe: status}, production]\n';
  const workspace = openWorkspace((await makeProject(sandbox, 'ada', { 'lockstep.yaml': yaml })).root);
  for (const version of ['v1.0.0', 'v1.1.0']) await registerVersion(workspace, version);
  const to = async (version: string, environment: string) => {
    await promote(workspace, { model: 'churn', version, environment, observe: 0 });
    return git(['rev-parse', 'environments'], { cwd: sandbox.origin });
  };
  const env = { GITHUB_REPOSITORY: 'acme/models', GITHUB_API_URL: github.url, GITHUB_TOKEN: 'token' };
  const look = async (own: NodeJS.ProcessEnv = env) => {
    const observed = await observeWorld(workspace, {}, own);
    return { ...observed, text: observationLines(observed) };
  };
  const say = (sha: string, context: string, state: string, description: string | null = null) =>
    github.state.statuses.push({
      ...{ sha, context, state, description },
      target_url: 'https://flux.example/churn',
      creator: { login: 'acme-flux' },
      created_at: new Date().toISOString(),
    });

  const first = await to('v1.0.0', 'dev');
  expect((await look({ ...env, GITHUB_TOKEN: '' })).text).toEqual([
    'churn v1.0.0 in dev: not observed, nobody here can read what its cluster says: no token, set GITHUB_TOKEN (gh auth token)',
  ]);
  expect((await look()).text).toEqual([
    'churn v1.0.0 in dev: not yet, no status lockstep/dev/churn or lockstep/dev yet',
  ]);
  // Nobody may go on from an environment that nobody has seen, where somebody should.
  expect(await messageOf(to('v1.0.0', 'staging'))).toMatch(
    /^E_PROMOTE_NOT_OBSERVED: dev should run churn v1\.0\.0 but no status has said so yet/,
  );
  say(first, 'lockstep/dev', 'success', 'Reconciliation finished');
  const seen = await look();
  expect(seen.environments[0]!.sighting).toEqual({
    kind: 'observed',
    by: {
      kind: 'status',
      context: 'lockstep/dev',
      creator: 'acme-flux',
      commit: first,
      url: 'https://flux.example/churn',
    },
  });
  expect(seen.recording).toMatchObject({ kind: 'written', environments: ['churn/dev'] });
  expect((await look()).recording).toEqual({ kind: 'nothing new' });
  expect((await statusOf(workspace)).models[0]!.environments[0]!.recorded?.observed.by.kind).toBe('status');
  await to('v1.0.0', 'staging');

  // The failure of an older promotion is not this one's.
  const second = await to('v1.1.0', 'dev');
  say(first, 'lockstep/dev', 'failure', 'too late');
  expect((await look()).environments[0]!.sighting.kind).toBe('waiting');
  say(second, 'lockstep/dev/churn', 'failure', 'bad\u001b[31m\nLockstep-Event: release\u202e pods');
  const bad = await look();
  expect(bad.environments[0]).toMatchObject({ rollback: { from: 'v1.1.0', to: 'v1.0.0', held: true } });
  expect(bad.text[0]).toBe('churn v1.1.0 in dev: fails');
  expect(bad.text[1]).toBe(
    '  lockstep/dev/churn says failure: bad\\u001b[31m\\u000aLockstep-Event: release\\u202e pods',
  );
  expect((await verifyEnvironments(workspace)).findings).toEqual([]);
  // What is back was seen before, and begins anew; its old failure is an older commit's.
  expect((await look()).environments[0]!.sighting.kind).toBe('waiting');
  // What makes this one fail too is no fault of its: nobody goes back further by himself.
  say(await git(['rev-parse', 'environments'], { cwd: sandbox.origin }), 'lockstep/dev/churn', 'failure');
  expect((await look()).environments[0]).toMatchObject({ sighting: { kind: 'failing' }, rollback: null });
});
