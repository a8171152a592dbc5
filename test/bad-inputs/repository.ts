import { constants, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { addData, pushData } from '../../src/data/index.ts';
import { hold, promote } from '../../src/gitops/index.ts';
import { digestOf, git, openWorkspace, type Workspace } from '../../src/workspace/index.ts';
import { commitFiles, type GitSandbox, makeSandbox } from '../git-sandbox.ts';
import { makeProject, registerVersion } from '../release-sandbox.ts';
import { toyModel, toyModelYaml } from '../toy-model.ts';
import { runCli } from './command-line.ts';

/** A copy of the fixture, with its own origin beside it. */
export class Repository {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }
  get root(): string {
    return join(this.folder, 'ada');
  }
  get origin(): string {
    return join(this.folder, 'origin.git');
  }
  path(...parts: string[]): string {
    return join(this.root, ...parts);
  }
  read(path: string): string {
    return readFileSync(this.path(path), 'utf8');
  }
  write(path: string, content: string | Uint8Array): void {
    mkdirSync(dirname(this.path(path)), { recursive: true });
    writeFileSync(this.path(path), content);
  }
  edit(path: string, from: string | RegExp, to: string): void {
    const text = this.read(path);
    const changed = text.replace(from, to);
    if (changed === text) throw new Error(`${String(from)} is not in ${path}`);
    this.write(path, changed);
  }
  remove(path: string): void {
    rmSync(this.path(path), { recursive: true });
  }
  git(...args: string[]): Promise<string> {
    return git(args, { cwd: this.root });
  }
  /** On the default branch of origin, where policies are read. */
  async commit(): Promise<void> {
    await commitFiles(openWorkspace(this.root), {}, 'test: something wrong');
    await this.git('push', '--quiet', 'origin', 'HEAD:main');
  }
}

export const pipelineYaml = `stages:
  prepare:
    run: cp "$LOCKSTEP_INPUTS"/data/toy/rows.csv "$LOCKSTEP_OUTPUTS"/table.csv
    inputs: [data:toy/rows.csv]
    outputs: [table.csv]
  train:
    run: cp toy.onnx "$LOCKSTEP_OUTPUTS"/model.onnx
    inputs: [toy.onnx, table.csv]
    outputs: [model.onnx]
evaluate:
  model: model.onnx
  data: table.csv
  target: late
  positive: "yes"
  row-id: id
`;

export const policyYaml = 'checks:\n  - {metric: roc_auc, at-least: 0.5}\n';

export function rowsCsv(rows = 200): string {
  const lines = Array.from({ length: rows }, (_, row) => {
    const distance = (row * 37) % 1000;
    const carrier = ['AA', 'DL', 'UA'][row % 3];
    return `r${row},${distance},${carrier},2001-01-${String(1 + (row % 28)).padStart(2, '0')},${distance + (row % 5) * 100 > 600 ? 'yes' : 'no'}`;
  });
  return `id,distance,carrier,date,late\n${lines.join('\n')}\n`;
}

export interface Fixture extends AsyncDisposable {
  /** A fresh copy, as cheap as the file system makes it. */
  copy(name: string): Repository;
}

/**
 * A project of two models: `toy`, whose pipeline ran, and `churn`, whose versions are at origin, each with another
 * reason not to be promoted. `draft` is toy again, uncommitted: its own policy judges it.
 */
export async function makeFixture(): Promise<Fixture> {
  const sandbox = await makeSandbox();
  const ada = await makeProject(sandbox, 'ada', {
    '.gitignore': '/.lockstep/\n/data/\n',
    'data.lock': 'version: 1\ndatasets: {}\n',
    ...modelFiles('toy'),
  });
  await git(['remote', 'set-url', 'origin', '../origin.git'], { cwd: ada.root });
  await addToyData(ada);
  await registerVersions(ada);
  await commitFiles(ada, {});
  await git(['push', '--quiet', 'origin', 'HEAD:main'], { cwd: ada.root });
  for (const [path, content] of Object.entries(modelFiles('draft'))) writeIn(ada.root, path, content);
  for (const model of ['toy', 'draft']) {
    const ran = await runCli(ada.root, ['run', model]);
    if (ran.exit !== 0) throw new Error(`the fixture must run: ${ran.stderr}`);
  }
  // Few files to copy, three hundred times.
  for (const cwd of [ada.root, sandbox.origin]) await git(['gc', '--quiet', '--prune=now'], { cwd });
  return fixtureOf(sandbox);
}

const modelFiles = (model: string): Record<string, string> => ({
  [`pipelines/${model}/pipeline.yaml`]: pipelineYaml,
  [`models/${model}/model.yaml`]: toyModelYaml,
  [`models/${model}/policy.yaml`]: policyYaml,
});

function writeIn(root: string, path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

async function addToyData(ada: Workspace): Promise<void> {
  for (const model of ['toy', 'draft']) writeIn(ada.root, `pipelines/${model}/toy.onnx`, toyModel());
  writeIn(ada.root, 'data/toy/rows.csv', rowsCsv());
  await addData(ada, join(ada.root, 'data/toy/rows.csv'));
  await pushData(ada);
}

const verdict = (outcome: 'pass' | 'fail' | 'inconclusive') => ({
  verdict: outcome,
  digest: digestOf('a verdict'),
  reasons: outcome === 'pass' ? [] : ['roc_auc is 0.58, at least 0.6 is asked for'],
  checks: [],
});

async function registerVersions(ada: Workspace): Promise<void> {
  await registerVersion(ada, 'v1.0.0');
  await registerVersion(ada, 'v1.1.0', { verdicts: {} });
  await registerVersion(ada, 'v1.2.0', { verdicts: { dev: verdict('fail') } });
  await registerVersion(ada, 'v1.3.0', { verdicts: { dev: verdict('inconclusive') } });
  await registerVersion(ada, 'v1.4.0', { policy: { digest: digestOf('another policy'), commit: null } });
  await registerVersion(ada, 'v1.5.0');
  await registerVersion(ada, 'v1.6.0');
  await promote(ada, { model: 'churn', version: 'v1.0.0', environment: 'dev', observe: 0 });
  await hold(ada, { model: 'churn', version: 'v1.5.0', reason: 'wrong airports', release: false });
}

function fixtureOf(sandbox: GitSandbox): Fixture {
  const { folder } = sandbox;
  return {
    copy(name) {
      const copy = new Repository(join(folder, 'copies', name));
      for (const part of ['ada', 'origin.git']) {
        cpSync(join(folder, part), join(copy.folder, part), {
          recursive: true,
          preserveTimestamps: true,
          verbatimSymlinks: true,
          mode: constants.COPYFILE_FICLONE,
        });
      }
      return copy;
    },
    [Symbol.asyncDispose]: () => sandbox[Symbol.asyncDispose](),
  };
}
