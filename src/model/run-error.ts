import type { Table } from '../data/index.ts';
import { isLockstepError, LockstepError } from '../workspace/errors.ts';
import { categoriesOf } from './model-metadata.ts';

export interface UnknownCategory {
  readonly column: string;
  readonly value: string;
  readonly row: number;
}

/** The first cell, by row, with a category that the model was not trained with. */
export function unknownCategory(
  metadata: Readonly<Record<string, string>>,
  table: Table,
  from = 0,
  to = table.rows,
): UnknownCategory | null {
  const known = Object.entries(categoriesOf(metadata)).flatMap(([name, values]) => {
    const column = table.columns.find((candidate) => candidate.name === name);
    return column ? [{ column, values: new Set(values) }] : [];
  });
  for (let row = from; row < to; row++) {
    for (const { column, values } of known) {
      const value = column.values[row] ?? null;
      if (value === null || Number.isNaN(value) || value === '' || values.has(String(value))) continue;
      return { column: column.name, value: String(value), row };
    }
  }
  return null;
}

/** What ONNX Runtime threw, as the cell that it stumbled over when the model's metadata can tell. */
export function runError(
  error: unknown,
  metadata: Readonly<Record<string, string>>,
  table: Table,
  from: number,
  to: number,
  file: string,
): LockstepError {
  if (isLockstepError(error)) return error;
  const unknown = unknownCategory(metadata, table, from, to);
  if (unknown) return new UnknownCategoryError(unknown, file, error);
  return new LockstepError('E_MODEL_RUN', {
    what: `the model could not score rows ${from} to ${to - 1}: ${(error as Error).message}`,
    where: { file },
    cause: error,
  });
}

/** Carries the cell, so that a server can answer with it. */
export class UnknownCategoryError extends LockstepError {
  readonly cell: UnknownCategory;

  constructor(cell: UnknownCategory, file: string, cause: unknown) {
    super('E_MODEL_RUN', {
      what: `the category ${JSON.stringify(cell.value)} in column "${cell.column}", row ${cell.row}, is not one the model was trained with`,
      where: { file },
      allowed: 'the categories of the training data (the model was trained with `unknown: error`)',
      fix: 'train with `unknown: ignore`, or correct the value',
      cause,
    });
    this.cell = cell;
  }
}
