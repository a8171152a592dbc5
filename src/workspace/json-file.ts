import { LockstepError, type Place } from './errors.ts';
import { readPrinted } from './printed-json.ts';
import { decodeText, type ParsedFile, readConfiguration } from './yaml-file.ts';

const deepest = 64;
const mostBytes = 16 * 1024 * 1024;

/**
 * JSON as RFC 8259 has it and not a character more: no duplicate names (two readers may disagree on which
 * counts), bounded size and depth. Errors: E_JSON_SYNTAX, E_JSON_DUPLICATE, E_JSON_DEPTH, E_CONFIG_TOO_LARGE.
 */
export function parseJson(content: Uint8Array | string, file: string, most = mostBytes): ParsedFile {
  const text = decodeText(content, file, most);
  const value = readPrinted(text, deepest) ?? parseChecked(text, file);
  return { file, value, locate: () => ({ file }) };
}

export const readJson = (path: string, shownAs = path, most = mostBytes): ParsedFile =>
  parseJson(readConfiguration(path, shownAs), shownAs, most);

function parseChecked(text: string, file: string): unknown {
  checkDepth(text, file);
  const value = parse(text, file);
  checkDuplicates(text, file);
  return value;
}

function parse(text: string, file: string): unknown {
  try {
    return JSON.parse(text, (_name, value: unknown) => {
      if (typeof value !== 'number' || Number.isFinite(value)) return value;
      throw new LockstepError('E_NUMBER_NOT_FINITE', {
        what: 'a number too large for JSON',
        where: { file },
        allowed: 'a finite number',
      });
    });
  } catch (error) {
    if (error instanceof LockstepError) throw error;
    const message = (error as Error).message;
    const offset = Number(
      /position (\d+)/.exec(message)?.[1] ?? (message.includes('end of JSON') ? text.length : 0),
    );
    throw new LockstepError('E_JSON_SYNTAX', {
      what: message
        .replace(/,? ?(\.\.\.)?".*" is not valid JSON$/s, '')
        .replace(/ in JSON at position.*$/s, ''),
      where: placeOf(text, offset, file),
      allowed: 'JSON without comments or trailing commas',
      cause: error,
    });
  }
}

const token = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]:,]/gs;

function checkDepth(text: string, file: string): void {
  let depth = 0;
  for (const match of text.matchAll(token)) {
    if (match[0] === '{' || match[0] === '[') depth++;
    if (match[0] === '}' || match[0] === ']') depth--;
    if (depth > deepest) {
      throw new LockstepError('E_JSON_DEPTH', {
        what: 'values nested too deeply',
        where: placeOf(text, match.index, file),
        allowed: `at most ${deepest} levels`,
      });
    }
  }
}

/** Runs over text that is known to be JSON, so a string followed by a colon is a name. */
function checkDuplicates(text: string, file: string): void {
  const open: Set<string>[] = [];
  let last: { text: string; index: number } | undefined;
  for (const match of text.matchAll(token)) {
    const [found] = match;
    if (found === '{' || found === '[') open.push(new Set());
    else if (found === '}' || found === ']') open.pop();
    else if (found === ':') {
      const name = JSON.parse(last!.text) as string;
      const names = open.at(-1)!;
      if (names.has(name)) {
        throw new LockstepError('E_JSON_DUPLICATE', {
          what: `the name "${name}" twice in one object`,
          where: placeOf(text, last!.index, file),
          allowed: 'each name once',
        });
      }
      names.add(name);
    } else if (found !== ',') last = { text: found, index: match.index };
  }
}

function placeOf(text: string, offset: number, file: string): Place {
  const before = text.slice(0, offset);
  return { file, line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}
