import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import {
  exportOnnx,
  planInputs,
  type RawInput,
  readParams,
  type TrainingRows,
  trainTrees,
  treesParams,
} from '../src/training/index.ts';
import { findPython } from '../test/interop/tools/python.ts';

/*
 * Processor seconds (user, all threads) and peak memory of the trees: 100,000 rows of 20 numbers, 100 trees; beside them the
 * same sums of gradients without any tree around them, as a measure of the machine, and scikit-learn's histogram trees
 * on one thread where `npm run test:interop -- sklearn-metrics` has installed them.
 *   node bench/trees.ts [rows] [columns]
 */
const rows = Number(process.argv[2] ?? 100_000);
const width = Number(process.argv[3] ?? 20);

const data = problem();
const before = process.resourceUsage().maxRSS / 1024;
console.log(`  ${rows} rows, ${width} columns; ${before.toFixed(0)} MB before training`);
const plain = plainSums();
console.log(`  ${'one pass over all features, × 100'.padEnd(44)} ${plain.toFixed(2)} s`);
for (const [name, given] of [
  ['100 trees of depth 6 (64 leaves)', { depth: 6, leaves: 64 }],
  ['100 trees, as by default (31 leaves)', {}],
] as const) {
  const started = process.cpuUsage();
  const model = trainTrees(data, readParams(given, treesParams, 'trees'));
  const seconds = process.cpuUsage(started).user / 1e6;
  const megabytes = exportOnnx(model, 1).length / 1e6;
  const peak = process.resourceUsage().maxRSS / 1024;
  const ratio = (seconds / plain).toFixed(1);
  console.log(
    `  ${name.padEnd(44)} ${seconds.toFixed(2)} s, ${ratio} × the passes; peak ${peak.toFixed(0)} MB; model ${megabytes.toFixed(2)} MB`,
  );
}

scikitLearn();

/** The same size of problem and the same leaves; its own rows, as only time is compared. */
function scikitLearn(): void {
  const python = findPython(['scikit-learn==1.9.1']);
  if (python === null) {
    console.log('  scikit-learn is not installed here');
    return;
  }
  const script = join(import.meta.dirname, 'trees.py');
  const env = { ...process.env, OMP_NUM_THREADS: '1' };
  const { status, stdout, stderr } = spawnSync(python, [script, String(rows), String(width)], {
    env,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  for (const line of stdout.trim().split('\n')) {
    const [name, seconds, megabytes] = line.split('\t');
    const ratio = (Number(seconds) / plain).toFixed(1);
    console.log(`  ${name!.padEnd(44)} ${seconds} s, ${ratio} × the passes; peak ${megabytes} MB`);
  }
}

function problem(): TrainingRows {
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const columns = Array.from({ length: width }, () =>
    Float32Array.from({ length: rows }, () => random() * 2 - 1),
  );
  const labels = Float64Array.from({ length: rows }, (_, row) => {
    const x = (column: number) => columns[column % width]![row]!;
    const score = 2 * x(0) * x(1) + Math.abs(x(2)) - 0.5 + (x(3) > 0 ? x(4) : -x(5)) + random() - 0.5;
    return score > 0 ? 1 : 0;
  });
  const inputs: RawInput[] = planInputs(
    {
      rows: 1,
      columns: columns.map((_, index) => ({
        name: `x${index}`,
        type: 'number',
        values: new Float64Array(1),
      })),
    },
    columns.map((_, index) => ({ name: `x${index}`, type: 'number' })),
  );
  return {
    task: 'binary-classification',
    inputs,
    values: columns.map((values) => ({ kind: 'number', values })),
    labels,
    folds: new Int32Array(rows),
  };
}

/** What any histogram method must at least do once a tree: two sums a cell. */
function plainSums(): number {
  const codes = data.values.map(({ values }) =>
    Uint8Array.from(values as Float32Array, (value) => (value + 1) * 127),
  );
  const gradients = Float32Array.from(data.labels);
  const sums = new Float64Array(512);
  const started = process.cpuUsage();
  for (let tree = 0; tree < 100; tree++)
    for (const column of codes)
      for (let row = 0; row < rows; row++) {
        const at = column[row]! * 2;
        sums[at]! += gradients[row]!;
        sums[at + 1]! += 0.25;
      }
  return process.cpuUsage(started).user / 1e6;
}
