import type { RawRow } from '../model/index.ts';
import { errorOf, type HttpAnswer, type HttpClient, openHttpClient } from './http-client.ts';
import type { PredictAnswer } from './predict-endpoint.ts';
import type { Prediction } from './prediction.ts';

export interface PredictRowsOptions {
  /** Names of the rows, in their order; without them the server names them. */
  readonly ids?: readonly string[];
  /** Requests under way at once; 4 unless stated. */
  readonly concurrency?: number;
  /** Rows in one request; 64 unless stated. */
  readonly batch?: number;
  /** False keeps the rows out of the server's prediction log. */
  readonly log?: boolean;
  readonly onProgress?: (done: number, of: number) => void;
}

export interface RowError {
  /** Index into the rows. */
  readonly row: number;
  readonly id: string | undefined;
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  readonly message: string;
}

export interface PredictRowsResult {
  /** By row; null where there was an error. */
  readonly predictions: readonly (Prediction | null)[];
  /** In the order of the rows. */
  readonly errors: readonly RowError[];
}

/**
 * Sends every row to `POST /predict`. A request that is refused is sent again row by row, so that one bad row
 * costs itself only. Never throws for what the server answers: the errors are in the result.
 */
export async function predictRows(
  url: string,
  rows: readonly RawRow[],
  options: PredictRowsOptions = {},
): Promise<PredictRowsResult> {
  const { ids, concurrency = 4, batch = 64, log = true, onProgress } = options;
  const client = openHttpClient(url, {
    connections: concurrency,
    headers: log ? {} : { 'x-lockstep-log': 'off' },
  });
  const predictions = new Array<Prediction | null>(rows.length).fill(null);
  const errors: RowError[] = [];
  let next = 0;
  let done = 0;

  const ask = async (from: number, to: number): Promise<void> => {
    const answer = await askRows(client, rows.slice(from, to), ids?.slice(from, to));
    if (answer.status === 200) {
      (answer.body as PredictAnswer).predictions.forEach((prediction, index) => {
        predictions[from + index] = prediction;
      });
    } else if (to - from > 1 && answer.status >= 400 && answer.status < 500) {
      for (let row = from; row < to; row++) await ask(row, row + 1);
    } else {
      const message = errorOf(answer);
      for (let row = from; row < to; row++)
        errors.push({ row, id: ids?.[row], status: answer.status, message });
    }
  };
  const work = async () => {
    while (next < rows.length) {
      const from = next;
      next = Math.min(rows.length, from + batch);
      const to = next;
      await ask(from, to);
      done += to - from;
      onProgress?.(done, rows.length);
    }
  };

  try {
    await Promise.all(Array.from({ length: concurrency }, work));
  } finally {
    client.close();
  }
  return { predictions, errors: errors.sort((a, b) => a.row - b.row) };
}

async function askRows(
  client: HttpClient,
  rows: readonly RawRow[],
  ids: readonly string[] | undefined,
): Promise<HttpAnswer> {
  try {
    return await client.post('/predict', ids ? { rows, ids } : { rows });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return { status: 0, body: { error: code ? `no answer (${code})` : message } };
  }
}
