import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseYaml } from '../workspace/index.ts';
import { durationMs } from './duration.ts';
import { parsePipeline } from './pipeline.ts';

const parse = (text: string) => parsePipeline('churn', parseYaml(text, 'pipelines/churn/pipeline.yaml'));

const evaluate = 'evaluate: {model: model.onnx, data: test.parquet, target: churned}';
const train = 'train: {uses: trees, inputs: [train.parquet], outputs: [model.onnx]}';
const withStages = (...stages: string[]) =>
  `stages:\n${stages.map((stage) => `  ${stage}\n`).join('')}${evaluate}\n`;

const messageOf = (text: string): string => {
  try {
    parse(text);
  } catch (error) {
    return (error as Error).message;
  }
  return 'accepted';
};

test('the published example is read, linked and ordered', () => {
  const pipeline = parse(readFileSync('docs/schemas/examples/pipeline.good.yaml', 'utf8'));
  expect(pipeline.stages.map(({ name }) => name)).toEqual(['prepare', 'train']);
  expect(pipeline.stages[0]!.inputs).toEqual([
    { kind: 'data', name: 'data:churn/customers.csv', key: 'churn/customers.csv' },
    { kind: 'code', name: 'prepare.ts', path: 'pipelines/churn/prepare.ts' },
    { kind: 'code', name: '/pipelines/shared/clean.ts', path: 'pipelines/shared/clean.ts' },
  ]);
  expect(pipeline.stages[0]!.timeoutMs).toBe(600_000);
  expect(pipeline.stages[1]!.inputs).toEqual([{ kind: 'output', name: 'train.parquet', stage: 'prepare' }]);
});

test('stages are ordered by need, not by where they stand', () => {
  const text = withStages(train, 'prepare: {run: node prepare.ts, outputs: [train.parquet, test.parquet]}');
  expect(parse(text).stages.map(({ name }) => name)).toEqual(['prepare', 'train']);
});

test('folds need no name for the predictions that built-in trainers write', () => {
  const text = `stages:
  split: {uses: split, inputs: ["data:a.csv"], outputs: [table.parquet]}
  train: {uses: trees, inputs: [table.parquet], outputs: [model.onnx, predictions.parquet]}
evaluate: {model: model.onnx, data: table.parquet, target: y, folds: 5}
`;
  expect(parse(text).file.evaluate.predictions).toBe('predictions.parquet');
});

test('durations', () => {
  expect(['90s', '30m', '2h'].map(durationMs)).toEqual([90_000, 1_800_000, 7_200_000]);
});

const prepare = 'prepare: {run: node prepare.ts, outputs: [train.parquet, test.parquet]}';
const refused: readonly [string, string][] = [
  ['a model key', readFileSync('docs/schemas/examples/pipeline.bad.yaml', 'utf8')],
  ['no command', withStages(prepare, 'train: {outputs: [model.onnx]}')],
  ['an empty command', withStages(prepare, 'train: {run: " ", outputs: [model.onnx]}')],
  ['run and uses', withStages(prepare, 'train: {run: x, uses: trees, outputs: [model.onnx]}')],
  ['an unknown built-in', withStages(prepare, 'train: {uses: tree, outputs: [model.onnx]}')],
  ['an output called data', withStages(prepare, 'train: {run: x, outputs: [data]}')],
  ['an output in a folder', withStages(prepare, 'train: {run: x, outputs: [a/b]}')],
  ['two makers', withStages(prepare, train, 'again: {run: x, outputs: [model.onnx]}')],
  [
    'a cycle',
    withStages(
      'prepare: {run: x, inputs: [model.onnx], outputs: [train.parquet, test.parquet]}',
      'train: {uses: trees, inputs: [train.parquet], outputs: [model.onnx]}',
    ),
  ],
  ['its own output', withStages(prepare, 'train: {run: x, inputs: [model.onnx], outputs: [model.onnx]}')],
  ['an unknown param', `params: {seed: 1}\n${withStages(prepare, train.replace('}', ', params: [sead]}'))}`],
  ['an evaluated output that nobody makes', withStages(prepare, train.replace('model.onnx', 'modell.onnx'))],
  [
    'a dataset to judge on',
    withStages(prepare, train).replace('data: test.parquet', 'data: "data:churn/customers.csv"'),
  ],
  ['a bad timeout', withStages(prepare, train.replace('}', ', timeout: 2 hours}'))],
  ['an input upwards', withStages(prepare, train.replace('train.parquet', '../other/x.ts'))],
  ['an input of Git', withStages(prepare, train.replace('train.parquet', '/.git/config'))],
  ['data by path', withStages(prepare, train.replace('train.parquet', '/data/churn.csv'))],
  ['a script elsewhere', withStages(prepare, 'train: {run: python /etc/x.py, outputs: [model.onnx]}')],
  ['a script upwards', withStages(prepare, 'train: {run: node ../../../x.ts, outputs: [model.onnx]}')],
  ['variables of ours', withStages(prepare, train.replace('}', ', env: [LOCKSTEP_INPUTS]}'))],
  [
    'a Python that is a number',
    withStages(prepare, 'train: {run: x, environment: {python: 3.12, lock: a}, outputs: [model.onnx]}'),
  ],
  ['quick rows', `quick: {rows: some}\n${withStages(prepare, train)}`],
];

