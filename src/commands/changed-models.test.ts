import { expect, test } from 'vitest';
import { commitFiles, type GitSandbox, makeRepository, makeSandbox } from '../../test/git-sandbox.ts';
import { digestOf, git, type Workspace } from '../workspace/index.ts';
import { changedModels } from './changed-models.ts';

const pipeline = (over = '') => `runs-on: ubuntu-latest
params: {seed: 7, trees: 30}
stages:
  prepare: {run: node prepare.ts, inputs: [prepare.ts, "data:rows.csv"], outputs: [train.csv, test.csv]}
  train: {uses: trees, inputs: [train.csv], params: [seed, trees], outputs: [model.onnx]}
evaluate: {model: model.onnx, data: test.csv, target: y}
${over}`;
const model = 'task: binary-classification\ninputs:\n  - {name: x, type: number}\noutput: {name: y}\n';
const policy = 'checks:\n  - {metric: roc_auc, at-least: 0.6}\n';
const lock = (text: string) =>
  `version: 1\ndatasets:\n  rows.csv: {digest: "${digestOf(text)}", size: ${text.length}}\n`;

const filesOf = (name: string, more = '') => ({
  [`pipelines/${name}/pipeline.yaml`]: pipeline(more),
  [`pipelines/${name}/prepare.ts`]: '// reads rows\n',
  [`models/${name}/model.yaml`]: model,
  [`models/${name}/policy.yaml`]: policy,
});
const start = { ...filesOf('churn'), ...filesOf('sales'), 'data.lock': lock('a'), 'README.md': 'x\n' };

async function changeOf(files: Record<string, string>, sandbox: GitSandbox, from = start) {
  const workspace = await makeRepository(sandbox.folder, `r${Math.random().toString(36).slice(2)}`);
  const base = await commitFiles(workspace, from);
  const head = await commitFiles(workspace, files);
  const found = await changedModels(workspace, { base, head });
  return { found, workspace, base };
}
const whys = (found: Awaited<ReturnType<typeof changedModels>>) =>
  Object.fromEntries(found.map(({ model: name, why }) => [name, why]));

test('says which models a change touches, and why, in words for people', async () => {
  await using sandbox = await makeSandbox();
  const edit = (name: string, from: string, to: string) => ({
    [`pipelines/${name}/pipeline.yaml`]: pipeline().replace(from, to),
  });
  const changes: Record<string, Record<string, string>> = {
    params: edit('churn', 'trees: 30', 'trees: 40'),
    code: { 'pipelines/churn/prepare.ts': '// reads them otherwise\n' },
    data: { 'data.lock': lock('bb') },
    judging: edit('churn', 'target: y', 'target: z'),
    policy: { 'models/churn/policy.yaml': policy.replace('0.6', '0.5') },
    columns: { 'models/sales/model.yaml': model.replace('name: x', 'name: w') },
    'a comment': { 'pipelines/churn/pipeline.yaml': `# words\n${pipeline()}` },
    'a file that is no input': { 'pipelines/churn/notes.md': 'n\n', 'README.md': 'y\n' },
    'a pipeline that cannot be read': { 'pipelines/churn/pipeline.yaml': 'stages: [1]\n' },
  };
  const told: Record<string, unknown> = {};
  for (const [name, files] of Object.entries(changes))
    told[name] = whys((await changeOf(files, sandbox)).found);
  expect(told).toMatchInlineSnapshot(`
    {
      "a comment": {},
      "a file that is no input": {},
      "a pipeline that cannot be read": {
        "churn": [
          "E_CONFIG_TYPE: stages is a list of 1 in pipelines/churn/pipeline.yaml:1:1 — a mapping.",
        ],
      },
      "code": {
        "churn": [
          "prepare: prepare.ts changed",
        ],
      },
      "columns": {
        "sales": [
          "train: model changed",
          "model.yaml",
        ],
      },
      "data": {
        "churn": [
          "prepare: data rows.csv changed",
        ],
        "sales": [
          "prepare: data rows.csv changed",
        ],
      },
      "judging": {
        "churn": [
          "train: evaluate changed",
          "how it is judged (evaluate)",
        ],
      },
      "params": {
        "churn": [
          "train: param trees 30 → 40",
        ],
      },
      "policy": {
        "churn": [
          "policy.yaml",
        ],
      },
    }
  `);
});

test('a new model, one asleep, and labels of a machine of your own', async () => {
  await using sandbox = await makeSandbox();
  const { found } = await changeOf(
    {
      ...filesOf('fresh', 'quick: {rows: 5%}\n'),
      ...filesOf('asleep', 'enabled: false\n'),
      'pipelines/sales/pipeline.yaml': pipeline()
        .replace('ubuntu-latest', '[self-hosted, gpu]')
        .replace('trees: 30', 'trees: 31'),
    },
    sandbox,
  );
  expect(found).toMatchObject([
    { model: 'fresh', known: false, quick: true, gpu: false, why: ['a new model'] },
    { model: 'sales', known: true, quick: false, gpu: true, runsOn: ['self-hosted', 'gpu'] },
  ]);
});

test('shared code of the repository counts for whoever names it', async () => {
  await using sandbox = await makeSandbox();
  const named = pipeline().replace('inputs: [prepare.ts,', 'inputs: [prepare.ts, /shared/clean.ts,');
  const from = { ...start, 'pipelines/churn/pipeline.yaml': named, 'shared/clean.ts': '// one\n' };
  const { found } = await changeOf({ 'shared/clean.ts': '// two\n' }, sandbox, from);
  expect(whys(found)).toEqual({ churn: ['prepare: /shared/clean.ts changed'] });
});

test('the work tree counts with what is not committed, and the index stays as it was', async () => {
  await using sandbox = await makeSandbox();
  const { workspace, base } = await changeOf({}, sandbox);
  const { writeFileSync } = await import('node:fs');
  writeFileSync(`${workspace.root}/pipelines/churn/prepare.ts`, '// not committed\n');
  const before = await statusOf(workspace);
  expect(whys(await changedModels(workspace, { base, head: null }))).toEqual({
    churn: ['prepare: prepare.ts changed'],
  });
  expect(await statusOf(workspace)).toBe(before);
});

const statusOf = ({ root }: Workspace) => git(['status', '--porcelain'], { cwd: root });
