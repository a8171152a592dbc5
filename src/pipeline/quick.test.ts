import { expect, test } from 'vitest';
import { messageFrom, pipelineFile, runToy, toyWorkspace, writeFiles } from './test-workspace.ts';

const rows = `x,y\n${Array.from({ length: 400 }, (_, row) => `${row},${row % 7}`).join('\n')}\n`;
const quick = (section: string) => ({
  'pipelines/toy/pipeline.yaml': `${pipelineFile}quick: ${section}\n`,
  'data/toy/rows.csv': rows,
});
const read = async (workspace: Awaited<ReturnType<typeof toyWorkspace>>, digest: string) =>
  (await import('../data/index.ts')).openStore(workspace).read(digest as `sha256:${string}`);

test('a quick run takes a share of the rows and its own params, the same ones each time', async () => {
  await using toy = await toyWorkspace(quick('{rows: 10%, params: {rate: 0.9}}'));
  const full = await runToy(toy);
  const sampled = await runToy(toy, { quick: true });
  expect(sampled.steps.map((step) => step.split(':')[0])).toEqual(['prepare', 'train']);
  const [train, model] = [
    (await read(toy, sampled.outputs['train.txt']!.digest)).toString(),
    (await read(toy, sampled.outputs['model.txt']!.digest)).toString(),
  ];
  const count = train.split('\n').length;
  expect(count).toBeGreaterThan(5);
  expect(count).toBeLessThan(40);
  expect(rows).toContain(train.split('\n')[0]!);
  expect(model).toContain('"rate":0.9');
  expect(sampled.record.fingerprint).not.toBe(full.record.fingerprint);
  expect((await runToy(toy, { quick: true })).steps).toEqual(['prepare: cached', 'train: cached']);
  // The full run's results are still its own, and plan still speaks of it.
  expect((await runToy(toy)).steps).toEqual(['prepare: cached', 'train: cached']);
  await using other = await toyWorkspace(quick('{rows: 10%, params: {rate: 0.9}}'));
  expect((await runToy(other, { quick: true })).outputs).toEqual(sampled.outputs);
});

test('only tables can be sampled, and a quick run must be described', async () => {
  await using toy = await toyWorkspace({
    ...quick('{rows: 10%}'),
    'data/toy/image.bin': 'not a table',
  });
  const { addData } = await import('../data/index.ts');
  await addData(toy, `${toy.root}/data/toy/image.bin`);
  writeFiles(toy.root, {
    'pipelines/toy/pipeline.yaml': `${pipelineFile.replace('"data:toy/rows.csv",', '"data:toy/rows.csv", "data:toy/image.bin",')}quick: {rows: 10%}\n`,
  });
  expect(await messageFrom(runToy(toy, { quick: true }))).toMatchInlineSnapshot(
    `"E_QUICK_INPUT: a quick run can't take a sample of "data:toy/image.bin" in pipelines/toy/pipeline.yaml:5:35 — tables: .parquet and .csv. Fix: leave \`rows\` out of \`quick:\`, or let the stage read fewer by a param that \`quick:\` sets."`,
  );
  writeFiles(toy.root, { 'pipelines/toy/pipeline.yaml': pipelineFile });
  expect(await messageFrom(runToy(toy, { quick: true }))).toMatchInlineSnapshot(
    `"E_CONFIG_MISSING: toy has no quick run in pipelines/toy/pipeline.yaml:1:1 — a section \`quick: {rows: 5%, params: {…}}\` in pipeline.yaml. Fix: add one, or run the whole pipeline."`,
  );
});
