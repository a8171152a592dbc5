import { statSync } from 'node:fs';
import { readTable, selectRows, type Table, writeParquet } from '../../data/index.ts';
import { answerParent, LockstepError } from '../../workspace/index.ts';
import { predictionsTable } from '../predictions.ts';
import type { ScoreOrder, ScoreResult } from '../score-table.ts';
import { openScorer, type Scorer } from '../scorer.ts';

const warmUpRuns = 50;
const measuredRuns = 500;

// A process of its own: a model from anywhere may take the memory, or the process, down with it.
await answerParent(scoreTo);

async function scoreTo(order: ScoreOrder): Promise<ScoreResult> {
  const { model, data } = order.names ?? order;
  const table = await readTable(order.data, data);
  const scorer = await openScorer(order.model, { workspace: order.workspace, file: model });
  try {
    const scores = await scorer.score(table);
    refuseNonFinite(scores, model);
    await writeParquet(order.out, predictionsTable(table, scores, order.rowId));
    const latency = order.measure ? await measureLatency(scorer, table) : null;
    return { rows: table.rows, sizeBytes: statSync(order.model).size, latency };
  } finally {
    await scorer.release();
  }
}

function refuseNonFinite(scores: Float64Array, file: string): void {
  const row = scores.findIndex((score) => !Number.isFinite(score));
  if (row === -1) return;
  throw new LockstepError('E_MODEL_RUN', {
    what: `row ${row} is scored ${scores[row]}`,
    where: { file },
    allowed: 'a finite score for every row',
  });
}

/** Single rows, one after the other, as a server would be asked; milliseconds, nearest-rank percentiles. */
async function measureLatency(scorer: Scorer, table: Table): Promise<ScoreResult['latency']> {
  if (table.rows === 0) return null;
  const rows = Array.from({ length: Math.min(table.rows, measuredRuns) }, (_, row) =>
    selectRows(table, [row]),
  );
  const ask = (turn: number) => scorer.score(rows[turn % rows.length]!);
  for (let turn = 0; turn < warmUpRuns; turn++) await ask(turn);
  const times = new Float64Array(measuredRuns);
  for (let turn = 0; turn < measuredRuns; turn++) {
    const started = performance.now();
    await ask(turn);
    times[turn] = performance.now() - started;
  }
  times.sort();
  const percentile = (share: number) => times[Math.ceil(share * measuredRuns) - 1]!;
  return { p50Ms: percentile(0.5), p99Ms: percentile(0.99) };
}
