import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import type { Tools } from '../suite.ts';
import { cleanEnvironment } from './environment.ts';

/** A repository whose model is trained by scikit-learn, on a machine that has uv or has not. */
export interface PythonProject {
  readonly root: string;
  /** `lockstep <args> --json`, whatever its exit code. */
  readonly lockstep: (...args: readonly string[]) => Promise<{ code: number; json: Record<string, unknown> }>;
  /** Writes the pipeline and its lock anew. */
  readonly write: (python: string, lock: string) => void;
  readonly commit: () => Promise<void>;
  /** Names in the folder of prepared environments: whole ones, and all folders. */
  readonly environments: () => { readonly ready: readonly string[]; readonly folders: readonly string[] };
}

/** What `needs.python` brings: its uv, and the version and path of the Python that it was made with. */
export interface HostPython {
  readonly version: string;
  readonly executable: string;
  readonly uv: string;
}

export async function hostPython({ python, programs }: Tools): Promise<HostPython> {
  const question =
    'import sys; print("%d.%d" % sys.version_info[:2]); print(getattr(sys, "_base_executable", sys.executable))';
  const [version, executable] = (await programs.run(python, ['-c', question])).trim().split('\n');
  return { version: version!, executable: executable!, uv: join(dirname(python), 'uv') };
}

export async function makePythonProject(
  { root: checkout, folder, programs }: Tools,
  host: HostPython,
  installer: 'pip' | 'uv',
): Promise<PythonProject> {
  const root = join(folder, installer);
  const [origin, home] = [`${root}.git`, `${root}-home`];
  mkdirSync(home);
  const environment = {
    ...cleanEnvironment(home),
    PATH: pathOf(`${root}-programs`, host, installer),
    UV_PYTHON_DOWNLOADS: 'never',
  };
  const git = (...args: readonly string[]) =>
    programs.run('git', args, { cwd: existsSync(root) ? root : folder, env: environment });
  await git('init', '--quiet', '--bare', '--initial-branch=main', origin);
  await git('clone', '--quiet', origin, root);
  await git('config', 'user.name', 'Ada');
  await git('config', 'user.email', 'ada@example.com');
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  for (const [path, text] of Object.entries(files)) write(path, text);
  write('data/loans/rows.csv', rows());
  copyFileSync(join(checkout, 'test/interop/suites/python-stage.py'), join(root, 'pipelines/loans/train.py'));
  const kept = join(root, '.lockstep/environments');
  const namesIn = (path: string) => (existsSync(path) ? readdirSync(path, { withFileTypes: true }) : []);
  return {
    root,
    lockstep: async (...args) => {
      const program = [join(checkout, 'src/cli/main.ts'), ...args, '--json'];
      const { code, out, err } = await programs.tryRun(process.execPath, program, {
        cwd: root,
        env: environment,
      });
      const last = out.trim().split('\n').at(-1)!;
      if (!last.startsWith('{'))
        throw new Error(`lockstep ${args.join(' ')} ended with ${code}: ${out}${err}`);
      return { code, json: JSON.parse(last) as Record<string, unknown> };
    },
    write: (python, lock) => {
      write('pipelines/loans/pipeline.yaml', pipelineWith(python));
      write('pipelines/loans/requirements.lock', lock);
    },
    commit: async () => {
      await git('add', '--all');
      await git('commit', '--quiet', '-m', 'feat: a model of loans');
      await git('push', '--quiet', 'origin', 'HEAD:main');
    },
    environments: () => {
      const folders = namesIn(kept).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
      return { folders, ready: folders.filter((name) => existsSync(join(kept, name, 'ready.json'))) };
    },
  };
}

/** The machine's PATH with the Python in question first, and with uv only if asked for. */
function pathOf(programs: string, { version, executable, uv }: HostPython, installer: 'pip' | 'uv'): string {
  mkdirSync(programs);
  for (const name of ['python3', `python${version}`]) {
    writeFileSync(join(programs, name), `#!/bin/sh\nexec '${executable}' "$@"\n`);
    chmodSync(join(programs, name), 0o755);
  }
  if (installer === 'uv') symlinkSync(uv, join(programs, 'uv'));
  const others = (process.env.PATH ?? '').split(delimiter).filter((place) => !existsSync(join(place, 'uv')));
  return [programs, ...others].join(delimiter);
}

const pipelineWith = (python: string) => `params: {c: 1, seed: 7}
stages:
  split:
    run: node split.mjs
    inputs: ["data:loans/rows.csv", split.mjs]
    outputs: [train.csv, test.csv]
  train:
    run: python train.py
    environment: {python: "${python}", lock: requirements.lock}
    inputs: [train.csv, test.csv, train.py]
    params: [c, seed]
    outputs: [predictions.csv]
evaluate: {predictions: predictions.csv, data: test.csv, target: late, positive: "yes", row-id: id, slices: [city]}
`;

const files: Readonly<Record<string, string>> = {
  '.gitignore': '/data/\n/.data/\n/.lockstep/\n',
  'lockstep.yaml': 'remote: file:.data\n',
  'models/loans/model.yaml': `task: binary-classification
description: Is a loan paid back late?
inputs: [{name: income, type: number}, {name: debt, type: number}, {name: city, type: category}]
output: {name: late, positive: "yes"}
`,
  'models/loans/policy.yaml': 'checks: [{metric: roc_auc, at-least: 0.6}]\n',
  'pipelines/loans/split.mjs': `import { readFileSync, writeFileSync } from 'node:fs';
const { LOCKSTEP_INPUTS: inputs, LOCKSTEP_OUTPUTS: outputs } = process.env;
const [head, ...rows] = readFileSync(inputs + '/data/loans/rows.csv', 'utf8').trim().split('\\n');
const part = (rest) => [head, ...rows.filter((_, row) => row % 2 === rest)].join('\\n') + '\\n';
writeFileSync(outputs + '/train.csv', part(0));
writeFileSync(outputs + '/test.csv', part(1));
`,
};

/** 800 rows in which debt without income mostly means late. */
function rows(): string {
  let state = 12345;
  const draw = () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state / 2147483648;
  };
  const lines = Array.from({ length: 800 }, (_, row) => {
    const [income, debt, oslo] = [draw() * 4, draw() * 4, draw() < 0.5];
    const chance = 1 / (1 + Math.exp(-(2 * debt - 2 * income + (oslo ? 0.5 : -0.5))));
    const late = draw() < chance ? 'yes' : 'no';
    return `L${row},${income.toFixed(4)},${debt.toFixed(4)},${oslo ? 'Oslo' : 'Bergen'},${late}`;
  });
  return `id,income,debt,city,late\n${lines.join('\n')}\n`;
}
