import { randomUUID } from 'node:crypto';
import { checkRow } from '../model/request-row.ts';
import { UnknownCategoryError } from '../model/run-error.ts';
import { isLockstepError } from '../workspace/errors.ts';
import { unacceptable } from './http-error.ts';
import type { PredictionLog } from './prediction-log.ts';
import type { ServedModel } from './served-model.ts';

export type Row = Readonly<Record<string, unknown>>;

export interface Prediction {
  readonly id: string;
  readonly score: number;
  /** Whether the score reaches the threshold; classification only. */
  readonly prediction?: boolean;
}

export const mostRows = 4096;

/**
 * The one way from raw rows to scores, for both protocols: held against model.yaml, scored, written to the
 * prediction log. Errors: HttpError 422 that names the column (and the row, when there are several).
 */
export async function predict(
  model: ServedModel,
  rows: readonly Row[],
  ids: readonly (string | undefined)[],
  log: PredictionLog | null,
): Promise<Prediction[]> {
  rows.forEach((row, index) => {
    const problem = checkRow(model.file.inputs, row);
    if (problem) throw unacceptable(problem.what + rowSuffix(index, rows.length));
  });
  const scores = await scoreOrExplain(model, rows);
  const { threshold = 0.5, task } = model.metadata;
  const time = log ? new Date().toISOString() : '';
  return rows.map((row, index) => {
    const id = ids[index] ?? randomUUID();
    const score = scores[index]!;
    log?.append({ id, time, row, score });
    return task === 'regression' ? { id, score } : { id, score, prediction: score >= threshold };
  });
}

async function scoreOrExplain(model: ServedModel, rows: readonly Row[]): Promise<Float64Array> {
  try {
    return await model.score(rows);
  } catch (error) {
    if (error instanceof UnknownCategoryError) {
      const { column, value, row } = error.cell;
      const what = `"${column}" is ${JSON.stringify(value.slice(0, 100))}, a category the model was not trained with`;
      throw unacceptable(what + rowSuffix(row, rows.length));
    }
    if (isLockstepError(error, 'E_MODEL_INPUT')) throw unacceptable(error.what);
    throw error;
  }
}

const rowSuffix = (row: number, rows: number): string => (rows > 1 ? ` (row ${row})` : '');
