import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { commitFiles, messageOf } from '../../test/git-sandbox.ts';
import { toyModelYaml } from '../../test/toy-model.ts';
import { openStore } from '../data/index.ts';
import { type EnvironmentState, writeAgentState } from '../gitops/agent/state.ts';
import { promote } from '../gitops/index.ts';
import type { Report } from '../pipeline/index.ts';
import { listVersions, type ReleaseRecord, readRelease } from '../registry/index.ts';
import { git, openWorkspace, type Workspace } from '../workspace/index.ts';
import { registerModel } from './register.ts';
import { giveData, retrainProject, rowsCsv } from './retrain.fixture.ts';
import { retrainModel } from './retrain.ts';
import type { ToyProject } from './test-workspace.ts';

/*
 * What is checked where each environment trains for itself: by a policy, `from:` environments, and of the data. A server of the model server's protocol and an agent's
 * state file stand for what runs.
 */

const policy = `checks:
  - {metric: roc_auc, at-least: 0.6}
environments:
  staging: {checks: [{metric: error_rate, from: dev, at-most: 0.1}]}
  production: {checks: [{metric: error_rate, from: staging, at-most: 0.1}]}
`;
const running: Record<string, ReleaseRecord | undefined> = {};
const states: Record<string, EnvironmentState> = {};
const server = createServer((request, response) => {
  const release = running[request.url!.split('/')[1]!];
  response.statusCode = release ? 200 : 503;
  response.end(
    JSON.stringify({ parameters: { version: release?.version, model_digest: release?.modelDigest } }),
  );
});

const urlOf = (environment: string) =>
  `http://127.0.0.1:${(server.address() as AddressInfo).port}/${environment}`;

let project: ToyProject;
let workspace: Workspace;
beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const at = (name: string) => `{name: ${name}, url: "${urlOf(name)}"}`;
  project = await retrainProject({
    'models/toy/policy.yaml': policy,
    'models/toy/model.yaml': `${toyModelYaml}pattern: retrain\ndata: {expectations: [{column: distance, at-most: 1600}]}\n`,
    'lockstep.yaml': `environments: [${['dev', 'staging', 'production'].map(at).join(', ')}]\n`,
  });
  workspace = openWorkspace(project.root);
});
afterAll(async () => {
  server.close();
  await project[Symbol.asyncDispose]();
});

const retrain = (environment: string, version = 'v1.0.0') =>
  retrainModel(workspace, { model: 'toy', version, environment });
const to = (version: string, environment: string) =>
  promote(workspace, { model: 'toy', version, environment, observe: 0 });
const recordOf = async (version: string) => (await readRelease(workspace, 'toy', version)).record;
const outcomesFor = async (version: string, environment: string) =>
  Object.fromEntries(
    (await recordOf(version)).verdicts[environment]!.checks.map(({ id, outcome }) => [id, outcome]),
  );

/** An environment answers with a version, and so many of ten golden requests as offline. */
async function run(environment: string, version: string, equal: number): Promise<void> {
  const record = await recordOf(version);
  running[environment] = record;
  states[`toy/${environment}`] = {
    ...{ model: 'toy', environment, version, modelDigest: record.modelDigest, port: 1 },
    ...{ image: `${record.image.name}@${record.image.digest}`, golden: { asked: 10, equal } },
    ...{ url: urlOf(environment), serverPid: null, serverPort: null, since: null, refused: null },
  };
  writeAgentState(workspace, {
    ...{ v: 1, pid: process.pid, started: '2026-11-21T12:00:00Z', remote: null, branch: 'environments' },
    ...{ servers: [], environments: states },
  });
}

/** What a verdict says that it was compared with. */
async function baselineOf(version: string, environment: string): Promise<string> {
  const { digest } = (await recordOf(version)).verdicts[environment]!;
  return JSON.parse((await openStore(workspace).read(digest)).toString()).binding.baseline;
}

