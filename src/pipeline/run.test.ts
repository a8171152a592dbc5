import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { addData, openStore } from '../data/index.ts';
import { statePath } from '../workspace/index.ts';
import { readPipeline } from './pipeline.ts';
import { planRun } from './plan.ts';
import { readRunRecord, runPath } from './run-records.ts';
import { commitAll, pipelineFile, runToy, toyWorkspace, writeFiles } from './test-workspace.ts';

const planOf = async (workspace: Awaited<ReturnType<typeof toyWorkspace>>) => {
  const plan = await planRun(workspace, await readPipeline(workspace, 'toy'));
  return plan.stages.map(({ name, decision }) =>
    decision.kind === 'cached' ? `${name}: cached` : `${name}: ${decision.why.join(', ')}`,
  );
};

test('the first run makes everything, the second nothing', async () => {
  await using workspace = await toyWorkspace();
  expect(await planOf(workspace)).toEqual(['prepare: never ran', 'train: never ran']);
  const first = await runToy(workspace);
  expect(first.steps).toEqual(['prepare: never ran', 'train: never ran']);
  expect(first.cached).toBe(false);
  const store = openStore(workspace);
  expect((await store.read(first.outputs['model.txt']!.digest)).toString()).toBe(
    '{"rate":0.1,"seed":7}\n1,2\n5,6',
  );
  expect(first.events.filter(({ kind }) => kind === 'log')).toEqual([
    { kind: 'log', stage: 'prepare', line: 'prepared 4 rows of x,y' },
    { kind: 'log', stage: 'train', line: 'trained' },
  ]);
  expect(first.record.stages[1]!.metrics).toEqual({ loss: 0.5 });
  expect(readRunRecord(workspace, first.record.fingerprint)).toEqual(first.record);
  expect(readdirSync(statePath(workspace, 'work'))).toEqual([]);

  const second = await runToy(workspace);
  expect(second.steps).toEqual(['prepare: cached', 'train: cached']);
  expect(second.cached).toBe(true);
  expect(second.outputs).toEqual(first.outputs);
  expect(second.record).toEqual(first.record);
});

test('plan says what changed, and the run does just that', async () => {
  await using workspace = await toyWorkspace();
  const { root } = workspace;
  await runToy(workspace);

  writeFiles(root, { 'pipelines/toy/pipeline.yaml': pipelineFile.replace('rate: 0.1', 'rate: 0.05') });
  expect(await planOf(workspace)).toEqual(['prepare: cached', 'train: param rate 0.1 → 0.05']);
  expect((await runToy(workspace)).steps).toEqual(['prepare: cached', 'train: param rate 0.1 → 0.05']);

  const shared = readFileSync(join(root, 'common/lines.mjs'), 'utf8');
  writeFiles(root, { 'common/lines.mjs': `${shared}// more\n` });
  expect(await planOf(workspace)).toEqual([
    'prepare: /common/lines.mjs changed',
    'train: train.txt may change',
  ]);
  // What it made is the same, so the stage after it has nothing to do.
  expect((await runToy(workspace)).steps).toEqual(['prepare: /common/lines.mjs changed', 'train: cached']);

  writeFiles(root, { 'data/toy/rows.csv': 'x,y\n9,9\n3,4\n' });
  expect(await planOf(workspace)).toEqual(['prepare: cached', 'train: cached']);
  await addData(workspace, join(root, 'data/toy/rows.csv'));
  expect((await runToy(workspace)).steps).toEqual([
    'prepare: data toy/rows.csv changed',
    'train: train.txt changed',
  ]);
});

test('going back to what ran before runs nothing', async () => {
  await using workspace = await toyWorkspace();
  const first = await runToy(workspace);
  writeFiles(workspace.root, { 'pipelines/toy/pipeline.yaml': pipelineFile.replace('rate: 0.1', 'rate: 2') });
  await runToy(workspace);
  writeFiles(workspace.root, { 'pipelines/toy/pipeline.yaml': pipelineFile });
  const back = await runToy(workspace);
  expect(back.steps).toEqual(['prepare: cached', 'train: cached']);
  expect(back.record).toEqual(first.record);
});

