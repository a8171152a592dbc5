import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { runPipeline } from '../pipeline/index.ts';
import { openWorkspace } from '../workspace/index.ts';
import { command } from './plan.ts';

const pipeline = (rate: number, enabled = true) => `enabled: ${enabled}
params: {rate: ${rate}}
stages:
  train: {run: "cp $LOCKSTEP_PARAMS $LOCKSTEP_OUTPUTS/scores.csv", params: [rate], outputs: [scores.csv]}
evaluate: {predictions: scores.csv, data: scores.csv, target: y}
`;

function workspaceOf(files: Record<string, string>) {
  const root = mkdtempSync(join(tmpdir(), 'lockstep-plan-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return openWorkspace(root);
}

const planIn = (workspace: ReturnType<typeof openWorkspace>, positionals: string[], until?: string) =>
  command.run({ workspace, cwd: workspace.root, positionals, values: { until }, json: false });

test('plan tells of one model, or of all that are enabled', async () => {
  const workspace = workspaceOf({
    'pipelines/churn/pipeline.yaml': pipeline(1),
    'pipelines/digits/pipeline.yaml': pipeline(1),
    'pipelines/sleeper/pipeline.yaml': pipeline(1, false),
  });
  await runPipeline(workspace, 'churn');
  await runPipeline(workspace, 'digits');
  writeFileSync(join(workspace.root, 'pipelines/churn/pipeline.yaml'), pipeline(2));
  expect((await planIn(workspace, [])).text).toMatchInlineSnapshot(`
    "churn: 1 of 1 stages to run
      train  run: param rate 1 → 2

    digits: nothing to run
      train  cached"
  `);
  expect((await planIn(workspace, ['sleeper'])).text).toMatchInlineSnapshot(`
    "sleeper: nothing to run
      train  cached"
  `);
  expect((await planIn(workspace, ['churn'], 'train')).json).toMatchObject({
    models: [{ model: 'churn', stages: [{ name: 'train', action: 'run', why: ['param rate 1 → 2'] }] }],
  });
});

test('a repository without a pipeline is told how to begin', async () => {
  const workspace = workspaceOf({ 'lockstep.yaml': 'remote: file:.data\n' });
  expect((await planIn(workspace, [])).text).toMatchInlineSnapshot(
    `"no pipeline here: \`lockstep init <model>\` makes one"`,
  );
});
