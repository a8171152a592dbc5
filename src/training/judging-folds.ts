import { cellText, column, type Table } from '../data/index.ts';
import type { EvaluateSection } from '../pipeline/index.ts';
import { foldsOf, rowHashes } from './row-hash.ts';

/** The column that names rows: the one stated, or `row_id` where the table has it; else rows count from 0. */
export const rowIdColumn = (table: Table, stated: string | undefined): string | undefined =>
  stated ?? (table.columns.some(({ name }) => name === 'row_id') ? 'row_id' : undefined);

/** Columns that are no content of a row. */
export const rowIdOf = (table: Table, stated: string | undefined): string[] => {
  const name = rowIdColumn(table, stated);
  return name === undefined ? ['fold'] : [name, 'fold'];
};

/** The fold that judges each row: the table's `fold`, else as `contentFolds` has it. */
export function judgingFolds(
  table: Table,
  evaluate: EvaluateSection,
  seed: number,
): { judges: Int32Array; foldCount: number } {
  const { folds } = evaluate;
  if (folds === undefined) return { judges: new Int32Array(table.rows), foldCount: 0 };
  const given = table.columns.find(({ name }) => name === 'fold');
  if (given?.type === 'number' && isFolds(given.values, folds))
    return { judges: Int32Array.from(given.values), foldCount: folds };
  return { judges: contentFolds(table, evaluate, seed), foldCount: folds };
}

/**
 * Folds by a hash of the rows' content, so that equal rows share one. A target of two values is dealt out evenly:
 * where folds differ in their share of positives, a model trained without a fold errs against it, and a model
 * that knows nothing scores far below 0.5 over all folds.
 */
export function contentFolds(
  table: Table,
  { folds = 1, target, 'row-id': rowId }: EvaluateSection,
  seed: number,
): Int32Array {
  const hashes = rowHashes(table, { purpose: 'fold', seed, without: rowIdOf(table, rowId) });
  const labels = column(table, target);
  const classOf = (row: number): string => cellText(labels, row) ?? '';
  const classes = new Set<string>();
  for (let row = 0; row < table.rows && classes.size < 4; row++) classes.add(classOf(row));
  classes.delete('');
  return classes.size === 2 ? dealtOut(hashes, classOf, folds) : foldsOf(hashes, folds);
}

/** One class after the other, each in the order of its hashes, round by round; equal rows have one hash. */
function dealtOut(hashes: Float64Array, classOf: (row: number) => string, folds: number): Int32Array {
  const order = Array.from(hashes.keys());
  const classes = order.map(classOf);
  order.sort((a, b) =>
    classes[a] === classes[b] ? hashes[a]! - hashes[b]! : classes[a]! < classes[b]! ? -1 : 1,
  );
  const judges = new Int32Array(hashes.length);
  let dealt = -1;
  order.forEach((row, place) => {
    if (place === 0 || hashes[row] !== hashes[order[place - 1]!]) dealt++;
    judges[row] = dealt % folds;
  });
  return judges;
}

const isFolds = (values: Float64Array, folds: number): boolean =>
  values.every((value) => Number.isInteger(value) && value >= 0 && value < folds);
