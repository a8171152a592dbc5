import { symlinkSync } from 'node:fs';
import type { ErrorCode } from '../../src/workspace/index.ts';
import type { BadInput } from './bad-input.ts';
import { pipelineYaml } from './repository.ts';

const run = ['run', 'toy'] as const;

/** The train stage with another command; outputs and inputs unless given otherwise. */
export const withTrain = (stage: string): string =>
  pipelineYaml.replace(/ {2}train:\n(?: {4}.*\n)+/, () => `  train: ${stage}\n`);
const command = (text: string, more = '', inputs = 'toy.onnx, table.csv') =>
  withTrain(`{run: ${JSON.stringify(text)}, inputs: [${inputs}], outputs: [model.onnx]${more}}`);
const stage = (
  name: string,
  code: ErrorCode,
  text: string,
  env?: Readonly<Record<string, string>>,
): BadInput => ({
  name,
  code,
  command: run,
  given: (repository) => repository.write('pipelines/toy/pipeline.yaml', text),
  ...(env ? { env } : {}),
});
const out = '"$LOCKSTEP_OUTPUTS"/model.onnx';
const trees = (inputs: string, params = '') =>
  withTrain(`{uses: trees, inputs: [${inputs}], outputs: [model.onnx]${params}}`);
/** The built-in trainer on a table that the stage before it made badly. */
const trained = (name: string, program: string, code: ErrorCode = 'E_TRAIN_DATA'): BadInput =>
  stage(
    name,
    code,
    trees('table.csv').replace(
      /run: cp.*/,
      () => `run: sed '${program}' "$LOCKSTEP_INPUTS"/data/toy/rows.csv > "$LOCKSTEP_OUTPUTS"/table.csv`,
    ),
  );

export const stages: readonly BadInput[] = [
  stage('no command', 'E_TRAIN_COMMAND', withTrain('{outputs: [model.onnx]}')),
  stage('an empty command', 'E_TRAIN_COMMAND', command('')),
  stage('a command of spaces', 'E_TRAIN_COMMAND', command('  ')),
  stage('a trainer nobody knows', 'E_TRAIN_COMMAND', trees('table.csv').replace('trees', 'tree')),
  stage('both a command and a trainer', 'E_PIPELINE_STAGE', command('true', ', uses: trees')),
  stage('a program that is not there', 'E_TRAIN_COMMAND', command('exec /no/such/trainer --fast')),
  stage('a script outside the repository', 'E_PATH_TRAVERSAL', command('true', '', '../../../evil.py')),
  stage('the same from the root', 'E_PATH_TRAVERSAL', command('true', '', '/../evil.py')),
  {
    name: 'a script that is a link out of the repository',
    given: (repository) => {
      symlinkSync('/etc/passwd', repository.path('pipelines/toy/evil.py'));
      repository.write('pipelines/toy/pipeline.yaml', command('true', '', 'evil.py'));
    },
    command: run,
    code: 'E_PATH_TRAVERSAL',
  },
  stage('an input nobody makes', 'E_PIPELINE_INPUT', command('true', '', 'toi.onnx')),
  stage('a dataset nobody locked', 'E_PIPELINE_INPUT', command('true', '', '"data:toy/row.csv"')),
  stage('a param nobody gave', 'E_PIPELINE_STAGE', command('true', ', params: [sed]')),
  stage(
    'stages in a circle',
    'E_PIPELINE_CYCLE',
    command('true', '', 'table.csv').replace('[data:toy/rows.csv]', '[model.onnx]'),
  ),
  stage(
    'an output of two stages',
    'E_PIPELINE_STAGE',
    command('true').replace('[table.csv]', '[table.csv, model.onnx]'),
  ),
  stage(
    'an output in a folder',
    'E_PIPELINE_STAGE',
    command('true').replace('[model.onnx]}', '[../model.onnx]}'),
  ),
  stage('a timeout that is no duration', 'E_CONFIG_VALUE', command('true', ', timeout: soon')),
  stage('exit 3', 'E_TRAIN_FAILED', command('echo reading; echo "no such column: ages" >&2; exit 3')),
  stage('a killed command', 'E_TRAIN_KILLED', command('exit 137')),
  stage('no output', 'E_TRAIN_NO_OUTPUT', command('true')),
  stage(
    'an output of another name',
    'E_TRAIN_NO_OUTPUT',
    command('cp toy.onnx "$LOCKSTEP_OUTPUTS"/modle.onnx'),
  ),
  stage('a link as output', 'E_TRAIN_OUTPUT_KIND', command(`ln -s /etc/passwd ${out}`)),
  stage('a folder as output', 'E_TRAIN_OUTPUT_KIND', command(`mkdir ${out}`)),
  stage('an empty output', 'E_TRAIN_OUTPUT_KIND', command(`: > ${out}`)),
  stage('a stage that takes too long', 'E_TRAIN_TIMEOUT', command('sleep 60', ', timeout: 1s')),
  stage('no GPU', 'E_TRAIN_NO_GPU', command('true', ', gpu: true'), { CUDA_VISIBLE_DEVICES: '-1' }),
  stage(
    'a Python lock that is not there',
    'E_PIPELINE_INPUT',
    command('true', ', environment: {python: "3.12", lock: requirements.lock}'),
  ),
  stage(
    'a trainer with a param of another kind',
    'E_CONFIG_VALUE',
    `params: {trees: many}\n${trees('table.csv', ', params: [trees]')}`,
  ),
  trained('a training table without the target', '1s/late/lateness/'),
  trained('a training table without an input', '1s/carrier/airline/'),
  trained('a training table of one class', 's/,no$/,yes/'),
  trained('a training table of three classes', '3s/,no$/,maybe/'),
  trained('a training table without rows', '2,$d', 'E_TABLE_EMPTY'),
];
