import { LockstepError } from '../../workspace/index.ts';
import { parquetCompressors } from './parquet-compressors.ts';
import type { Column, Table } from './table.ts';

type Cells = ArrayLike<unknown>;

/**
 * A flat Parquet file. Timestamps and dates become ISO 8601 text, booleans 1 and 0, integers beyond 2^53 text.
 * Errors: E_TABLE_FORMAT (damaged, or a nested column), E_TABLE_EMPTY, E_TABLE_VALUE (an infinite number).
 */
export async function parseParquet(bytes: Buffer, file: string): Promise<Table> {
  const { parquetMetadata, parquetRead, parquetSchema } = await import('hyparquet');
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  const chunks = new Map<string, { rowStart: number; cells: Cells }[]>();
  let rows = 0;
  let names: string[] = [];
  try {
    const metadata = parquetMetadata(buffer);
    rows = Number(metadata.num_rows);
    const children = parquetSchema(metadata).children;
    const nested = children.find((child) => child.children.length > 0);
    if (nested) throw nestedColumn(nested.element.name, file);
    names = children.map((child) => child.element.name);
    await parquetRead({
      file: buffer,
      metadata,
      compressors: parquetCompressors,
      parsers,
      onChunk: ({ columnName, columnData, rowStart }) => {
        const list = chunks.get(columnName) ?? [];
        chunks.set(columnName, list);
        list.push({ rowStart, cells: columnData as Cells });
      },
    });
  } catch (error) {
    if (error instanceof LockstepError) throw error;
    throw new LockstepError('E_TABLE_FORMAT', {
      what: `a Parquet file that cannot be read (${(error as Error).message})`,
      where: { file },
      allowed: 'a whole Parquet file',
      fix: 'write or fetch the file again',
      cause: error,
    });
  }
  if (rows === 0) {
    throw new LockstepError('E_TABLE_EMPTY', {
      what: 'a Parquet file without rows',
      where: { file },
      allowed: 'at least one row',
      fix: 'check the export that made it',
    });
  }
  return { rows, columns: names.map((name) => columnOf(name, chunks.get(name) ?? [], rows, file)) };
}

const parsers = {
  timestampFromMilliseconds: (millis: bigint) => isoTime(BigInt(millis) * 1_000_000n),
  timestampFromMicroseconds: (micros: bigint) => isoTime(BigInt(micros) * 1000n),
  timestampFromNanoseconds: (nanos: bigint) => isoTime(BigInt(nanos)),
  dateFromDays: (days: number) => new Date(days * 86_400_000).toISOString().slice(0, 10),
  jsonFromBytes: (bytes: Uint8Array | undefined) => bytes && new TextDecoder().decode(bytes),
};

/** `2001-01-31T06:30:00Z`, with as many decimals of a second as the value has. */
function isoTime(nanos: bigint): string {
  const part = ((nanos % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  const seconds = new Date(Number((nanos - part) / 1_000_000n)).toISOString().slice(0, -5);
  const decimals = part === 0n ? '' : `.${part.toString().padStart(9, '0').replace(/0+$/, '')}`;
  return `${seconds}${decimals}Z`;
}

function columnOf(
  name: string,
  chunks: readonly { rowStart: number; cells: Cells }[],
  rows: number,
  file: string,
): Column {
  const numbers = new Float64Array(rows).fill(Number.NaN);
  if (chunks.every(({ rowStart, cells }) => fillNumbers(numbers, cells, rowStart))) {
    const infinite = numbers.findIndex((value) => value === Infinity || value === -Infinity);
    if (infinite < 0) return { name, type: 'number', values: numbers };
    throw new LockstepError('E_TABLE_VALUE', {
      what: `an infinite number in column "${name}", row ${infinite + 1}`,
      where: { file },
      allowed: 'finite numbers, or missing',
      fix: 'write it as missing, or as a number',
    });
  }
  const texts = new Array<string | null>(rows).fill(null);
  for (const { rowStart, cells } of chunks) {
    for (let index = 0; index < cells.length; index++) texts[rowStart + index] = textOf(cells[index]);
  }
  return { name, type: 'text', values: texts };
}

/** False at the first value that is no number that a double holds. */
function fillNumbers(numbers: Float64Array, cells: Cells, rowStart: number): boolean {
  for (let index = 0; index < cells.length; index++) {
    const cell = cells[index];
    if (typeof cell === 'number') numbers[rowStart + index] = cell;
    else if (typeof cell === 'boolean') numbers[rowStart + index] = cell ? 1 : 0;
    else if (typeof cell === 'bigint') {
      const value = Number(cell);
      if (!Number.isSafeInteger(value)) return false;
      numbers[rowStart + index] = value;
    } else if (cell !== null && cell !== undefined) return false;
  }
  return true;
}

function textOf(cell: unknown): string | null {
  if (cell === null || cell === undefined) return null;
  if (typeof cell === 'string') return cell;
  if (cell instanceof Uint8Array) return Buffer.from(cell).toString('hex');
  return typeof cell === 'object' ? JSON.stringify(cell) : String(cell);
}

const nestedColumn = (name: string, file: string): LockstepError =>
  new LockstepError('E_TABLE_FORMAT', {
    what: `column "${name}" holds lists or records`,
    where: { file },
    allowed: 'columns of numbers, texts, dates or booleans',
    fix: 'flatten the column, or leave it out',
  });
