import { cellText, column, type Table } from '../data/index.ts';
import type { RawRow } from '../model/index.ts';
import { LockstepError } from '../workspace/index.ts';
import { predictRows, type RowError } from './predict-rows.ts';
import type { Prediction } from './prediction.ts';
import { readServedBy, requestRows, type ServedBy } from './table-requests.ts';

export interface NamedTable {
  /** As the user named it. */
  readonly name: string;
  readonly table: Table;
}

export interface PredictTablesOptions {
  /** The model that must be served there: rows sent to another one look answered. */
  readonly model?: string;
  /** At most this many rows of all, the first ones or the last. */
  readonly take?: { readonly from: 'first' | 'last'; readonly rows: number };
  /** Column that names rows; without it `<table>:<row from 0>` does. */
  readonly idColumn?: string;
  readonly onProgress?: (done: number, of: number) => void;
}

export interface PredictTablesResult {
  readonly server: Pick<ServedBy, 'model' | 'version'>;
  readonly rows: number;
  readonly answered: number;
  readonly errors: readonly RowError[];
  /** Over the answered rows; null when there is none. */
  readonly meanScore: number | null;
  readonly seconds: number;
  readonly ids: readonly string[];
  /** By row; null where there was an error. */
  readonly predictions: readonly (Prediction | null)[];
}

/**
 * Sends tables' rows to a server, one table after the other. Errors: E_PREDICT when no server answers,
 * E_TABLE_COLUMN when a table lacks a column that the model takes; what single rows meet is in the result.
 */
export async function predictTables(
  url: string,
  tables: readonly NamedTable[],
  options: PredictTablesOptions = {},
): Promise<PredictTablesResult> {
  const { model, version, inputs } = await readServedBy(url);
  if (options.model !== undefined && options.model !== model) {
    throw new LockstepError('E_PREDICT', {
      what: `${url} serves ${model}, not ${options.model}`,
      fix: '`lockstep status` lists the addresses of the environments',
    });
  }
  const asked = tables.flatMap(({ name, table }) =>
    named(requestRows(table, inputs), idsOf(name, table, options.idColumn)),
  );
  const { from = 'first', rows: most = asked.length } = options.take ?? {};
  const taken = from === 'first' ? asked.slice(0, most) : asked.slice(Math.max(0, asked.length - most));
  const ids = taken.map(({ id }) => id);
  const started = performance.now();
  const { predictions, errors } = await predictRows(
    url,
    taken.map(({ row }) => row),
    { ids, ...(options.onProgress ? { onProgress: options.onProgress } : {}) },
  );
  const scores = predictions.flatMap((prediction) => (prediction ? [prediction.score] : []));
  return {
    server: { model, version },
    rows: taken.length,
    answered: scores.length,
    errors,
    meanScore: scores.length === 0 ? null : scores.reduce((sum, score) => sum + score, 0) / scores.length,
    seconds: (performance.now() - started) / 1000,
    ids,
    predictions,
  };
}

const named = (rows: readonly RawRow[], ids: readonly string[]) =>
  rows.map((row, index) => ({ row, id: ids[index]! }));

function idsOf(name: string, table: Table, idColumn: string | undefined): string[] {
  const source = idColumn === undefined ? undefined : column(table, idColumn);
  const numbered = (row: number) => `${name}:${row}`;
  return Array.from({ length: table.rows }, (_, row) =>
    source ? (cellText(source, row) ?? numbered(row)) : numbered(row),
  );
}
