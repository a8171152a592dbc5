// For tests of `pattern: retrain`: a model whose training looks at its data, and data for each environment.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commitFiles } from '../../test/git-sandbox.ts';
import { deployFiles } from '../../test/release-sandbox.ts';
import { toyModel, toyModelYaml } from '../../test/toy-model.ts';
import { addData } from '../data/index.ts';
import { git, type Workspace } from '../workspace/index.ts';
import { registerModel } from './register.ts';
import { pipelineYaml, type ToyProject, toyProject } from './test-workspace.ts';

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
export function rowsCsv(shift: number, wrong = false): string {
  const lines = Array.from({ length: 400 }, (_, row) => {
    const distance = ((row * 37) % 1000) + shift;
    const late = wrong ? row % 2 === 0 : distance + (row % 7) * 90 > 600 + shift;
    return `r${row},${distance},${['AA', 'DL', 'UA'][row % 3]},2001-01-1${row % 9},${late ? 'yes' : 'no'}`;
  });
  return `id,distance,carrier,date,late\n${lines.join('\n')}\n`;
}

/** With v1.0.0 as main trained it. */
export async function retrainProject(over: Record<string, string> = {}): Promise<ToyProject> {
  const project = await toyProject({ ...overrides, ...over });
  writeFileSync(join(project.root, 'pipelines/toy/far.onnx'), toyModel({ bias: -1.5 }));
  await commitFiles(project, {}, 'feat: a second graph');
  await git(['push', '--quiet', 'origin', 'HEAD:main'], { cwd: project.root });
  await registerModel(project, 'toy');
  return project;
}

type Project = Workspace & Pick<ToyProject, 'folder'>;

export async function addOwn(project: Project, environment: string, csv: string): Promise<void> {
  const path = join(project.folder, environment, 'rows.csv');
  mkdirSync(join(project.folder, environment), { recursive: true });
  writeFileSync(path, csv);
  await addData(project, path, { as: 'toy/rows.csv', for: environment, push: true });
}

export async function giveData(project: Project, environment: string, csv: string): Promise<void> {
  await addOwn(project, environment, csv);
  await commitFiles(project, {}, `data: ${environment}`);
}
