import { writeAtomic } from '../../workspace/index.ts';
import type { Column, Table } from './table.ts';

/**
 * Writes a table as Parquet: numbers as DOUBLE, texts as UTF-8 strings, missing cells as nulls. Equal tables give
 * equal bytes on every machine (own compression in JavaScript, fixed row groups and writer's name, no time).
 */
export async function writeParquet(path: string, table: Table): Promise<void> {
  const { parquetWriteBuffer } = await import('hyparquet-writer');
  const buffer = parquetWriteBuffer({
    columnData: table.columns.map((column) => ({
      name: column.name,
      type: column.type === 'number' ? 'DOUBLE' : 'STRING',
      nullable: true,
      data: cells(column),
    })),
    rowGroupSize: 100_000,
    createdBy: 'lockstep',
    statistics: true,
  });
  writeAtomic(path, new Uint8Array(buffer));
}

/** NaN has many bit patterns; null has one. */
function cells(column: Column): Float64Array | (number | string | null)[] {
  if (column.type === 'text') return column.values as (string | null)[];
  return column.values.some(Number.isNaN)
    ? Array.from(column.values, (value) => (Number.isNaN(value) ? null : value))
    : column.values;
}
