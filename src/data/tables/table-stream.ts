import { closeSync, openSync, readSync } from 'node:fs';
import { extname } from 'node:path';
import { LockstepError } from '../../workspace/index.ts';
import { isMissing } from './cell.ts';
import { delimiterOf, raggedRow } from './csv-header.ts';
import { type CsvRecord, recordAt } from './csv-records.ts';
import { checkKind, emptyTable, notText } from './csv-table.ts';
import type { Column } from './table.ts';
import { readTable } from './table-file.ts';

/** A cell as a table has it: missing is null (never NaN); texts of a CSV are not yet taken for numbers. */
export type Cell = string | number | null;

export interface TableBatch {
  /** Number of its first row, from 0. */
  readonly first: number;
  readonly rows: number;
  /** In the order of the names. */
  readonly columns: readonly ArrayLike<Cell>[];
}

/** What the text of a column holds that its reader drops, or should not be there. Counts of cells. */
export interface CellFaults {
  /** Blanks around the text. */
  padded: number;
  /** Carriage returns and other control characters inside it. */
  control: number;
  /** First rows of each, from 1. */
  readonly paddedRows: number[];
  readonly controlRows: number[];
}

/** A table that is read batch by batch, so that its size is bounded by the disk alone (Parquet: by memory). */
export interface TableStream {
  /** Unique: a blank name is `column_<position>`, a second one gets its position too. */
  readonly names: readonly string[];
  /** As the header has them, quotes removed; the names for Parquet. */
  readonly header: readonly string[];
  readonly format: 'csv' | 'parquet';
  /** A byte order mark stood first. */
  readonly mark: boolean;
  /** Complete once the batches were read. */
  readonly faults: readonly CellFaults[];
  readonly batches: Iterable<TableBatch>;
}

const batchRows = 8192;
const chunkBytes = 4 << 20;

/** Errors: those of `readTable`, some of them only while the batches are read. */
export async function streamTable(path: string, shownAs = path): Promise<TableStream> {
  const file = openFile(path, shownAs);
  const head = Buffer.alloc(chunkBytes);
  const count = readSync(file, head, 0, head.length, 0);
  closeSync(file);
  // An object in the store has no extension; its dataset's name has.
  const extension = extname(shownAs).toLowerCase();
  if (head.toString('latin1', 0, 4) === 'PAR1' || extension === '.parquet')
    return parquetStream(path, shownAs);
  const first = head.subarray(0, count);
  checkKind(first, shownAs);
  return csvStream(path, shownAs, extension, first);
}

function openFile(path: string, shownAs: string): number {
  try {
    return openSync(path, 'r');
  } catch (error) {
    throw new LockstepError('E_DATA_MISSING', {
      what: `cannot read ${shownAs} (${(error as NodeJS.ErrnoException).code ?? 'error'})`,
      allowed: 'a CSV, TSV or Parquet file',
      fix: 'correct the path',
      cause: error,
    });
  }
}

async function parquetStream(path: string, shownAs: string): Promise<TableStream> {
  const { rows, columns } = await readTable(path, shownAs);
  const names = columns.map(({ name }) => name);
  const faults = names.map(noFaults);
  return {
    names,
    header: names,
    format: 'parquet',
    mark: false,
    faults,
    batches: batchesOf(rows, columns, faults),
  };
}

function* batchesOf(rows: number, columns: readonly Column[], faults: CellFaults[]): Generator<TableBatch> {
  for (let first = 0; first < rows; first += batchRows) {
    const end = Math.min(rows, first + batchRows);
    const cells = columns.map(({ type, values }, index): Cell[] => {
      const part: Cell[] = Array.from(values.slice(first, end) as ArrayLike<Cell>);
      for (let row = 0; row < part.length; row++) {
        if (type === 'number') part[row] = Number.isNaN(part[row]) ? null : part[row]!;
        else if (part[row] !== null) look(part[row] as string, faults[index]!, first + row + 1);
      }
      return part;
    });
    yield { first, rows: end - first, columns: cells };
  }
}

function csvStream(path: string, file: string, extension: string, head: Buffer): TableStream {
  const mark = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf;
  const newline = !head.includes(10) && head.includes(13) ? '\r' : '\n';
  const text = new TextDecoder().decode(head);
  const start = text.search(/[^\u0000-\u0020]|\t/);
  if (start < 0) throw emptyTable('an empty file', file);
  const begin = Math.max(text.lastIndexOf('\n', start), text.lastIndexOf('\r', start)) + 1;
  const line = text.slice(begin, endOf(text, begin, newline));
  const delimiter = delimiterOf(line, extension);
  const skipped = text.slice(0, begin).split(newline).length - 1;
  const record = recordAt(text, begin, delimiter, newline, true, { file, line: skipped + 1 })!;
  const header = record.cells.map((cell) => cell.trim());
  const seen = new Set<string>();
  const names = header.map((cell, index) => {
    const name = cell === '' || seen.has(cell) ? `${cell || 'column'}_${index + 1}` : cell;
    seen.add(name);
    return name;
  });
  const faults = names.map(noFaults);
  const batches = {
    [Symbol.iterator]: () => csvBatches(path, file, { delimiter, newline, begin, skipped, faults }),
  };
  return { names, header, format: 'csv', mark, faults, batches };
}