test('a policy that names every environment judges a training for its own, and what others observe is pending', async () => {
  await giveData(project, 'staging', rowsCsv(500));
  await giveData(project, 'production', rowsCsv(100));
  await retrain('staging');
  await retrain('production');
  expect(Object.keys((await recordOf('v1.0.0-staging.1')).verdicts)).toEqual(['staging']);
  expect(await outcomesFor('v1.0.0-staging.1', 'staging')).toEqual({
    'roc_auc at-least 0.6': 'pass',
    'error_rate at-most 0.1 from dev': 'pending',
  });
  expect(await outcomesFor('v1.0.0-production.1', 'production')).toEqual({
    'roc_auc at-least 0.6': 'pass',
    'error_rate at-most 0.1 from staging': 'pending',
  });
});

test('promotion asks the environment that the check names, about its own training of the version', async () => {
  await to('v1.0.0', 'dev');
  await run('dev', 'v1.0.0', 7);
  expect(await messageOf(to('v1.0.0-staging.1', 'staging'))).toMatch(
    /^E_VERDICT_FAILED: toy v1\.0\.0-staging\.1 may not go to staging: error_rate is 0\.3 in dev, at most 0\.1 is asked for/,
  );
  await run('dev', 'v1.0.0', 10);
  await to('v1.0.0-staging.1', 'staging');

  // Dev, which the check for production does not name, answers badly again.
  await run('dev', 'v1.0.0', 0);
  await run('staging', 'v1.0.0-staging.1', 5);
  expect(await messageOf(to('v1.0.0-production.1', 'production'))).toMatch(
    /^E_VERDICT_FAILED: toy v1\.0\.0-production\.1 may not go to production: error_rate is 0\.5 in staging/,
  );
  await run('staging', 'v1.0.0-staging.1', 10);
  expect(await to('v1.0.0-production.1', 'production')).toMatchObject({ outcome: 'written' });
});

test('data that is not as the model expects is neither trained on nor registered', async () => {
  const versions = await listVersions(workspace.root, 'toy');
  await giveData(project, 'staging', rowsCsv(700));
  const started: string[] = [];
  const request = { model: 'toy', version: 'v1.0.0', environment: 'staging' };
  const report: Report = (event) => void (event.kind === 'stage-started' && started.push(event.stage));
  expect(await messageOf(retrainModel(workspace, { ...request, report }))).toMatch(
    /^E_DATA_QUALITY: toy\/rows\.csv, distance: at most 1600, but 42 cells are not — /,
  );
  expect([started, await listVersions(workspace.root, 'toy')]).toEqual([[], versions]);
});

test('a new training is compared with what runs where it is to go, not with what runs elsewhere', async () => {
  expect(await baselineOf('v1.0.0-staging.1', 'staging')).toBe('v1.0.0');
  await giveData(project, 'staging', rowsCsv(510));
  await giveData(project, 'production', rowsCsv(110));
  await retrain('staging');
  await retrain('production');
  expect(await baselineOf('v1.0.0-staging.2', 'staging')).toBe('v1.0.0-staging.1 in staging');
  expect(await baselineOf('v1.0.0-production.2', 'production')).toBe('v1.0.0-production.1 in production');
});

test('an environment that runs another version measures nothing for this one, and nothing is promoted', async () => {
  const other = policy.replace('from: dev', 'from: production');
  project.train(-0.9);
  await commitFiles(project, { 'models/toy/policy.yaml': other }, 'feat: ask production');
  await git(['push', '--quiet', 'origin', 'HEAD:main'], { cwd: project.root });
  const { version } = await registerModel(workspace, 'toy');
  await retrain('staging', version);
  await to(version, 'dev');
  await run('dev', version, 10);
  await run('production', 'v1.0.0-production.1', 10);
  expect(await messageOf(to(`${version}-staging.1`, 'staging'))).toMatch(
    /^E_VERDICT_INCONCLUSIVE: toy v1\.0\.1-staging\.1 may not go to staging: error_rate: production was not seen to measure it for this version/,
  );
});
