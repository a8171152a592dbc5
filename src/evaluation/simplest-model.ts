import type { Table } from '../data/index.ts';
import { LockstepError } from '../workspace/index.ts';
import type { Task } from './evaluation.ts';
import { idColumn } from './row-join.ts';

export interface SimplestInput {
  readonly task: Task;
  /** Labels of the training rows: 0 and 1, or the target's values. */
  readonly train: ArrayLike<number>;
  /** Ids of the rows to predict. */
  readonly rowIds: ArrayLike<number> | ArrayLike<string>;
  /** The fold of each row where training rows judge themselves: `train`, `rowIds` and `folds` are then aligned. */
  readonly folds?: ArrayLike<number> | undefined;
}

/**
 * The predictions table of the simplest model for a task: the share of positives (class prior) or the mean of
 * the training rows, the same for every row; with folds the mean of the rows in the other folds. It is the
 * baseline where no version exists yet. Errors: E_EVALUATE_ROWS without training rows.
 */
export function simplestPredictions({ train, rowIds, folds }: SimplestInput): Table {
  if (train.length === 0 || (folds && (folds.length !== rowIds.length || folds.length !== train.length))) {
    throw new LockstepError('E_EVALUATE_ROWS', {
      what: folds
        ? `${train.length} training rows, ${rowIds.length} row ids and ${folds.length} folds`
        : 'no training rows for the simplest model',
      allowed: folds ? 'one fold and one id for each training row' : 'at least one training row',
      fix: 'look at what the prepare stage wrote',
    });
  }
  const rows = rowIds.length;
  const fold = folds ? Float64Array.from(folds) : new Float64Array(rows);
  const scores = folds ? outOfFold(train, fold) : new Float64Array(rows).fill(meanOf(train));
  return {
    rows,
    columns: [
      idColumn(rowIds),
      { name: 'fold', type: 'number', values: fold },
      { name: 'score', type: 'number', values: scores },
    ],
  };
}

/** A single fold leaves nothing to learn from, so its rows get the mean of all. */
function outOfFold(train: ArrayLike<number>, fold: Float64Array): Float64Array {
  const inside = new Map<number, { total: number; rows: number }>();
  let total = 0;
  for (let row = 0; row < fold.length; row++) {
    const sums = inside.get(fold[row]!) ?? { total: 0, rows: 0 };
    sums.total += train[row]!;
    sums.rows++;
    inside.set(fold[row]!, sums);
    total += train[row]!;
  }
  return fold.map((name) => {
    const own = inside.get(name)!;
    return own.rows === fold.length ? total / fold.length : (total - own.total) / (fold.length - own.rows);
  });
}

function meanOf(values: ArrayLike<number>): number {
  let total = 0;
  for (let row = 0; row < values.length; row++) total += values[row]!;
  return total / values.length;
}