interface CsvShape {
  readonly delimiter: string;
  readonly newline: string;
  /** Characters before the header, and the lines among them. */
  readonly begin: number;
  readonly skipped: number;
  readonly faults: CellFaults[];
}

function* csvBatches(path: string, file: string, shape: CsvShape): Generator<TableBatch> {
  const width = shape.faults.length;
  let columns: Cell[][] = Array.from({ length: width }, () => []);
  let row = -1;
  for (const { record, line } of records(path, file, shape)) {
    const { cells, quoted } = record;
    if (cells.length === 1 && !quoted && cells[0]!.trim() === '') continue;
    if (cells.length !== width) throw raggedRow(file, line, cells.length, width);
    if (row++ < 0) continue;
    for (let column = 0; column < width; column++) {
      const cell = cells[column]!;
      look(cell, shape.faults[column]!, row);
      const text = quoted?.[column] ? cell : trimmed(cell);
      columns[column]!.push(isMissing(text) ? null : text);
    }
    if (columns[0]!.length < batchRows) continue;
    yield { first: row - columns[0]!.length, rows: columns[0]!.length, columns };
    columns = columns.map(() => []);
  }
  if (row < 1) throw emptyTable('a header and no rows', file);
  const rest = columns[0]!.length;
  if (rest > 0) yield { first: row - rest, rows: rest, columns };
}

/** Memory holds a few chunks, however long the file; a record longer than that is read whole. */
function* records(
  path: string,
  file: string,
  shape: CsvShape,
): Generator<{ record: CsvRecord; line: number }> {
  const handle = openFile(path, file);
  try {
    const decoder = new TextDecoder('utf-8', { fatal: true });
    const chunk = Buffer.alloc(chunkBytes);
    let line = shape.skipped + 1;
    let text = '';
    let at = 0;
    let begun = false;
    for (let last = false; !last; ) {
      const count = readSync(handle, chunk, 0, chunk.length, null);
      last = count === 0;
      text = text.slice(at) + decode(decoder, chunk.subarray(0, count), last, file);
      at = begun ? 0 : shape.begin;
      begun = true;
      while (at < text.length) {
        const record = recordAt(text, at, shape.delimiter, shape.newline, last, { file, line });
        if (!record) break;
        yield { record, line };
        at = record.next;
        line += record.lines;
      }
    }
  } finally {
    closeSync(handle);
  }
}

function decode(decoder: TextDecoder, bytes: Buffer, last: boolean, file: string): string {
  if (bytes.includes(0)) throw notText('a NUL byte', file);
  try {
    return decoder.decode(bytes, { stream: !last });
  } catch (cause) {
    throw notText('bytes that are not UTF-8', file, undefined, cause);
  }
}

const noFaults = (): CellFaults => ({ padded: 0, control: 0, paddedRows: [], controlRows: [] });

const mostRows = 5;
const inside = /[\u0000-\u0008\u000a-\u001f\u007f]/;

/** Blanks at the ends are seen before the reader drops them; NBSP and the like it does not even drop. */
function look(cell: string, faults: CellFaults, row: number): void {
  const { length } = cell;
  if (length === 0) return;
  if (isEdge(cell.charCodeAt(0)) || isEdge(cell.charCodeAt(length - 1))) {
    faults.padded++;
    if (faults.paddedRows.length < mostRows) faults.paddedRows.push(row);
  }
  if (inside.test(cell)) {
    faults.control++;
    if (faults.controlRows.length < mostRows) faults.controlRows.push(row);
  }
}

const isEdge = (code: number): boolean => code <= 32 || code === 0xa0 || code === 0xfeff || code === 0x3000;

function trimmed(cell: string): string {
  let from = 0;
  let to = cell.length;
  while (from < to && cell.charCodeAt(from) <= 32) from++;
  while (to > from && cell.charCodeAt(to - 1) <= 32) to--;
  return from === 0 && to === cell.length ? cell : cell.slice(from, to);
}

const endOf = (text: string, from: number, newline: string): number => {
  const end = text.indexOf(newline, from);
  return end < 0 ? text.length : end;
};
