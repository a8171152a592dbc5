import { isUtf8 } from 'node:buffer';
import { LockstepError } from '../../workspace/index.ts';
import { readUnquoted } from './csv-bytes.ts';
import { delimiterOf, headerNames } from './csv-header.ts';
import { readQuoted } from './csv-quoted.ts';
import type { Table } from './table.ts';

/**
 * A delimited text (comma, semicolon, tab or bar) with one header line. Cells lose the blanks around them. A
 * column holds numbers when every cell that is not missing does, else text. Errors: E_TABLE_FORMAT, _EMPTY, _COLUMN.
 */
export async function parseCsv(content: Buffer, file: string, extension = ''): Promise<Table> {
  checkText(content, file);
  const bytes = withoutMark(content);
  const start = firstLineStart(bytes);
  if (start === bytes.length) throw emptyTable('an empty file', file);
  const end = bytes.indexOf(10, start);
  const firstLine = bytes.toString('utf8', start, end < 0 ? bytes.length : end);
  const delimiter = delimiterOf(firstLine, extension);
  // Quotes, and the line ends of old Macs, are for the library; what has neither can be read as it lies.
  const simple = !bytes.includes(34) && (end >= 0 || !bytes.includes(13));
  const columns =
    simple && end >= 0
      ? readUnquoted(bytes, end + 1, headerNames(firstLine.split(delimiter), file), delimiter, file)
      : await readQuoted(bytes, delimiter, file);
  const rows = columns[0]?.values.length ?? 0;
  if (rows === 0) throw emptyTable('a header and no rows', file);
  return { rows, columns };
}

function firstLineStart(bytes: Buffer): number {
  let at = 0;
  for (let seen = 0; seen < bytes.length; seen++) {
    if (bytes[seen] === 10 || bytes[seen] === 13) at = seen + 1;
    else if (bytes[seen]! > 32 || bytes[seen] === 9) return at;
  }
  return bytes.length;
}

const withoutMark = (bytes: Buffer): Buffer =>
  bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;

function checkText(bytes: Buffer, file: string): void {
  checkKind(bytes, file);
  const nul = bytes.indexOf(0);
  if (nul >= 0) throw notText('a NUL byte', file, lineAt(bytes, nul));
  if (!isUtf8(bytes)) throw notText('bytes that are not UTF-8', file, lineAt(bytes, firstInvalid(bytes)));
}

export const notText = (what: string, file: string, line?: number, cause?: unknown): LockstepError =>
  new LockstepError('E_TABLE_FORMAT', {
    what,
    where: { file, line },
    allowed: 'CSV or TSV in UTF-8, or Parquet',
    fix: 'export the table as CSV (UTF-8) or Parquet',
    cause,
  });

/** Looks at the first bytes: what people often take for a CSV. */
export function checkKind(bytes: Buffer, file: string): void {
  const refuse = (what: string) => {
    throw notText(what, file);
  };
  if (bytes.subarray(0, 2).toString('latin1') === 'PK') refuse('a ZIP archive, as spreadsheets are');
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) refuse('a gzip file');
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff))
    refuse('UTF-16 text');
}

const lineAt = (bytes: Buffer, offset: number): number => {
  let line = 1;
  for (let at = bytes.indexOf(10); at >= 0 && at < offset; at = bytes.indexOf(10, at + 1)) line++;
  return line;
};

/** The first line that is not UTF-8; lines are short enough to look at one by one. */
function firstInvalid(bytes: Buffer): number {
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(10, at);
    const stop = end < 0 ? bytes.length : end + 1;
    if (!isUtf8(bytes.subarray(at, stop))) return at;
    at = stop;
  }
  return 0;
}

export const emptyTable = (what: string, file: string): LockstepError =>
  new LockstepError('E_TABLE_EMPTY', {
    what,
    where: { file },
    allowed: 'a header line and at least one row',
    fix: 'check the export that made it',
  });
