import { LockstepError } from '../../workspace/index.ts';

/** A record of a delimited text: its raw cells, which of them stood in quotes, and where the next one begins. */
export interface CsvRecord {
  readonly cells: string[];
  /** Null where no cell was quoted, which is the fast and usual case. */
  readonly quoted: readonly boolean[] | null;
  readonly next: number;
  /** Line breaks it spans. */
  readonly lines: number;
}

/**
 * The record that begins at `at`, or null where the text ends inside it (`last` says that nothing follows).
 * Quotes as RFC 4180 has them, blanks around them allowed. Errors: E_TABLE_FORMAT with the line.
 */
export function recordAt(
  text: string,
  at: number,
  delimiter: string,
  newline: string,
  last: boolean,
  where: { readonly file: string; readonly line: number },
): CsvRecord | null {
  const end = text.indexOf(newline, at);
  if (end < 0 && !last) return null;
  const line = text.slice(at, end < 0 ? text.length : end);
  if (line.includes('"')) return quotedRecord(text, at, delimiter, newline, last, where);
  const bare = line.endsWith('\r') ? line.slice(0, -1) : line;
  return { cells: bare.split(delimiter), quoted: null, next: end < 0 ? text.length : end + 1, lines: 1 };
}

function quotedRecord(
  text: string,
  start: number,
  delimiter: string,
  newline: string,
  last: boolean,
  where: { readonly file: string; readonly line: number },
): CsvRecord | null {
  const cells: string[] = [];
  const quoted: boolean[] = [];
  let lines = 1;
  let at = start;
  for (;;) {
    let open = at;
    while (isBlank(text, open) && text[open] !== delimiter && text[open] !== newline) open++;
    const isQuoted = text[open] === '"';
    let cell = '';
    if (isQuoted) {
      let from = open + 1;
      for (;;) {
        const close = text.indexOf('"', from);
        if (close < 0) {
          if (last) throw badQuotes('a quote that is never closed', where);
          return null;
        }
        if (close + 1 >= text.length && !last) return null;
        cell += text.slice(from, close);
        from = close + 1;
        if (text[from] !== '"') break;
        cell += '"';
        from++;
      }
      for (let break_ = cell.indexOf(newline); break_ >= 0; break_ = cell.indexOf(newline, break_ + 1))
        lines++;
      at = from;
      while (at < text.length && isBlank(text, at) && text[at] !== delimiter && text[at] !== newline) at++;
      if (at < text.length && text[at] !== delimiter && text[at] !== newline)
        throw badQuotes('text after a closing quote', where);
    } else {
      const from = at;
      while (at < text.length && text[at] !== delimiter && text[at] !== newline) at++;
      cell = text.slice(from, at);
      if (cell.includes('"')) throw badQuotes('a quote inside a cell that does not begin with one', where);
      if ((text[at] === newline || at === text.length) && cell.endsWith('\r')) cell = cell.slice(0, -1);
    }
    cells.push(cell);
    quoted.push(isQuoted);
    if (at >= text.length) return last ? { cells, quoted, next: at, lines } : null;
    if (text[at++] === newline) return { cells, quoted, next: at, lines };
  }
}

const isBlank = (text: string, at: number): boolean => text.charCodeAt(at) <= 32;

const badQuotes = (what: string, where: { readonly file: string; readonly line: number }): LockstepError =>
  new LockstepError('E_TABLE_FORMAT', {
    what,
    where,
    allowed: 'CSV as RFC 4180 has it',
    fix: 'mend the quotes on this line',
  });
