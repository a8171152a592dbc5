import { chmodSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { statePath } from '../workspace/index.ts';
import { lookForGpu } from './gpu.ts';
import { runPipeline } from './run.ts';
import { messageFrom, toyWorkspace, withTrain, writeFiles } from './test-workspace.ts';

const out = '"$LOCKSTEP_OUTPUTS"/model.txt';
const stage = (command: string, more = '') =>
  withTrain(`{run: ${JSON.stringify(command)}, inputs: [train.txt, train.mjs], outputs: [model.txt]${more}}`);
const throwing = 'console.log("epoch 1");\nthrow new TypeError("no such column: ages");\n';

/** Each is a `train` stage that fails after `prepare` went well. */
const failures: readonly [string, Record<string, string>][] = [
  ['a program that is not there', { 'pipelines/toy/pipeline.yaml': stage('trainn --fast') }],
  ['a script that throws', { 'pipelines/toy/train.mjs': throwing }],
  ['a forgotten input', { 'pipelines/toy/train.mjs': "import './lib.mjs';\n", 'pipelines/toy/lib.mjs': '' }],
  ['exit 3', { 'pipelines/toy/pipeline.yaml': stage('echo one; echo two >&2; exit 3') }],
  ['killed by signal 9', { 'pipelines/toy/pipeline.yaml': stage('kill -9 $$') }],
  ['exit 137', { 'pipelines/toy/pipeline.yaml': stage('exit 137') }],
  ['a crash', { 'pipelines/toy/pipeline.yaml': stage('kill -SEGV $$') }],
  ['no output', { 'pipelines/toy/pipeline.yaml': stage('true') }],
  [
    'an output of another name',
    { 'pipelines/toy/pipeline.yaml': stage('echo x > "$LOCKSTEP_OUTPUTS"/model.tx') },
  ],
  ['a link', { 'pipelines/toy/pipeline.yaml': stage(`ln -s /etc/passwd ${out}`) }],
  ['a folder', { 'pipelines/toy/pipeline.yaml': stage(`mkdir ${out}`) }],
  ['an empty file', { 'pipelines/toy/pipeline.yaml': stage(`: > ${out}`) }],
  ['a pipe', { 'pipelines/toy/pipeline.yaml': stage(`mkfifo ${out}`) }],
  ['a timeout', { 'pipelines/toy/pipeline.yaml': stage('echo waiting; sleep 60', ', timeout: 1s') }],
  ['an unknown file', { 'pipelines/toy/pipeline.yaml': stage('true').replace('train.mjs', 'trane.mjs') }],
  [
    'an unknown dataset',
    { 'pipelines/toy/pipeline.yaml': stage('true').replace('train.mjs', 'data:toy/row.csv') },
  ],
  [
    'metrics that are no numbers',
    { 'pipelines/toy/pipeline.yaml': stage(`echo x > ${out}; echo '{"auc": "0.9"}' > "$LOCKSTEP_METRICS"`) },
  ],
  [
    'no model.yaml for a built-in',
    { 'pipelines/toy/pipeline.yaml': withTrain('{uses: trees, inputs: [train.txt], outputs: [model.txt]}') },
  ],
];

test('a stage that fails ends with one clear error and leaves nothing half-made', async () => {
  const messages: string[] = [];
  for (const [name, changes] of failures) {
    await using workspace = await toyWorkspace(changes);
    messages.push(`${name}: ${await messageFrom(runPipeline(workspace, 'toy'))}`);
    expect(existsSync(statePath(workspace, 'work')) ? readdirSync(statePath(workspace, 'work')) : []).toEqual(
      [],
    );
    const records = readdirSync(statePath(workspace, 'runs', 'stages')).filter((file) =>
      file.endsWith('.json'),
    );
    expect(records).toHaveLength(1);
  }
  // Every shell says in words of its own that a program is not there.
  const told = messages
    .join('\n')
    .replace(/could not start: .* in pipelines/, 'could not start: <words of sh> in pipelines');
  expect(told).toMatchInlineSnapshot(`
    "a program that is not there: E_TRAIN_COMMAND: the command of stage train could not start: <words of sh> in pipelines/toy/pipeline.yaml:7:11 — a program on PATH, or a script among the inputs. Fix: install it, or correct the command (log: .lockstep/runs/stages/<hex>.log).
    a script that throws: E_TRAIN_FAILED: stage train ended with 1, saying: TypeError: no such column: ages in pipelines/toy/pipeline.yaml:8:5 — a command that ends with 0. Fix: read .lockstep/runs/stages/<hex>.log, mend the stage and run again.
    a forgotten input: E_TRAIN_FAILED: stage train ended with 1, saying: Error [ERR_MODULE_NOT_FOUND]: Cannot find module 'pipelines/toy/lib.mjs' imported from pipelines/toy/train.mjs in pipelines/toy/pipeline.yaml:8:5 — a command that ends with 0. Fix: declare the file under inputs if it is yours (a stage finds nothing else), or read .lockstep/runs/stages/<hex>.log.
    exit 3: E_TRAIN_FAILED: stage train ended with 3, saying: one / two in pipelines/toy/pipeline.yaml:7:11 — a command that ends with 0. Fix: read .lockstep/runs/stages/<hex>.log, mend the stage and run again.
    killed by signal 9: E_TRAIN_KILLED: stage train was killed by signal 9 (often out of memory) in pipelines/toy/pipeline.yaml:7:11. Fix: give it more memory, or let it read less at once.
    exit 137: E_TRAIN_KILLED: stage train was killed by signal 9 (often out of memory) in pipelines/toy/pipeline.yaml:7:11. Fix: give it more memory, or let it read less at once.
    a crash: E_TRAIN_KILLED: stage train was killed by signal 11 (SIGSEGV) in pipelines/toy/pipeline.yaml:7:11. Fix: read .lockstep/runs/stages/<hex>.log, mend the stage and run again.
    no output: E_TRAIN_NO_OUTPUT: stage train ended well but wrote no "model.txt" in pipelines/toy/pipeline.yaml:7:66 — every declared output in $LOCKSTEP_OUTPUTS, where it left nothing. Fix: write $LOCKSTEP_OUTPUTS/model.txt.
    an output of another name: E_TRAIN_NO_OUTPUT: stage train ended well but wrote no "model.txt" in pipelines/toy/pipeline.yaml:7:101 — every declared output in $LOCKSTEP_OUTPUTS, where it left model.tx. Fix: write model.txt instead of model.tx.
    a link: E_TRAIN_OUTPUT_KIND: stage train left a link as its output "model.txt" in pipelines/toy/pipeline.yaml:7:111 — a plain file with content. Fix: write the bytes themselves to $LOCKSTEP_OUTPUTS/model.txt.
    a folder: E_TRAIN_OUTPUT_KIND: stage train left a folder as its output "model.txt" in pipelines/toy/pipeline.yaml:7:99 — a plain file with content. Fix: write the bytes themselves to $LOCKSTEP_OUTPUTS/model.txt.
    an empty file: E_TRAIN_OUTPUT_KIND: stage train left an empty file as its output "model.txt" in pipelines/toy/pipeline.yaml:7:97 — a plain file with content. Fix: write the bytes themselves to $LOCKSTEP_OUTPUTS/model.txt.
    a pipe: E_TRAIN_OUTPUT_KIND: stage train left something that is no file as its output "model.txt" in pipelines/toy/pipeline.yaml:7:100 — a plain file with content. Fix: write the bytes themselves to $LOCKSTEP_OUTPUTS/model.txt.
    a timeout: E_TRAIN_TIMEOUT: stage train was stopped after 1s, saying: waiting in pipelines/toy/pipeline.yaml:7:11 — a stage that ends within its timeout. Fix: raise its timeout, or see .lockstep/runs/stages/<hex>.log for what it was doing.
    an unknown file: E_PIPELINE_INPUT: no input "trane.mjs": no stage makes it, and pipelines/toy/trane.mjs does not exist in pipelines/toy/pipeline.yaml:7:44 — outputs train.txt, test.txt, model.txt; files pipeline.yaml, prepare.mjs, train.mjs; datasets as data:<key>. Fix: did you mean "train.mjs"?
    an unknown dataset: E_PIPELINE_INPUT: no dataset "toy/row.csv" in data.lock in pipelines/toy/pipeline.yaml:7:44 — toy/rows.csv. Fix: did you mean "data:toy/rows.csv"?
    metrics that are no numbers: E_METRICS_TYPE: the metric auc is "0.9" in $LOCKSTEP_METRICS of stage train:1 — a finite number.
    no model.yaml for a built-in: E_CONFIG_MISSING: no models/toy/model.yaml, which tells the built-in "trees" the task and the columns. Fix: write it, or let \`lockstep init toy --data <table> --target <column>\` do so."
  `);
});

test('the last words of a built-in are its own error', async () => {
  const model = 'task: regression\ninputs: [{name: x, type: number}]\noutput: {name: y}\n';
  await using workspace = await toyWorkspace({
    'models/toy/model.yaml': model,
    'pipelines/toy/pipeline.yaml': withTrain('{uses: linear, inputs: [train.txt], outputs: [model.txt]}'),
  });
  expect(await messageFrom(runPipeline(workspace, 'toy'))).toMatchInlineSnapshot(
    `"E_TRAIN_DATA: stage train: no table among the inputs of the stage — one .csv, .tsv or .parquet file, or one called train.parquet. Fix: name one table under \`inputs\` of the stage in pipeline.yaml."`,
  );
});

test('a stage that asks for a GPU fails without one, and says what was seen', async () => {
  await using workspace = await toyWorkspace();
  expect(lookForGpu({ CUDA_VISIBLE_DEVICES: '' })).toEqual({
    present: false,
    name: null,
    seen: 'CUDA_VISIBLE_DEVICES is "", which hides every device',
  });
  expect(lookForGpu({ CUDA_VISIBLE_DEVICES: '-1' }).present).toBe(false);
  const programs = join(workspace.root, 'programs');
  writeFiles(programs, { 'nvidia-smi': '#!/bin/sh\necho "GPU 0: Big (UUID: GPU-1)"\n' });
  chmodSync(join(programs, 'nvidia-smi'), 0o755);
  expect(lookForGpu({ PATH: `${programs}:${process.env.PATH}` })).toEqual({
    present: true,
    name: 'Big',
    seen: 'GPU 0: Big (UUID: GPU-1)',
  });
  const path = process.env.PATH;
  process.env.PATH = `${programs}:${path}`;
  try {
    writeFiles(workspace.root, {
      'pipelines/toy/pipeline.yaml': stage(
        'cp "$LOCKSTEP_PARAMS" "$LOCKSTEP_OUTPUTS"/model.txt',
        ', gpu: true',
      ),
    });
    const { record } = await runPipeline(workspace, 'toy');
    expect(record.host.gpu).toBe('Big');
  } finally {
    process.env.PATH = path;
  }
  process.env.CUDA_VISIBLE_DEVICES = 'none';
  try {
    writeFiles(workspace.root, { 'pipelines/toy/pipeline.yaml': stage('true', ', gpu: true') });
    expect(await messageFrom(runPipeline(workspace, 'toy'))).toMatchInlineSnapshot(
      `"E_TRAIN_NO_GPU: stage train asks for a GPU and there is none: CUDA_VISIBLE_DEVICES is "none", which hides every device; runs-on is not set in pipelines/toy/pipeline.yaml:7:78 — a machine with a GPU and its driver. Fix: run it on one, or set gpu: false."`,
    );
  } finally {
    delete process.env.CUDA_VISIBLE_DEVICES;
  }
});