test('what does not fit together is refused with one clear message each', () => {
  expect(refused.map(([name, text]) => `${name}: ${messageOf(text)}`).join('\n')).toMatchInlineSnapshot(`
    "a model key: E_CONFIG_KEY: unknown key "model" at the top level in pipelines/churn/pipeline.yaml:2:1 — enabled, runs-on, params, stages, evaluate, monitor, quick. Fix: remove the key.
    no command: E_TRAIN_COMMAND: no "run" at stages.train in pipelines/churn/pipeline.yaml:3:3 — run: a command, or uses: a built-in trainer. Fix: add run.
    an empty command: E_TRAIN_COMMAND: stages.train.run is the text " " in pipelines/churn/pipeline.yaml:3:11 — a command.
    run and uses: E_PIPELINE_STAGE: stages.train is a mapping of run, uses, outputs in pipelines/churn/pipeline.yaml:3:3 — either run or uses, not both.
    an unknown built-in: E_TRAIN_COMMAND: stages.train.uses is the text "tree" in pipelines/churn/pipeline.yaml:3:11 — one of trees, logistic, linear, split.
    an output called data: E_PIPELINE_STAGE: stages.train.outputs.0 is the text "data" in pipelines/churn/pipeline.yaml:3:29 — a file name without folders, of letters, digits, . _ and -, other than data.
    an output in a folder: E_PIPELINE_STAGE: stages.train.outputs.0 is the text "a/b" in pipelines/churn/pipeline.yaml:3:29 — a file name without folders, of letters, digits, . _ and -, other than data.
    two makers: E_PIPELINE_STAGE: the output "model.onnx" of both train and again in pipelines/churn/pipeline.yaml:4:29 — each output made by one stage. Fix: rename one of them.
    a cycle: E_PIPELINE_CYCLE: stages that wait for each other: prepare → train → prepare in pipelines/churn/pipeline.yaml:2:21 — stages whose inputs come from earlier ones. Fix: take the output of one of them out of the inputs of the next.
    its own output: E_PIPELINE_CYCLE: stages that wait for each other: train → train in pipelines/churn/pipeline.yaml:3:19 — stages whose inputs come from earlier ones. Fix: take the output of one of them out of the inputs of the next.
    an unknown param: E_PIPELINE_STAGE: stage train names the param "sead", which has no value in pipelines/churn/pipeline.yaml:4:81 — seed. Fix: did you mean "seed"?
    an evaluated output that nobody makes: E_PIPELINE_INPUT: evaluate.model names "model.onnx", which no stage makes in pipelines/churn/pipeline.yaml:4:12 — train.parquet, test.parquet, modell.onnx. Fix: did you mean "modell.onnx"?
    a dataset to judge on: E_PIPELINE_INPUT: evaluate.data names "data:churn/customers.csv", which no stage makes in pipelines/churn/pipeline.yaml:4:31 — train.parquet, test.parquet, model.onnx. Fix: let a stage write these rows as an output, and name that.
    a bad timeout: E_CONFIG_VALUE: stages.train.timeout is the text "2 hours" in pipelines/churn/pipeline.yaml:3:72 — a duration such as 90s, 30m or 2h.
    an input upwards: E_PATH_TRAVERSAL: the input "../other/x.ts" leads upwards in pipelines/churn/pipeline.yaml:3:33 — a path inside the repository: relative to the pipeline folder, or beginning with / for the root.
    an input of Git: E_PATH_RESERVED: the input "/.git/config" in pipelines/churn/pipeline.yaml:3:33 — code of the repository. Fix: name the files that the stage needs.
    data by path: E_PATH_RESERVED: the input "/data/churn.csv" in pipelines/churn/pipeline.yaml:3:33 — code of the repository. Fix: write "data:churn.csv".
    a script elsewhere: E_PATH_TRAVERSAL: the command names "/etc/x.py", outside the repository in pipelines/churn/pipeline.yaml:3:11 — a path inside the repository: relative to the pipeline folder, or beginning with / for the root.
    a script upwards: E_PATH_TRAVERSAL: the command names "../../../x.ts", outside the repository in pipelines/churn/pipeline.yaml:3:11 — a path inside the repository: relative to the pipeline folder, or beginning with / for the root.
    variables of ours: E_CONFIG_VALUE: stages.train.env.0 is the text "LOCKSTEP_INPUTS" in pipelines/churn/pipeline.yaml:3:78 — the name of an environment variable that does not begin with LOCKSTEP_.
    a Python that is a number: E_CONFIG_TYPE: stages.train.environment.python is the number 3.12 in pipelines/churn/pipeline.yaml:3:33 — a Python version such as "3.12".
    quick rows: E_CONFIG_VALUE: quick.rows is the text "some" in pipelines/churn/pipeline.yaml:1:9 — a percentage such as 5%."
  `);
});
