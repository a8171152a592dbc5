import type { RawValues } from './inputs.ts';
import { selectValues } from './inputs.ts';
import type { TrainedModel, TrainingRows } from './trained-model.ts';

/** Rows to predict, some with a label. `labels` is NaN where the target is missing. */
export interface FoldedRows extends TrainingRows {
  /** Which fold judges each row: 0 … count−1. */
  readonly judges: Int32Array;
  readonly foldCount: number;
}

/** Each row's score from a model that was trained on the other folds' rows. */
export function scoreOutOfFold(
  rows: FoldedRows,
  train: (rows: TrainingRows) => TrainedModel,
  progress: (fold: number) => void = () => {},
): Float64Array {
  const scores = new Float64Array(rows.labels.length);
  for (let fold = 0; fold < rows.foldCount; fold++) {
    const [learn, judged] = [[] as number[], [] as number[]];
    rows.judges.forEach((judge, row) => {
      if (judge === fold) judged.push(row);
      else if (!Number.isNaN(rows.labels[row]!)) learn.push(row);
    });
    if (judged.length === 0) continue;
    const model = train(selectTraining(rows, learn));
    const values: RawValues[] = selectValues(rows.values, judged);
    model.predict(values, judged.length).forEach((score, index) => {
      scores[judged[index]!] = score;
    });
    progress(fold);
  }
  return scores;
}

/** The rows of `indices`; all of them as they are, since a copy would double a large table. */
export const selectTraining = (rows: TrainingRows, indices: readonly number[]): TrainingRows =>
  indices.length === rows.labels.length
    ? rows
    : {
        task: rows.task,
        inputs: rows.inputs,
        values: selectValues(rows.values, indices),
        labels: Float64Array.from(indices, (row) => rows.labels[row]!),
        folds: Int32Array.from(indices, (row) => rows.folds[row]!),
      };
