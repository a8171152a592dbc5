import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openStore } from '../../../src/data/index.ts';
import { type Digest, openWorkspace } from '../../../src/workspace/index.ts';
import type { Suite, Tools } from '../suite.ts';
import { makeProject, type Project } from '../tools/project.ts';

export const suite: Suite = {
  name: 'sklearn-trees',
  shows:
    "the default trees come within 0.02 AUC or R² of scikit-learn's HistGradientBoosting, same rows and folds",
  minutes: 6,
  long: true,
  needs: { python: ['scikit-learn==1.9.1', 'pandas==3.1.1', 'pyarrow==26.0.1'] },
  run: compareTrees,
};

const seeds = [1, 2, 3, 4, 5];
const allowed = 0.02;

/** One training of ours, for the script to score beside its own. */
interface Training {
  readonly table: string;
  readonly predictions: string;
  readonly target: string;
  readonly positive: string | null;
  readonly seed: number;
}

interface Compared {
  readonly ours: number;
  readonly theirs: number;
}

async function compareTrees(tools: Tools): Promise<string> {
  const project = await makeProject(tools);
  const python = (...args: readonly string[]) =>
    tools.programs.run(tools.python, [join(tools.root, 'test/interop/suites/sklearn-trees.py'), ...args]);
  const names = JSON.parse(await python('tables', tools.folder)) as string[];
  const differences: string[] = [];
  for (const name of names) {
    const list = join(tools.folder, `${name}.json`);
    writeFileSync(list, JSON.stringify(await trainings(tools, project, name)));
    const compared = JSON.parse(await python('score', list)) as Compared[];
    const ours = mean(compared.map((one) => one.ours));
    const theirs = mean(compared.map((one) => one.theirs));
    const words = `${name} ${ours.toFixed(3)} beside ${theirs.toFixed(3)}`;
    assert.ok(ours >= theirs - allowed, words);
    differences.push(words);
  }
  return differences.join(', ');
}

/** What `init` makes of the table, trained with each seed. */
async function trainings(tools: Tools, project: Project, name: string): Promise<Training[]> {
  const data = join(tools.folder, `${name}.csv`);
  const made = await project.lockstep('init', name, '--data', data, '--target', 'y');
  const pipeline = join(project.root, 'pipelines', name, 'pipeline.yaml');
  const text = readFileSync(pipeline, 'utf8');
  assert.match(text, /seed: 7\n/);
  const store = openStore(openWorkspace(project.root));
  const trained: Training[] = [];
  for (const seed of seeds) {
    writeFileSync(pipeline, text.replace('seed: 7\n', `seed: ${seed}\n`));
    const { outputs } = (await project.lockstep('run', name, '--until', 'train')) as {
      outputs: Record<string, { digest: Digest }>;
    };
    const place = async (output: string): Promise<string> => {
      const path = join(tools.folder, `${name}-${seed}-${output}`);
      await store.materialize(outputs[output]!.digest, path);
      return path;
    };
    trained.push({
      table: await place('table.parquet'),
      predictions: await place('predictions.parquet'),
      target: 'y',
      positive: (made.positive as string | undefined) ?? null,
      seed,
    });
  }
  return trained;
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
