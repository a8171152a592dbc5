import { type Column, cellText, column, type Table } from '../data/index.ts';
import type { InputColumn, RawRow, RawValue } from '../model/index.ts';
import { LockstepError } from '../workspace/index.ts';
import { errorOf, openHttpClient } from './http-client.ts';

/** What a server says it serves. */
export interface ServedBy {
  readonly model: string;
  readonly version: string;
  readonly inputs: readonly InputColumn[];
}

/** `GET /metadata`. Errors: E_PREDICT when nothing of ours answers there. */
export async function readServedBy(url: string): Promise<ServedBy> {
  const refuse = (what: string, cause?: unknown) =>
    new LockstepError('E_PREDICT', {
      what: `${url} ${what}`,
      allowed: 'the address of a model server, such as http://127.0.0.1:8080',
      fix: '`lockstep status` lists the addresses of the environments',
      cause,
    });
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) throw refuse('is no http address');
  const client = openHttpClient(url);
  try {
    const answer = await client.get('/metadata').catch((error: NodeJS.ErrnoException) => {
      throw refuse(`does not answer (${error.code ?? error.message})`, error);
    });
    const served = answer.body as ServedBy | null;
    if (answer.status !== 200) throw refuse(`answers ${answer.status}: ${errorOf(answer)}`);
    if (!Array.isArray(served?.inputs)) throw refuse('is no model server of Lockstep');
    return served;
  } finally {
    client.close();
  }
}

/** A table's rows as requests of the columns a model takes. Errors: E_TABLE_COLUMN. */
export function requestRows(table: Table, inputs: readonly InputColumn[]): RawRow[] {
  const columns = inputs.map((input) => ({ input, source: column(table, input.name) }));
  return Array.from({ length: table.rows }, (_, row) =>
    Object.fromEntries(columns.map(({ input, source }) => [input.name, requestValue(input, source, row)])),
  );
}

/** A cell as JSON: what the table has, which the server holds against model.yaml. */
function requestValue({ type }: InputColumn, source: Column, row: number): RawValue {
  if (type === 'category' || type === 'date') return cellText(source, row);
  const value = source.values[row] ?? null;
  if (value === null || Number.isNaN(value)) return null;
  return type === 'boolean' && typeof value === 'number' ? value !== 0 : value;
}
