import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { commitFiles, messageOf } from '../../test/git-sandbox.ts';
import { deployFiles } from '../../test/release-sandbox.ts';
import { toyModel, toyModelYaml } from '../../test/toy-model.ts';
import { addData } from '../data/index.ts';
import { hold, promote, verifyEnvironments } from '../gitops/index.ts';
import { listVersions, readRelease } from '../registry/index.ts';
import { git } from '../workspace/index.ts';
import { findRoots } from './gc-roots.ts';
import { registerModel } from './register.ts';
import { reproduceModel } from './reproduce.ts';
import { retrainModel } from './retrain.ts';
import { pipelineYaml, type ToyProject, toyProject } from './test-workspace.ts';

/*
 * One model, three environments, each with data of its own: the commit goes from one to the next, and each trains it.
 */

/** Trains one of two graphs, as the mean distance of its rows says. */
const trainMjs = `import { copyFileSync, readFileSync } from 'node:fs';
const [, ...rows] = readFileSync(process.env.LOCKSTEP_INPUTS + '/train.csv', 'utf8').trim().split('\\n');
const mean = rows.reduce((sum, row) => sum + Number(row.split(',')[1]), 0) / rows.length;
copyFileSync(mean > 600 ? 'far.onnx' : 'toy.onnx', process.env.LOCKSTEP_OUTPUTS + '/model.onnx');
`;
const overrides = {
  'pipelines/toy/pipeline.yaml': pipelineYaml.replace(
    /run: cp.*\n.*\]/,
    'run: node train.mjs\n    inputs: [train.mjs, toy.onnx, far.onnx, train.csv]',
  ),
  'pipelines/toy/train.mjs': trainMjs,
  'models/toy/model.yaml': `${toyModelYaml}pattern: retrain\n`,
  ...Object.fromEntries(
    Object.entries(deployFiles).map(([path, text]) => [
      path.replace('models/churn/', 'models/toy/'),
      text.replaceAll('churn', 'toy'),
    ]),
  ),
};

/** `wrong`: labels that no model of distances can learn. */
function rowsCsv(shift: number, wrong = false): string {
  const lines = Array.from({ length: 400 }, (_, row) => {
    const distance = ((row * 37) % 1000) + shift;
    const late = wrong ? row % 2 === 0 : distance + (row % 7) * 90 > 600 + shift;
    return `r${row},${distance},${['AA', 'DL', 'UA'][row % 3]},2001-01-1${row % 9},${late ? 'yes' : 'no'}`;
  });
  return `id,distance,carrier,date,late\n${lines.join('\n')}\n`;
}

let project: ToyProject;
beforeAll(async () => {
  project = await toyProject(overrides);
  writeFileSync(join(project.root, 'pipelines/toy/far.onnx'), toyModel({ bias: -1.5 }));
  await commitFiles(project, {}, 'feat: a second graph');
  await git(['push', '--quiet', 'origin', 'HEAD:main'], { cwd: project.root });
  await registerModel(project, 'toy');
});
afterAll(() => project[Symbol.asyncDispose]());

const to = (version: string, environment: string) =>
  promote(project, { model: 'toy', version, environment, observe: 0 });
const retrain = (environment: string, version = 'v1.0.0') =>
  retrainModel(project, { model: 'toy', version, environment });
const lock = (name: string) => readFileSync(join(project.root, name), 'utf8');

async function addOwn(environment: string, csv: string): Promise<void> {
  const path = join(project.folder, environment, 'rows.csv');
  mkdirSync(join(project.folder, environment), { recursive: true });
  writeFileSync(path, csv);
  await addData(project, path, { as: 'toy/rows.csv', for: environment, push: true });
}

async function giveData(environment: string, csv: string): Promise<void> {
  await addOwn(environment, csv);
  await commitFiles(project, {}, `data: ${environment}`);
}

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
  await addOwn('staging', rowsCsv(500));
  expect([lock('data.lock'), lock('data/toy/rows.csv')]).toEqual([before, rows]);
  expect(lock('data.staging.lock')).toContain('toy/rows.csv');
  expect(await messageOf(retrain('staging'))).toMatch(/^E_GIT_DIRTY: data\.staging\.lock is not committed/);
});

test('it is registered for that environment alone, at a commit that moves the locks and nothing else', async () => {
  await giveData('staging', rowsCsv(500));
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
  await giveData('production', rowsCsv(100));
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
  await giveData('staging', rowsCsv(500, true));
  expect(await messageOf(retrain('staging'))).toMatch(
    /^E_GATE_REFUSED: toy: the verdict for staging is fail/,
  );
  await giveData('staging', rowsCsv(510));
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
