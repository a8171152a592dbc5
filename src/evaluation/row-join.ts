import { type Column, cellText, column, type Table } from '../data/index.ts';
import { LockstepError } from '../workspace/index.ts';

/**
 * The score of each judged row, in the judged rows' order, found by row id: the value of the row-id column, or
 * the row's number from 0. Errors: E_EVALUATE_ROWS when the predictions are not exactly one number for each
 * judged row; E_TABLE_COLUMN.
 */
export function joinScores(data: Table, rowId: string | undefined, predictions: Table): Float64Array {
  const rows = rowsById(data, rowId);
  const ids = column(predictions, 'row_id', predictionsPlace);
  const found = column(predictions, 'score', predictionsPlace);
  if (found.type !== 'number') throw rowsError('the scores are text', 'a number for each row');
  const scores = new Float64Array(data.rows).fill(Number.NaN);
  const seen = new Uint8Array(data.rows);
  for (let place = 0; place < predictions.rows; place++) {
    const id = cellText(ids, place);
    const row = id === null ? undefined : rows(id);
    if (row === undefined) {
      throw rowsError(
        id === null
          ? `prediction ${place} has no row id`
          : `a prediction for row id ${id}, which is not judged`,
      );
    }
    if (seen[row]) throw rowsError(`two predictions for row id ${id}`);
    if (!Number.isFinite(found.values[place])) {
      throw rowsError(`the score of row id ${id} is ${found.values[place]}`, 'a finite number for each row');
    }
    seen[row] = 1;
    scores[row] = found.values[place]!;
  }
  const left = data.rows - predictions.rows;
  if (left > 0) {
    const first = idText(data, rowId, seen.indexOf(0));
    throw rowsError(`no prediction for ${left} of ${data.rows} judged rows, the first with row id ${first}`);
  }
  return scores;
}

/** Scores of a classifier are probabilities; float32 may round one a little beyond. Errors: E_EVALUATE_ROWS. */
export function checkProbabilities(scores: Float64Array): void {
  const row = scores.findIndex((score) => score < -1e-6 || score > 1 + 1e-6);
  if (row === -1) return;
  throw rowsError(
    `the score of judged row ${row} is ${scores[row]}`,
    'the probability of the positive class, from 0 to 1',
    'hand over probabilities (predict_proba in scikit-learn), not margins or classes',
  );
}

/** Finds a judged row by its id as text, so that 17 and "17" are one id. */
function rowsById(data: Table, rowId: string | undefined): (id: string) => number | undefined {
  if (rowId === undefined) {
    return (id) => (/^(0|[1-9]\d*)$/.test(id) && Number(id) < data.rows ? Number(id) : undefined);
  }
  const ids = column(data, rowId, 'the judged rows');
  const rows = new Map<string, number>();
  for (let row = 0; row < data.rows; row++) {
    const id = cellText(ids, row);
    if (id === null) throw rowsError(`judged row ${row} has no "${rowId}"`, 'an id in every judged row');
    if (rows.has(id)) throw rowsError(`two judged rows with the "${rowId}" ${id}`, 'each row id once');
    rows.set(id, row);
  }
  return (id) => rows.get(id);
}

const idText = (data: Table, rowId: string | undefined, row: number): string =>
  rowId === undefined ? String(row) : String(cellText(column(data, rowId), row));

const predictionsPlace = 'the predictions table';

const rowsError = (
  what: string,
  allowed = 'one prediction for each judged row',
  fix = 'write row_id, fold and score for exactly the rows of evaluate.data',
): LockstepError =>
  new LockstepError('E_EVALUATE_ROWS', {
    what,
    where: { file: predictionsPlace },
    allowed,
    fix,
  });

/** A column of row ids, from what the caller has. */
export function idColumn(ids: ArrayLike<number> | ArrayLike<string>): Column {
  return typeof ids[0] === 'string'
    ? { name: 'row_id', type: 'text', values: Array.from(ids as ArrayLike<string>) }
    : { name: 'row_id', type: 'number', values: Float64Array.from(ids as ArrayLike<number>) };
}
