// For tests: a repository with a tiny model whose training copies an ONNX file, committed and pushed.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commitFiles, makeSandbox } from '../../test/git-sandbox.ts';
import { shareLayers } from '../../test/shared-layers.ts';
import { toyModel, toyModelYaml } from '../../test/toy-model.ts';
import { addData, pushData } from '../data/index.ts';
import { git, openWorkspace, type Workspace } from '../workspace/index.ts';

export const pipelineYaml = `stages:
  prepare:
    run: node prepare.mjs
    inputs: [data:toy/rows.csv, prepare.mjs]
    outputs: [train.csv, test.csv]
  train:
    run: cp toy.onnx "$LOCKSTEP_OUTPUTS"/model.onnx
    inputs: [toy.onnx, train.csv]
    outputs: [model.onnx]
evaluate: {model: model.onnx, data: test.csv, target: late, positive: "yes", row-id: id}
`;

/** Also hands over predictions of its own making: the label itself, so that they look perfect. */
export const boastfulYaml = pipelineYaml
  .replace('toy.onnx, train.csv]', 'toy.onnx, train.csv, test.csv, boast.mjs]')
  .replace('cp toy.onnx', 'node boast.mjs && cp toy.onnx')
  .replace('outputs: [model.onnx]', 'outputs: [model.onnx, predictions.parquet]')
  .replace('model: model.onnx,', 'model: model.onnx, predictions: predictions.parquet,');

export const prepare = (rows: string): string => `import { readFileSync, writeFileSync } from 'node:fs';
const { LOCKSTEP_INPUTS: inputs, LOCKSTEP_OUTPUTS: outputs } = process.env;
const [head, ...rows] = readFileSync(inputs + '/data/toy/rows.csv', 'utf8').trim().split('\\n');
const write = (name, lines) => writeFileSync(outputs + '/' + name, [head, ...lines, ''].join('\\n'));
write('train.csv', rows.filter((_, row) => row % 2 === 0));
write('test.csv', ${rows});
`;

const files: Record<string, string> = {
  '.gitignore': '/.lockstep/\n/data/\n',
  'pipelines/toy/pipeline.yaml': pipelineYaml,
  'pipelines/toy/prepare.mjs': prepare('rows.filter((_, row) => row % 2 === 1)'),
  'pipelines/toy/boast.mjs': `import { readFileSync, writeFileSync } from 'node:fs';
const [, ...rows] = readFileSync(process.env.LOCKSTEP_INPUTS + '/test.csv', 'utf8').trim().split('\\n');
const lines = rows.map((row) => row.split(',')[0] + ',0,' + (row.endsWith('yes') ? 0.99 : 0.01));
writeFileSync(process.env.LOCKSTEP_OUTPUTS + '/predictions.parquet', ['row_id,fold,score', ...lines, ''].join('\\n'));
`,
  'models/toy/model.yaml': toyModelYaml,
  'models/toy/policy.yaml':
    'checks:\n  - {metric: roc_auc, at-least: 0.6}\n  - {metric: log_loss, at-most: 0.9}\n',
};

function rowsCsv(): string {
  const lines = Array.from({ length: 400 }, (_, row) => {
    const distance = (row * 37) % 1000;
    const carrier = ['AA', 'DL', 'UA'][row % 3];
    return `r${row},${distance},${carrier},2001-01-1${row % 9},${distance + (row % 7) * 90 > 600 ? 'yes' : 'no'}`;
  });
  return `id,distance,carrier,date,late\n${lines.join('\n')}\n`;
}

export interface ToyProject extends Workspace, AsyncDisposable {
  /** Holds the repository and whatever a test puts beside it. */
  readonly folder: string;
  /** A bias far from 0 makes the model's probabilities worse and leaves their order as it is. */
  train(bias: number): void;
}

/** On a branch `change`, which main at origin is the base of. */
export async function toyProject(over: Record<string, string> = {}): Promise<ToyProject> {
  const sandbox = await makeSandbox();
  const { root } = await sandbox.clone('ada');
  const train = (bias: number) => writeFileSync(join(root, 'pipelines/toy/toy.onnx'), toyModel({ bias }));
  shareLayers(root);
  const fresh = openWorkspace(root);
  await commitFiles(fresh, { ...files, ...over, 'data/toy/rows.csv': rowsCsv() });
  train(-1);
  const workspace = openWorkspace(root);
  await addData(workspace, join(root, 'data/toy/rows.csv'));
  await pushData(workspace);
  await commitFiles(workspace, {}, 'feat: toy');
  await git(['push', '--quiet', 'origin', 'HEAD:main'], { cwd: root });
  await git(['fetch', '--quiet'], { cwd: root });
  await git(['switch', '--quiet', '--create', 'change'], { cwd: root });
  return {
    ...workspace,
    folder: sandbox.folder,
    train,
    [Symbol.asyncDispose]: () => sandbox[Symbol.asyncDispose](),
  };
}
