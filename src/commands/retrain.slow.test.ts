import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { commitFiles, messageOf } from '../../test/git-sandbox.ts';
import { toyModelYaml } from '../../test/toy-model.ts';
import { hold, promote, verifyEnvironments } from '../gitops/index.ts';
import { listVersions, readRelease } from '../registry/index.ts';
import { git } from '../workspace/index.ts';
import { findRoots } from './gc-roots.ts';
import { registerModel } from './register.ts';
import { reproduceModel } from './reproduce.ts';
import { addOwn, giveData, retrainProject, rowsCsv } from './retrain.fixture.ts';
import { retrainModel } from './retrain.ts';
import type { ToyProject } from './test-workspace.ts';

/*
 * One model, three environments, each with data of its own: the commit goes from one to the next, and each trains it.
 */

let project: ToyProject;
beforeAll(async () => {
  project = await retrainProject();
});
afterAll(() => project[Symbol.asyncDispose]());

const to = (version: string, environment: string) =>
  promote(project, { model: 'toy', version, environment, observe: 0 });
const retrain = (environment: string, version = 'v1.0.0') =>
  retrainModel(project, { model: 'toy', version, environment });
const lock = (name: string) => readFileSync(join(project.root, name), 'utf8');

test('what main trained goes to the first environment, and no further', async () => {
  expect((await to('v1.0.0', 'dev')).outcome).toBe('written');
  expect(await messageOf(to('v1.0.0', 'staging'))).toMatchInlineSnapshot(
    `"E_PROMOTE_RETRAIN: toy v1.0.0 was trained by main, and staging trains its own in models/toy/model.yaml — v1.0.0-staging.<n>, trained on data.staging.lock. Fix: lockstep retrain toy v1.0.0 --in staging, and promote what it registers."`,
  );
});

test('an environment trains on data that is committed for it, and leaves everybody’s alone', async () => {
  expect(await messageOf(retrain('staging'))).toMatchInlineSnapshot(
    `"E_LOCK_MISSING: no data.staging.lock at HEAD, so staging has no data of its own — a committed data.staging.lock at the root of the repository. Fix: \`lockstep data add <file> --as <dataset> --for staging\`, then commit it."`,
  );
  const [before, rows] = [lock('data.lock'), lock('data/toy/rows.csv')];
  await addOwn(project, 'staging', rowsCsv(500));
  expect([lock('data.lock'), lock('data/toy/rows.csv')]).toEqual([before, rows]);
  expect(lock('data.staging.lock')).toContain('toy/rows.csv');
  expect(await messageOf(retrain('staging'))).toMatch(/^E_GIT_DIRTY: data\.staging\.lock is not committed/);
});

test('it is registered for that environment alone, at a commit that moves the locks and nothing else', async () => {
  await giveData(project, 'staging', rowsCsv(500));
  const made = await retrain('staging');
  expect(made).toMatchObject({
    version: 'v1.0.0-staging.1',
    of: 'v1.0.0',
    environment: 'staging',
    outcome: 'registered',
    pushed: true,
  });
  const base = (await readRelease(project, 'toy', 'v1.0.0')).record;
  const { record } = await readRelease(project, 'toy', 'v1.0.0-staging.1');
  expect(Object.keys(record.verdicts)).toEqual(['staging']);
  expect(record.modelDigest).not.toBe(base.modelDigest);
  const moved = await git(['diff', '--name-only', base.commit, record.commit], { cwd: project.root });
  expect(moved.trim().split('\n')).toEqual(['data.lock', 'data.staging.lock']);
  expect((await git(['rev-parse', `${record.commit}^`], { cwd: project.root })).trim()).toBe(base.commit);
  expect(await retrain('staging')).toMatchObject({ version: 'v1.0.0-staging.1', outcome: 'unchanged' });
  expect(await reproduceModel(project, 'toy', 'v1.0.0-staging.1')).toMatchObject({ same: true });
});

