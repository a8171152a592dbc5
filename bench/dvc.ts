import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { dvcProgram, pip } from './dvc-program.ts';
import type { Flights } from './flights.ts';
import { type Command, secondsBeside, secondsOf } from './measure.ts';
import type { Steps } from './our-steps.ts';

const requirement = 'dvc==3.67.1';

/** A DVC project with the same datasets, stages, params and a metrics file that the change makes another. */
export interface DvcProject {
  readonly root: string;
  readonly program: string;
  readonly env: Record<string, string>;
}

/** Null, with the reason said, where DVC can't be installed. */
export async function openDvc(flights: Flights): Promise<DvcProject | null> {
  const program = await dvcProgram([requirement]).catch((error: Error) => error);
  if (program instanceof Error) {
    process.stdout.write(`  DVC is not measured: ${program.message.split('\n').at(-1)}\n`);
    return null;
  }
  const root = join(flights.forge.folder, 'dvc');
  const home = join(flights.forge.folder, 'dvc-home');
  for (const place of [root, home]) mkdirSync(place);
  // PATH finds the Node that runs us before the machine's: the stages are its programs.
  const env = {
    ...flights.machine,
    HOME: home,
    PATH: `${dirname(program)}:${flights.machine.PATH}`,
    DVC_NO_ANALYTICS: '1',
    DVC_SITE_CACHE_DIR: join(home, 'site'),
    GIT_CONFIG_GLOBAL: '/dev/null',
  };
  const project = { root, env, program };
  const run = (...command: Command) => secondsOf(command, { cwd: root, env });
  const dvc = (...args: string[]) => run(project.program, ...args);
  const commit = () => {
    run('git', 'add', '--all');
    run('git', '-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', 'commit', '--quiet', '-m', 'x');
  };
  run('git', 'init', '--quiet');
  dvc('init', '--quiet');
  dvc('remote', 'add', '--default', 'local', join(flights.forge.folder, 'dvc-remote'));
  const { root: ours } = flights.forge.project;
  cpSync(join(flights.data, 'flights'), join(root, 'data/flights'), { recursive: true });
  cpSync(join(ours, 'pipelines/flight-delay/prepare.ts'), join(root, 'prepare.ts'));
  dvc('add', '--quiet', 'data/flights');
  write(root, 30, 0.65);
  dvc('repro', '--quiet');
  dvc('push', '--quiet');
  commit();
  write(root, 31, 0.66);
  dvc('repro', '--quiet');
  commit();
  return project;
}

/** Stages of the same shape; what they do is to copy, since training is timed nowhere. */
function write(root: string, trees: number, auc: number): void {
  const text = `stages:
  prepare:
    cmd: cat data/flights/*.parquet > train.parquet
    deps: [data/flights, prepare.ts]
    outs: [train.parquet]
  train:
    cmd: cp train.parquet model.onnx && echo '{"roc_auc":${auc},"log_loss":0.4,"brier":0.1}' > metrics.json
    deps: [train.parquet]
    params: [trees, depth]
    outs: [model.onnx]
    metrics: [metrics.json: {cache: false}]
`;
  writeFileSync(join(root, 'dvc.yaml'), text);
  writeFileSync(join(root, 'params.yaml'), `trees: ${trees}\ndepth: 4\n`);
}

/** Installation by pip into an empty environment, and the commands that stand for our steps. */
export async function dvcSteps({ root, program, env }: DvcProject, install: boolean): Promise<Steps> {
  const steps: Steps = install ? await installTwice(root, env) : {};
  const dvc = (...args: string[]) => secondsBeside([program, ...args], { cwd: root, env });
  steps['dvc repro --dry'] = await dvc('repro', '--dry');
  for (const place of ['.dvc/cache', '.dvc/tmp', 'data/flights', 'train.parquet', 'model.onnx'])
    rmSync(join(root, place), { recursive: true, force: true });
  steps['dvc pull, cold'] = await dvc('pull', '--quiet', '--allow-missing', 'data/flights.dvc');
  if (!existsSync(join(root, 'data/flights'))) throw new Error('dvc pull brought nothing');
  rmSync(join(root, 'data/flights'), { recursive: true });
  steps['dvc pull, warm'] = await dvc('pull', '--quiet', 'data/flights.dvc');
  await dvc('repro', '--quiet', '--force');
  rmSync(join(root, '../dvc-remote/files'), { recursive: true, force: true });
  steps['dvc push'] = await dvc('push', '--quiet');
  steps['dvc metrics diff'] = await dvc('metrics', 'diff', '--md', 'HEAD~1', 'HEAD');
  readFileSync(join(root, 'metrics.json'));
  return steps;
}

async function installTwice(root: string, env: Record<string, string>): Promise<Steps> {
  const steps: Steps = {};
  const cache = join(root, '../pip-cache');
  rmSync(cache, { recursive: true, force: true });
  for (const way of ['cold', 'warm']) {
    const venv = join(root, '../dvc-venv');
    rmSync(venv, { recursive: true, force: true });
    await secondsBeside(['python3', '-m', 'venv', venv], { cwd: root, env });
    const command = [join(venv, 'bin/python'), ...pip, '--cache-dir', cache, requirement] as const;
    steps[`pip install dvc, ${way}`] = await secondsBeside(command, { cwd: root, env });
  }
  return steps;
}
