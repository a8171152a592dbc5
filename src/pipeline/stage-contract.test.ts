import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStore } from '../data/index.ts';
import type { Workspace } from '../workspace/index.ts';
import { runPipeline } from './run.ts';
import { commitAll, messageFrom, runToy, toyWorkspace, withTrain, writeFiles } from './test-workspace.ts';

const modelOf = async (workspace: Workspace, outputs: Record<string, { digest: `sha256:${string}` }>) =>
  (await openStore(workspace).read(outputs['model.txt']!.digest)).toString();

test('a stage finds little but what it declared', async () => {
  const script = `import { readdirSync, writeFileSync } from 'node:fs';
const { env } = process;
const kept = (name) => !['PWD', 'SHLVL', '_', 'OLDPWD', '__CF_USER_TEXT_ENCODING'].includes(name);
const seen = {
  names: Object.keys(env).filter(kept).sort(),
  fixed: [env.LANG, env.TZ, env.TOKEN],
  here: readdirSync('.').sort(),
  beside: readdirSync('../..').sort(),
  inputs: readdirSync(env.LOCKSTEP_INPUTS, { recursive: true }).sort(),
  node: process.versions.node,
};
writeFileSync(env.LOCKSTEP_OUTPUTS + '/model.txt', JSON.stringify(seen));
`;
  await using workspace = await toyWorkspace({
    'pipelines/toy/train.mjs': script,
    'pipelines/toy/notes.md': 'not declared',
    'pipelines/toy/pipeline.yaml': withTrain(
      '{run: node train.mjs, env: [TOKEN], inputs: [train.txt, train.mjs, "data:toy/rows.csv"], outputs: [model.txt]}',
    ),
  });
  process.env.TOKEN = 'handed through';
  process.env.NOT_DECLARED = 'kept away';
  const { outputs } = await runToy(workspace);
  expect(JSON.parse(await modelOf(workspace, outputs))).toEqual({
    names: [
      'HOME',
      'LANG',
      'LOCKSTEP_CHECKPOINTS',
      'LOCKSTEP_INPUTS',
      'LOCKSTEP_METRICS',
      'LOCKSTEP_OUTPUTS',
      'LOCKSTEP_PARAMS',
      'ORT_DISABLE_TELEMETRY',
      'PATH',
      'PYTHONHASHSEED',
      'TMPDIR',
      'TOKEN',
      'TZ',
    ],
    fixed: ['C.UTF-8', 'UTC', 'handed through'],
    here: ['train.mjs'],
    beside: ['.lockstep', 'pipelines'],
    inputs: ['data', 'data/toy', 'data/toy/rows.csv', 'train.txt'],
    node: process.versions.node,
  });
});

const withFolder = withTrain(
  '{run: "cat lib/*.txt lib/deep/*.txt > $LOCKSTEP_OUTPUTS/model.txt", inputs: [lib], outputs: [model.txt]}',
);

test('a folder of code is an input, without what tools leave in it; the same from a commit', async () => {
  await using workspace = await toyWorkspace({
    'pipelines/toy/pipeline.yaml': withFolder,
    'pipelines/toy/lib/a.txt': 'a',
    'pipelines/toy/lib/deep/b.txt': 'b',
  });
  const commit = await commitAll(workspace.root, 'toy');
  const first = await runToy(workspace);
  expect(await modelOf(workspace, first.outputs)).toBe('ab');
  writeFiles(workspace.root, { 'pipelines/toy/lib/__pycache__/a.pyc': 'cached' });
  expect((await runToy(workspace)).cached).toBe(true);
  writeFiles(workspace.root, { 'pipelines/toy/lib/deep/b.txt': 'c' });
  expect((await runToy(workspace)).steps.sort()).toEqual(['prepare: cached', 'train: lib changed']);
  expect((await runToy(workspace, { source: { commit } })).steps.sort()).toEqual([
    'prepare: cached',
    'train: cached',
  ]);
});

test('links among the code are refused, in the work tree and at a commit', async () => {
  await using workspace = await toyWorkspace({ 'pipelines/toy/pipeline.yaml': withFolder });
  writeFiles(workspace.root, { 'pipelines/toy/lib/a.txt': 'a', 'pipelines/toy/lib/deep/b.txt': 'b' });
  symlinkSync('/etc/passwd', join(workspace.root, 'pipelines/toy/lib/c.txt'));
  expect(await messageFrom(runPipeline(workspace, 'toy'))).toMatchInlineSnapshot(
    `"E_PATH_TRAVERSAL: pipelines/toy/lib/c.txt is a link, leads over one, or is no plain file — plain files and folders inside the repository. Fix: put the file itself there."`,
  );
  const commit = await commitAll(workspace.root, 'toy');
  const message = await messageFrom(runPipeline(workspace, 'toy', { source: { commit } }));
  expect(message.replaceAll(commit.slice(0, 12), '<commit>')).toMatchInlineSnapshot(
    `"E_PATH_TRAVERSAL: pipelines/toy/lib/c.txt is a link or a submodule at <commit> — plain files and folders inside the repository. Fix: put the file itself there."`,
  );
});

test('stages that do not wait for each other run side by side', async () => {
  const wait = (other: string) =>
    `for i in $(seq 200); do [ -f $KEPT/${other} ] && break; sleep 0.05; done; [ -f $KEPT/${other} ]`;
  await using workspace = await toyWorkspace({
    'pipelines/toy/pipeline.yaml': `stages:
  left: {run: "touch $KEPT/left; ${wait('right')} && echo l > $LOCKSTEP_OUTPUTS/left.txt", env: [KEPT], outputs: [left.txt]}
  right: {run: "touch $KEPT/right; ${wait('left')} && echo r > $LOCKSTEP_OUTPUTS/right.txt", env: [KEPT], outputs: [right.txt]}
evaluate: {predictions: left.txt, data: right.txt, target: y}
`,
  });
  process.env.KEPT = workspace.root;
  const { record } = await runToy(workspace);
  expect(record.stages.map(({ name }) => name)).toEqual(['left', 'right']);
});

test('undeclared outputs and unset variables are said, not kept', async () => {
  await using workspace = await toyWorkspace({
    'pipelines/toy/pipeline.yaml': withTrain(
      '{run: "cd $LOCKSTEP_OUTPUTS && echo x > model.txt && echo y > trace.log", env: [UNSET_HERE], inputs: [train.txt], outputs: [model.txt]}',
    ),
  });
  const { events, record } = await runToy(workspace);
  expect(events.filter(({ kind }) => kind === 'notice')).toEqual([
    { kind: 'notice', stage: 'train', text: 'env names UNSET_HERE, which is not set here' },
    { kind: 'notice', stage: 'train', text: 'not declared as an output, so not kept: trace.log' },
  ]);
  expect(Object.keys(record.stages[1]!.outputs)).toEqual(['model.txt']);
});
