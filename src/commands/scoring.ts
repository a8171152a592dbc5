import { rmSync } from 'node:fs';
import {
  cellText,
  column,
  type ObjectRef as FileRef,
  openStore,
  readTable,
  type Store,
  type Table,
  writeParquet,
} from '../data/index.ts';
import { labelsOf, simplestPredictions, type Task } from '../evaluation/index.ts';
import { type ModelFile, scoreTable } from '../model/index.ts';
import type { EvaluateSection } from '../pipeline/index.ts';
import { LockstepError, scratchPath, type Workspace } from '../workspace/index.ts';

/** A table with the object it was read from. */
export interface StoredTable {
  readonly table: Table;
  readonly ref: FileRef;
}

export async function readStored(store: Store, ref: FileRef, name: string): Promise<StoredTable> {
  return { ref, table: await readTable(store.pathOf(ref.digest), name) };
}

/** Writes a table made here as Parquet into the store, so that a digest names its bytes. */
export async function storeTable(workspace: Workspace, table: Table): Promise<StoredTable> {
  const path = scratchPath(workspace, 'table', '.parquet');
  try {
    await writeParquet(path, table);
    return { table, ref: await openStore(workspace).putFile(path) };
  } finally {
    rmSync(path, { force: true });
  }
}

export interface Scores {
  readonly predictions: StoredTable;
  readonly measured: Readonly<Record<string, number>>;
}

/** Scores the judged rows with a model in a child process, and keeps the predictions in the store. */
export async function scoreModel(
  workspace: Workspace,
  {
    model,
    rows,
    names,
    rowId,
    measure,
  }: {
    model: FileRef;
    rows: FileRef;
    /** What messages call the two. */
    names: { model: string; data: string };
    rowId: string | undefined;
    measure: boolean;
  },
): Promise<Scores> {
  const store = openStore(workspace);
  const out = scratchPath(workspace, 'scores', '.parquet');
  try {
    const result = await scoreTable(workspace, {
      model: store.pathOf(model.digest),
      data: store.pathOf(rows.digest),
      out,
      names,
      measure,
      ...(rowId === undefined ? {} : { rowId }),
    });
    const ref = await store.putFile(out);
    const latency = result.latency
      ? { latency_p50_ms: result.latency.p50Ms, latency_p99_ms: result.latency.p99Ms }
      : {};
    return {
      predictions: await readStored(store, ref, 'predictions'),
      measured: { ...latency, size_mb: result.sizeBytes / 1e6 },
    };
  } finally {
    rmSync(out, { force: true });
  }
}

/**
 * The predictions of the simplest model: the share of positives, or the mean, of the training rows; out of fold
 * where training rows judge themselves. Errors: E_BASELINE_DATA when there are no training rows to fit it on.
 */
export function simplestScores({
  task,
  modelFile,
  evaluate,
  rows,
  train,
  folds,
}: {
  task: Task;
  modelFile: ModelFile;
  evaluate: EvaluateSection;
  rows: Table;
  train: Table | null;
  folds: Table | null;
}): Table {
  const positive = evaluate.positive ?? modelFile.output.positive;
  const rowIds = rowIdsOf(rows, evaluate['row-id']);
  if (folds !== null) {
    const numbered = numbersOf(folds, 'fold');
    const foldOf = new Map(rowIdsOf(folds, 'row_id').map((id, row) => [id, numbered[row] ?? 0]));
    const labels = labelsOf(column(rows, evaluate.target), task, positive);
    return simplestPredictions({
      task,
      train: labels,
      rowIds,
      folds: rowIds.map((id) => foldOf.get(id) ?? 0),
    });
  }
  if (train === null) {
    throw new LockstepError('E_BASELINE_DATA', {
      what: 'no training rows to fit the simplest model on',
      allowed: `a table with the column "${evaluate.target}" among the inputs of the stage that makes the model`,
      fix: 'name the training table as an input of that stage',
    });
  }
  return simplestPredictions({
    task,
    train: labelsOf(column(train, evaluate.target), task, positive),
    rowIds,
  });
}

/** Row ids as the predictions have them: the named column, else the row's number from 0. */
export function rowIdsOf(table: Table, rowId: string | undefined): string[] {
  const source = rowId === undefined ? undefined : column(table, rowId);
  return Array.from({ length: table.rows }, (_, row) =>
    source ? (cellText(source, row) ?? '') : String(row),
  );
}

/** A number column of a table that we wrote or checked. Errors: E_TABLE_COLUMN, E_TABLE_VALUE for text. */
export function numbersOf(table: Table, name: string): Float64Array {
  const found = column(table, name);
  if (found.type === 'number') return found.values;
  throw new LockstepError('E_TABLE_VALUE', {
    what: `the column "${name}" is text`,
    allowed: 'a number for each row',
  });
}
