import { selectRows, type Table } from '../data/index.ts';
import { openScorer } from '../model/index.ts';
import { LockstepError } from '../workspace/index.ts';
import { readInputs } from './inputs.ts';
import type { TrainedModel } from './trained-model.ts';

const mostRows = 5000;
const tolerance = 1e-5;

/**
 * Compares the trainer's own prediction with ONNX Runtime's on rows spread over the table: absolute below 1,
 * relative above, and for values relative to the target's deviation. Returns the largest difference.
 * Errors: E_TRAIN_PARITY.
 */
export async function checkParity(model: TrainedModel, bytes: Uint8Array, table: Table): Promise<number> {
  const step = Math.max(1, Math.ceil(table.rows / mostRows));
  const rows = Array.from({ length: Math.ceil(table.rows / step) }, (_, index) => index * step);
  const sample = selectRows(table, rows);
  const own = model.predict(readInputs(sample, model.inputs), sample.rows);
  const scorer = await openScorer(bytes);
  const exported = await scorer.score(sample).finally(() => scorer.release());
  const unit = model.link.kind === 'scale' ? model.link.deviation : 1;
  let largest = 0;
  own.forEach((score, row) => {
    const difference = Math.abs(score - exported[row]!) / Math.max(1, Math.abs(score), unit);
    largest = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(largest, difference);
  });
  if (largest <= tolerance) return largest;
  throw new LockstepError('E_TRAIN_PARITY', {
    what: `the exported model differs from its trainer by ${largest} on the training rows`,
    allowed: `at most ${tolerance}`,
    fix: 'report this with the table: it is a defect of the trainer, and no model was written',
  });
}
