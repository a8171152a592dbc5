import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Suite, Tools } from '../suite.ts';
import { folderOfPython } from '../tools/host-python.ts';
import { makeProject, type Project } from '../tools/project.ts';

const model = 'flight-delay-python';
const file = `pipelines/${model}/pipeline.yaml`;

export const suite: Suite = {
  name: 'python-example',
  shows:
    'the example in Python installs what its lock names, passes its gate with the same bytes twice, and is judged',
  minutes: 5,
  needs: {},
  run: trainExample,
};

async function trainExample(tools: Tools): Promise<string> {
  const python = await folderOfPython('3.12');
  const first = await awake(tools, python, 'first');
  const run = await first.lockstep('run', model);
  assert.deepEqual([run.verdict, run.cached], ['pass', false], JSON.stringify(run));
  const { value: rocAuc } = (run.metrics as Record<string, { value: number }>).roc_auc!;
  assert.ok(rocAuc > 0.6 && rocAuc < 0.75, `ROC AUC ${rocAuc}`);
  assert.equal((await first.lockstep('run', model)).cached, true);

  // Another clone with an environment of its own; the two share pip's downloads alone, which hashes check.
  const second = await awake(tools, python, 'second');
  const again = await second.lockstep('run', model);
  const told = ({ modelDigest, run: id, cached }: Record<string, unknown>) => [modelDigest, id, cached];
  assert.deepEqual(told(again), told(run), 'the same bytes from the same fingerprint, trained anew');

  const folder = join(tools.folder, 'handed');
  await commit(tools, first, 'feat: larger weights', (text) => text.replace('c: 0.05', 'c: 0.06'));
  await first.lockstep('train', model, '--candidate', folder);
  const judged = await second.lockstep('judge', folder, '--base', 'main');
  assert.equal(judged.verdict, 'pass', JSON.stringify(judged));
  assert.notEqual(judged.modelDigest, run.modelDigest, 'it is the change that was judged');
  return `ROC AUC ${rocAuc.toFixed(4)}; ${String(run.modelDigest).slice(0, 19)} twice; a change judged: ${judged.verdict}`;
}

/** A clone in which the example does not sleep. */
async function awake(tools: Tools, python: string, name: string): Promise<Project> {
  const folder = join(tools.folder, name);
  mkdirSync(folder);
  const project = await makeProject({ ...tools, folder });
  project.environment.PATH = [python, project.environment.PATH].join(delimiter);
  project.environment.PIP_CACHE_DIR = join(tools.folder, 'pip');
  project.environment.UV_CACHE_DIR = join(tools.folder, 'uv');
  await commit(tools, project, 'feat: wake the example', (text) => text.replace(/^enabled: false\n/m, ''));
  return project;
}

/** Changes the pipeline's file by one commit. */
async function commit(
  { programs }: Tools,
  { root, environment }: Project,
  message: string,
  edit: (text: string) => string,
): Promise<void> {
  const before = readFileSync(join(root, file), 'utf8');
  const after = edit(before);
  assert.notEqual(after, before, `${file} has what "${message}" changes`);
  writeFileSync(join(root, file), after);
  await programs.run('git', ['commit', '--quiet', '--all', '-m', message], { cwd: root, env: environment });
}
