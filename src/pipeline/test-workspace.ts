// For tests: a repository of real files with a pipeline of two stages that reads one dataset.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { addData } from '../data/index.ts';
import { git, openWorkspace, type Workspace } from '../workspace/index.ts';
import { runPipeline } from './run.ts';
import type { RunEvent } from './run-event.ts';

export const pipelineFile = `params: {seed: 7, rate: 0.1}
stages:
  prepare:
    run: node prepare.mjs
    inputs: ["data:toy/rows.csv", prepare.mjs, /common/lines.mjs]
    outputs: [train.txt, test.txt]
  train:
    run: node train.mjs
    inputs: [train.txt, train.mjs]
    params: [seed, rate]
    outputs: [model.txt]
evaluate: {predictions: model.txt, data: test.txt, target: y}
`;

const files: Record<string, string> = {
  'pipelines/toy/pipeline.yaml': pipelineFile,
  'pipelines/toy/prepare.mjs': `import { readFileSync, writeFileSync } from 'node:fs';
import { lines } from '../../common/lines.mjs';
const { LOCKSTEP_INPUTS: inputs, LOCKSTEP_OUTPUTS: outputs } = process.env;
const [head, ...rows] = lines(readFileSync(inputs + '/data/toy/rows.csv', 'utf8'));
writeFileSync(outputs + '/train.txt', rows.filter((_, i) => i % 2 === 0).join('\\n'));
writeFileSync(outputs + '/test.txt', rows.filter((_, i) => i % 2 === 1).join('\\n'));
console.log('prepared', rows.length, 'rows of', head);
`,
  'pipelines/toy/train.mjs': `import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
const { LOCKSTEP_INPUTS: inputs, LOCKSTEP_OUTPUTS: outputs, LOCKSTEP_METRICS: metrics } = process.env;
const params = readFileSync(process.env.LOCKSTEP_PARAMS, 'utf8').trim();
appendFileSync(metrics, '{"loss": 0.9}\\n{"loss": 0.5}\\n');
writeFileSync(outputs + '/model.txt', params + '\\n' + readFileSync(inputs + '/train.txt', 'utf8'));
console.log('trained');
`,
  'common/lines.mjs': `export const lines = (text) => text.trim().split('\\n');\n`,
  '.gitignore': '/data/\n/.lockstep/\n',
};

/** Files are written over the toy's own; the folder is removed by `dispose`. */
export async function toyWorkspace(
  changes: Record<string, string> = {},
): Promise<Workspace & AsyncDisposable> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'lockstep-toy-')));
  writeFiles(root, { ...files, 'data/toy/rows.csv': 'x,y\n1,2\n3,4\n5,6\n7,8\n', ...changes });
  const workspace = openWorkspace(root);
  await addData(workspace, join(root, 'data/toy/rows.csv'));
  const dispose = async () => rmSync(root, { recursive: true, force: true, maxRetries: 5 });
  return { ...workspace, [Symbol.asyncDispose]: dispose };
}

export function writeFiles(root: string, content: Record<string, string>): void {
  for (const [path, text] of Object.entries(content)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

/** Replaces the commands of the toy's `train` stage and whatever else stands in its mapping. */
export const withTrain = (stage: string): string =>
  pipelineFile.replace(/ {2}train:\n(?: {4}.*\n)+/, () => `  train: ${stage}\n`);

/** Commits everything as someone. */
export async function commitAll(root: string, message: string): Promise<string> {
  const env = {
    GIT_AUTHOR_NAME: 'A',
    GIT_AUTHOR_EMAIL: 'a@example.com',
    GIT_COMMITTER_NAME: 'A',
    GIT_COMMITTER_EMAIL: 'a@example.com',
  };
  await git(['init', '-q', '-b', 'main'], { cwd: root });
  await git(['add', '-A'], { cwd: root });
  await git(['commit', '-q', '-m', message], { cwd: root, env });
  return git(['rev-parse', 'HEAD'], { cwd: root });
}

/** Runs the toy and tells what happened as one word a stage, with reasons: `train: param rate 0.1 → 0.2`. */
export async function runToy(workspace: Workspace, options: Parameters<typeof runPipeline>[2] = {}) {
  const events: RunEvent[] = [];
  const result = await runPipeline(workspace, 'toy', { ...options, report: (event) => events.push(event) });
  const steps = events.flatMap((event) =>
    event.kind === 'stage-cached'
      ? [`${event.stage}: cached`]
      : event.kind === 'stage-started'
        ? [`${event.stage}: ${event.why.join(', ')}`]
        : [],
  );
  return { ...result, events, steps };
}

/** The message of the error that the work ends with, without what differs from one run to the next. */
export async function messageFrom(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    return (error as Error).message
      .replace(/[0-9a-f]{64}/g, '<hex>')
      .replace(/\S*lockstep-toy-\w+/g, '<root>');
  }
  return 'no error';
}
