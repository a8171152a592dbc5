import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import type { Column, Table } from '../../../src/data/index.ts';
import { evaluate, type Task } from '../../../src/evaluation/index.ts';
import { digestOf } from '../../../src/workspace/index.ts';
import type { Suite, Tools } from '../suite.ts';

interface Case {
  readonly name: string;
  readonly task: Task;
  readonly threshold?: number;
  readonly labels: readonly number[];
  readonly scores: readonly number[];
  readonly expected: Readonly<Record<string, number>>;
}

export const suite: Suite = {
  name: 'sklearn-metrics',
  shows: 'every metric equals scikit-learn to 1e-9 on freshly drawn rows',
  minutes: 1,
  needs: { python: ['scikit-learn==1.9.1'] },
  run: compareMetrics,
};

async function compareMetrics({ root, programs, python }: Tools): Promise<string> {
  const seed = randomInt(2 ** 31);
  const script = join(root, 'test/interop/fixtures/make-metric-fixtures.py');
  const drawn = JSON.parse(await programs.run(python, [script, '--fresh', String(seed)])) as {
    cases: Case[];
  };
  let compared = 0;
  let worst = 0;
  for (const one of drawn.cases) {
    const found = metricsOf(one);
    const at = `${one.name} of seed ${seed}`;
    assert.deepEqual(Object.keys(found).sort(), Object.keys(one.expected).sort(), `${at}: which metrics`);
    for (const [name, value] of Object.entries(one.expected)) {
      const off = Math.abs(found[name]! - value) / Math.max(1, Math.abs(value));
      assert.ok(off <= 1e-9, `${at}: ${name} is ${found[name]}, scikit-learn's ${value}`);
      worst = Math.max(worst, off);
      compared++;
    }
  }
  assert.ok(compared > 500, `only ${compared} values compared`);
  return `${compared} values of ${drawn.cases.length} cases, at most ${worst.toExponential(1)} apart (seed ${seed})`;
}

function metricsOf({ task, labels, scores, threshold }: Case): Record<string, number> {
  const rows = labels.length;
  const rowIds = Float64Array.from({ length: rows }, (_, row) => row);
  const data = tableOf({ id: rowIds, y: Float64Array.from(labels) });
  const predictions = tableOf({
    row_id: rowIds,
    fold: new Float64Array(rows),
    score: Float64Array.from(scores),
  });
  const { metrics } = evaluate({
    model: 'drawn',
    task,
    data: { table: data, digest: digestOf('data') },
    target: 'y',
    rowId: 'id',
    ...(task === 'regression' ? {} : { positive: '1', threshold: threshold! }),
    predictions: { table: predictions, digest: digestOf('predictions') },
    subject: { kind: 'candidate', modelDigest: null },
  });
  return Object.fromEntries(Object.entries(metrics).map(([name, { value }]) => [name, value]));
}

function tableOf(columns: Readonly<Record<string, Float64Array>>): Table {
  const entries = Object.entries(columns);
  return {
    rows: entries[0]![1].length,
    columns: entries.map(([name, values]): Column => ({ name, type: 'number', values })),
  };
}