test('an output that is gone or damaged is made again, and why is said', async () => {
  await using workspace = await toyWorkspace();
  const { outputs } = await runToy(workspace);
  const path = openStore(workspace).pathOf(outputs['train.txt']!.digest);
  rmSync(path);
  expect(await planOf(workspace)).toEqual([
    'prepare: train.txt gone from the store',
    'train: train.txt may change',
  ]);
  expect((await runToy(workspace)).steps).toEqual([
    'prepare: train.txt gone from the store',
    'train: cached',
  ]);
  writeFileSync(path, 'x,xxxx!');
  expect((await runToy(workspace)).steps).toEqual([
    'prepare: train.txt gone from the store',
    'train: cached',
  ]);
  expect(readFileSync(path, 'utf8')).toBe('1,2\n5,6');
});

test('until a stage, and by force', async () => {
  await using workspace = await toyWorkspace();
  const half = await runToy(workspace, { until: 'prepare' });
  expect(half.steps).toEqual(['prepare: never ran']);
  expect(Object.keys(half.outputs)).toEqual(['test.txt', 'train.txt']);
  expect((await runToy(workspace)).steps).toEqual(['prepare: cached', 'train: never ran']);
  expect((await runToy(workspace, { force: true })).steps).toEqual(['prepare: forced', 'train: forced']);
});

test('the record knows the commit and whether files differed from it', async () => {
  await using workspace = await toyWorkspace();
  expect((await runToy(workspace)).record).toMatchObject({ commit: null, dirty: false });
  const commit = await commitAll(workspace.root, 'toy');
  const clean = await runToy(workspace);
  expect(clean.cached).toBe(true);
  expect(clean.record).toMatchObject({ commit, dirty: false });
  writeFiles(workspace.root, { '.gitignore': '/data/\n/.lockstep/\n/other/\n' });
  expect((await runToy(workspace)).record).toMatchObject({ commit, dirty: true });
});

test('a pipeline runs as it was at a commit, whatever lies in the work tree', async () => {
  await using workspace = await toyWorkspace();
  const commit = await commitAll(workspace.root, 'toy');
  const base = await runToy(workspace);
  rmSync(statePath(workspace, 'runs'), { recursive: true });
  writeFiles(workspace.root, {
    'pipelines/toy/pipeline.yaml': 'not: a pipeline\n',
    'pipelines/toy/prepare.mjs': 'process.exit(1)\n',
    'common/lines.mjs': 'nothing\n',
    'data.lock': 'version: 1\ndatasets: {}\n',
  });
  const again = await runToy(workspace, { source: { commit: 'HEAD' } });
  expect(again.steps).toEqual(['prepare: never ran', 'train: never ran']);
  expect(again.outputs).toEqual(base.outputs);
  expect(again.record).toMatchObject({ commit, dirty: false, fingerprint: base.record.fingerprint });
  expect(existsSync(statePath(workspace, 'runs', 'latest'))).toBe(false);
});

test('a damaged record is no record', async () => {
  await using workspace = await toyWorkspace();
  const { record } = await runToy(workspace);
  for (const name of readdirSync(statePath(workspace, 'runs', 'stages'))) {
    if (name.endsWith('.json')) writeFileSync(statePath(workspace, 'runs', 'stages', name), '{"v":');
  }
  writeFileSync(runPath(workspace, record.fingerprint, 'record.json'), '');
  const again = await runToy(workspace);
  expect(again.steps).toEqual(['prepare: its record is gone', 'train: its record is gone']);
  expect(readRunRecord(workspace, record.fingerprint)).toEqual(again.record);
});

test('a stage under another name finds the work done, and the record calls it by its own name', async () => {
  await using workspace = await toyWorkspace();
  await runToy(workspace);
  writeFiles(workspace.root, { 'pipelines/toy/pipeline.yaml': pipelineFile.replace('  train:', '  fit:') });
  const { steps, record } = await runToy(workspace);
  expect(steps).toEqual(['prepare: cached', 'fit: cached']);
  expect(record.stages.map(({ name }) => name)).toEqual(['prepare', 'fit']);
});
