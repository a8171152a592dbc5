import { numberOf } from './cell.ts';
import { raggedRow } from './csv-header.ts';
import type { Column } from './table.ts';

/** Called for each cell with its column and the byte range [from, to) without surrounding blanks. */
type OnCell = (row: number, column: number, from: number, to: number) => void;

const newline = 10;

/**
 * The columns of a CSV that holds no quote, straight from its bytes: one pass reads numbers, and only the columns
 * that turn out to hold text are decoded in a second one. Five to ten times as fast as going through strings.
 * `start` is the byte after the header. Errors: E_TABLE_FORMAT for a row of another length.
 */
export function readUnquoted(
  bytes: Buffer,
  start: number,
  names: readonly string[],
  delimiter: string,
  file: string,
): Column[] {
  const width = names.length;
  const scan = (onCell: OnCell) => scanCells(bytes, start, width, delimiter.charCodeAt(0), file, onCell);
  const capacity = countLines(bytes, start);
  const numbers = names.map((): Float64Array | null => new Float64Array(capacity));
  const rows = scan((row, column, from, to) => {
    const values = numbers[column];
    if (!values) return;
    const value = numberAt(bytes, from, to);
    if (value === undefined) numbers[column] = null;
    else values[row] = value;
  });
  const texts = numbers.map((values) => (values ? null : new Array<string | null>(rows)));
  const interned = texts.map((values) => (values ? new Map<string, string | null>() : null));
  if (texts.some(Boolean)) {
    scan((row, column, from, to) => {
      const values = texts[column];
      if (values) values[row] = intern(interned[column]!, bytes.toString('utf8', from, to));
    });
  }
  return names.map((name, index) => {
    const values = texts[index];
    return values
      ? { name, type: 'text', values }
      : { name, type: 'number', values: numbers[index]!.subarray(0, rows) };
  });
}

/** One string for equal cells: categories would otherwise cost a string a row. */
function intern(known: Map<string, string | null>, text: string): string | null {
  const found = known.get(text);
  if (found !== undefined) return found;
  const value = Number.isNaN(numberOf(text)) ? null : text;
  if (known.size < 100_000) known.set(text, value);
  return value;
}

function scanCells(
  bytes: Buffer,
  start: number,
  width: number,
  delimiter: number,
  file: string,
  onCell: OnCell,
): number {
  let row = 0;
  for (let at = start, line = 2; at < bytes.length; line++) {
    const newlineAt = bytes.indexOf(newline, at);
    const end = newlineAt < 0 ? bytes.length : newlineAt;
    if (!isBlank(bytes, at, end, delimiter)) {
      let column = 0;
      for (let from = at, to = at; to <= end; to++) {
        if (to < end && bytes[to] !== delimiter) continue;
        if (column < width) trimmed(bytes, from, to, row, column, onCell);
        column++;
        from = to + 1;
      }
      if (column !== width) throw raggedRow(file, line, column, width);
      row++;
    }
    at = end + 1;
  }
  return row;
}

/** Blank lines are no rows: a text file often ends with some. */
function isBlank(bytes: Buffer, from: number, to: number, delimiter: number): boolean {
  for (let at = from; at < to; at++) if (bytes[at]! > 32 || bytes[at] === delimiter) return false;
  return true;
}

function trimmed(bytes: Buffer, from: number, to: number, row: number, column: number, onCell: OnCell): void {
  let first = from;
  let last = to;
  while (first < last && bytes[first]! <= 32) first++;
  while (last > first && bytes[last - 1]! <= 32) last--;
  onCell(row, column, first, last);
}

function countLines(bytes: Buffer, start: number): number {
  let lines = 1;
  for (let at = bytes.indexOf(newline, start); at >= 0; at = bytes.indexOf(newline, at + 1)) lines++;
  return lines;
}

const powers = Array.from({ length: 23 }, (_, exponent) => 10 ** exponent);

/**
 * A plain decimal of at most 15 digits is mantissa ÷ power of ten, both exact in a double, so one division
 * rounds correctly (Clinger 1990, "How to read floating point numbers accurately"); the rest goes by `numberOf`.
 */
function numberAt(bytes: Buffer, from: number, to: number): number | undefined {
  if (from === to) return Number.NaN;
  const negative = bytes[from] === 45;
  let at = negative ? from + 1 : from;
  if (to - at > 16 || at === to) return numberOf(bytes.toString('latin1', from, to));
  let mantissa = 0;
  let digits = 0;
  let point = -1;
  for (; at < to; at++) {
    const byte = bytes[at]!;
    if (byte >= 48 && byte <= 57) {
      mantissa = mantissa * 10 + byte - 48;
      digits++;
    } else if (byte === 46 && point < 0) point = at;
    else return numberOf(bytes.toString('latin1', from, to));
  }
  if (digits === 0 || digits > 15) return numberOf(bytes.toString('latin1', from, to));
  const value = point < 0 ? mantissa : mantissa / powers[to - point - 1]!;
  return negative ? -value : value;
}