test('each environment takes its own training of the version that the one before it runs', async () => {
  await giveData(project, 'production', rowsCsv(100));
  const made = await retrain('production');
  expect(made.version).toBe('v1.0.0-production.1');
  expect(await messageOf(to(made.version, 'production'))).toMatch(
    /^E_PROMOTE_ORDER: expected toy v1\.0\.0-production\.1 in staging, found nothing/,
  );
  expect(await messageOf(to('v1.0.0-staging.1', 'production'))).toMatch(/^E_PROMOTE_RETRAIN: /);
  expect(await messageOf(to(made.version, 'staging'))).toMatch(/^E_PROMOTE_RETRAIN: /);
  await to('v1.0.0-staging.1', 'staging');
  await to(made.version, 'production');
  const { findings, verified } = await verifyEnvironments(project);
  expect(findings).toEqual([]);
  expect(verified.map(({ environment, version }) => `${environment} ${version}`).sort()).toEqual([
    'dev v1.0.0',
    'production v1.0.0-production.1',
    'staging v1.0.0-staging.1',
  ]);
});

test('new data is a new training; what the gate refuses gets no version', async () => {
  await giveData(project, 'staging', rowsCsv(500, true));
  expect(await messageOf(retrain('staging'))).toMatch(
    /^E_GATE_REFUSED: toy: the verdict for staging is fail/,
  );
  await giveData(project, 'staging', rowsCsv(510));
  expect((await retrain('staging')).version).toBe('v1.0.0-staging.2');
});

test('a hold on the version holds what was trained of it, and a hold on one training that one', async () => {
  const change = (version: string, kind: 'hold' | 'release') =>
    hold(project, { model: 'toy', version, release: kind === 'release', reason: 'late flights' });
  await change('v1.0.0', 'hold');
  expect(await messageOf(to('v1.0.0-staging.2', 'staging'))).toMatch(/^E_PROMOTE_HELD: toy v1\.0\.0 is held/);
  await change('v1.0.0', 'release');
  await change('v1.0.0-staging.1', 'hold');
  expect((await to('v1.0.0-staging.2', 'staging')).outcome).toBe('written');
});

test('data of environments is kept, and main counts its own versions on', async () => {
  const roots = await findRoots(project, { history: 30, runs: 30, complete: false, now: Date.now() });
  const kept = new Set(roots.datasets.map(({ digest }) => digest));
  for (const name of ['data.lock', 'data.staging.lock', 'data.production.lock'])
    expect(kept, name).toContain(/sha256:[0-9a-f]{64}/.exec(lock(name))![0]);
  project.train(-0.9);
  await commitFiles(project, {}, 'feat: another model');
  expect((await registerModel(project, 'toy')).version).toBe('v1.0.1');
  expect((await listVersions(project.root, 'toy')).map(({ version }) => version)).toEqual([
    'v1.0.0-production.1',
    'v1.0.0-staging.1',
    'v1.0.0-staging.2',
    'v1.0.0',
    'v1.0.1',
  ]);
});

test('a training is trained of no other, and a model of one artifact not at all', async () => {
  expect(await messageOf(retrain('production', 'v1.0.0-staging.1'))).toMatchInlineSnapshot(
    `"E_PROMOTE_RETRAIN: toy v1.0.0-staging.1 was trained for staging of v1.0.0 in models/toy/model.yaml — a version that main registered. Fix: lockstep retrain toy v1.0.0 --in production."`,
  );
  await commitFiles(project, { 'models/toy/model.yaml': toyModelYaml }, 'feat: promote what main trains');
  project.train(-0.8);
  await commitFiles(project, {}, 'feat: one artifact');
  const { version } = await registerModel(project, 'toy');
  expect(await messageOf(retrain('staging', version))).toMatchInlineSnapshot(
    `"E_PROMOTE_RETRAIN: toy v1.0.2 is trained once, and the artifact is promoted in models/toy/model.yaml — models with \`pattern: retrain\` at the commit of the version. Fix: lockstep promote toy v1.0.2 --to staging."`,
  );
});
