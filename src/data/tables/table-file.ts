import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { LockstepError } from '../../workspace/index.ts';
import { parseCsv } from './csv-table.ts';
import type { Table } from './table.ts';

/**
 * Reads a table. Parquet is known by its first bytes (objects in the store have no extension); anything else is
 * read as delimited text. Errors: E_DATA_MISSING, E_TABLE_FORMAT, E_TABLE_EMPTY, E_TABLE_COLUMN, E_TABLE_VALUE.
 */
export async function readTable(path: string, shownAs = path): Promise<Table> {
  const bytes = await bytesOf(path, shownAs);
  const extension = extname(path).toLowerCase();
  if (bytes.subarray(0, 4).toString('latin1') === 'PAR1') {
    const { parseParquet } = await import('./parquet-reading.ts');
    return parseParquet(bytes, shownAs);
  }
  if (extension === '.parquet') {
    throw new LockstepError('E_TABLE_FORMAT', {
      what: 'a file that is not Parquet',
      where: { file: shownAs },
      allowed: 'Parquet, which begins with PAR1',
      fix: 'give the file its true extension, or write it again',
    });
  }
  return parseCsv(bytes, shownAs, extension);
}

async function bytesOf(path: string, file: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new LockstepError('E_DATA_MISSING', {
      what: `cannot read ${file} (${code ?? 'error'})`,
      allowed: 'a CSV, TSV or Parquet file',
      fix: 'correct the path',
      cause: error,
    });
  }
}
