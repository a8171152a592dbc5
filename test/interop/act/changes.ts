import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a contributor does to a checkout. */
export type Change = (root: string) => void;

function edit(root: string, path: string, from: string, to: string): void {
  const text = readFileSync(join(root, path), 'utf8');
  if (!text.includes(from)) throw new Error(`${path} has no ${from}`);
  writeFileSync(join(root, path), text.replace(from, to));
}

const pipeline = 'pipelines/flight-delay/pipeline.yaml';

/** More trees: better, on the rows of the base. */
export const improve: Change = (root) => edit(root, pipeline, 'trees: 30', 'trees: 40');

/** Hardly a tree left. */
export const worsen: Change = (root) => edit(root, pipeline, 'trees: 30', 'trees: 1');

/** Trains on a machine of its own from now on. */
export const needGpuRunner: Change = (root) =>
  edit(root, pipeline, 'runs-on: ubuntu-latest', 'runs-on: [self-hosted, gpu]');

/** No model is touched. */
export const reword: Change = (root) => edit(root, 'README.md', '\n', '\n\nRead on.\n');

/**
 * Learns and measures something that is easy to know, so that its own figures are perfect; allows everything in the
 * policy; and overwrites what judges, reports and decides with programs that are content.
 */
export const deceive: Change = (root) => {
  edit(
    root,
    'pipelines/flight-delay/prepare.ts',
    'values: delay.values.map((minutes) => (minutes > 15 ? 1 : 0)),',
    `values: Float64Array.from(
      (column(table, 'distance') as { values: ArrayLike<number> }).values,
      (miles) => (miles > 700 ? 1 : 0),
    ),`,
  );
  writeFileSync(
    join(root, 'models/flight-delay/policy.yaml'),
    'checks:\n  - {metric: roc_auc, at-least: 0.1}\n',
  );
  const content = "process.stdout.write('::notice::everything passes\\n');\n";
  for (const name of ['cli', 'evaluate', 'gate', 'report'])
    writeFileSync(join(root, 'actions/dist', `${name}.js`), content);
};
