import { readFileSync } from 'node:fs';
import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  LineCounter,
  type Node,
  parseAllDocuments,
  visit,
  type YAMLParseError,
} from 'yaml';
import type { ErrorCode } from './error-codes.ts';
import { LockstepError, type Place } from './errors.ts';
import { readPlainYaml } from './plain-yaml.ts';

/** A parsed configuration file that still knows on which line each value stands. */
export interface ParsedFile {
  readonly file: string;
  readonly value: unknown;
  /** The place of the value at this path of keys and indexes, or of its nearest ancestor that exists. */
  locate(path: readonly (string | number)[]): Place;
}

const mostBytes = 256 * 1024;
const deepest = 64;

/**
 * Reads YAML as strictly as a reviewer would want: one document, no anchors, no tags, no duplicate keys, no
 * numbers that are not finite, no words that older YAML takes for booleans. Errors: E_CONFIG_*, E_YAML_*,
 * E_NUMBER_NOT_FINITE, each with line and column.
 */
export function parseYaml(content: Uint8Array | string, file: string, most = mostBytes): ParsedFile {
  const text = decodeText(content, file, most);
  const plain = readPlainYaml(text);
  if (plain?.length !== 1) return parseWhole(text, file);
  // Where a value stands is asked of the whole parser, and only for what is told to somebody.
  let whole: ParsedFile | undefined;
  const find = (path: readonly (string | number)[]) => {
    whole ??= parseWhole(text, file);
    return whole.locate(path);
  };
  const locate = (path: readonly (string | number)[]): Place => ({
    file,
    get line() {
      return find(path).line;
    },
    get column() {
      return find(path).column;
    },
  });
  return { file, value: plain[0]!.value, locate };
}

function parseWhole(text: string, file: string): ParsedFile {
  const lines = new LineCounter();
  const document = parseOne(text, file, lines);
  const place = (offset: number | undefined): Place => {
    if (offset === undefined) return { file };
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  };
  checkNodes(document, place);
  return {
    file,
    value: document.toJS({ maxAliasCount: 0 }) as unknown,
    locate: (path) => place(offsetAt(document, path)),
  };
}

export const readYaml = (path: string, shownAs = path): ParsedFile =>
  parseYaml(readConfiguration(path, shownAs), shownAs);

/** The bytes of a configuration file. Errors: E_CONFIG_MISSING. */
export function readConfiguration(path: string, shownAs = path): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new LockstepError('E_CONFIG_MISSING', {
      what: `cannot read ${shownAs} (${(error as NodeJS.ErrnoException).code ?? 'error'})`,
      fix: 'create the file, or correct its path',
      cause: error,
    });
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** UTF-8 without a byte order mark, within the size that a hand-written file can have. */
export function decodeText(content: Uint8Array | string, file: string, most = mostBytes): string {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  if (bytes.byteLength > most) {
    throw new LockstepError('E_CONFIG_TOO_LARGE', {
      what: `${bytes.byteLength} bytes`,
      where: { file },
      allowed: `at most ${most} bytes`,
    });
  }
  const refuse = (what: string) => {
    throw new LockstepError('E_CONFIG_ENCODING', {
      what,
      where: { file },
      allowed: 'UTF-8 without a byte order mark',
    });
  };
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) refuse('a byte order mark');
  try {
    return utf8.decode(bytes);
  } catch {
    return refuse('bytes that are not UTF-8') as never;
  }
}

function parseOne(text: string, file: string, lineCounter: LineCounter): Document.Parsed {
  try {
    const documents = parseAllDocuments(text, {
      lineCounter,
      version: '1.2',
      schema: 'core',
      uniqueKeys: true,
      strict: true,
      logLevel: 'silent',
    });
    if (!Array.isArray(documents) || documents.length === 0) {
      throw new LockstepError('E_YAML_SYNTAX', {
        what: 'an empty file',
        where: { file },
        allowed: 'one YAML document',
      });
    }
    const [document, second] = documents as Document.Parsed[];
    const problem = document!.errors[0] as YAMLParseError | undefined;
    if (problem?.message.includes('call stack')) throw tooDeep({ file });
    if (problem) {
      const [from] = problem.linePos ?? [];
      throw new LockstepError(syntaxCode(problem.code), {
        ...wordsFor(problem, text),
        where: { file, line: from?.line, column: from?.col },
        cause: problem,
      });
    }
    if (second) {
      const { line, col } = lineCounter.linePos(second.range[0]);
      throw new LockstepError('E_YAML_MULTIDOC', {
        what: 'a second document',
        where: { file, line, column: col },
        allowed: 'one YAML document',
      });
    }
    return document!;
  } catch (error) {
    if (error instanceof RangeError) throw tooDeep({ file });
    throw error;
  }
}

const syntaxCode = (code: string): ErrorCode =>
  code === 'DUPLICATE_KEY'
    ? 'E_YAML_DUPLICATE'
    : code === 'TAG_RESOLVE_FAILED'
      ? 'E_YAML_TAG'
      : 'E_YAML_SYNTAX';

/** What the parser found, in words for people who do not know parsers. */
function wordsFor({ code, message, pos }: YAMLParseError, text: string) {
  const conflict = /^(<<<<<<<|=======|>>>>>>>)/m.test(text);
  if (conflict) return { what: 'a conflict that Git left behind', fix: 'resolve the conflict' };
  if (code === 'DUPLICATE_KEY') {
    const [key] = /^[^:\n]*/.exec(text.slice(pos[0]))!;
    return {
      what: `the key ${key.trim()} a second time`,
      allowed: 'each key once',
      fix: 'remove one of them',
    };
  }
  if (code === 'TAB_AS_INDENT') {
    return { what: 'a tab as indentation', allowed: 'spaces', fix: 'replace tabs by two spaces each' };
  }
  return { what: message.split('\n')[0]!.replace(/ at line \d+, column \d+:?$/, '') };
}

const tooDeep = (where: Place) =>
  new LockstepError('E_YAML_DEPTH', {
    what: 'values nested too deeply',
    where,
    allowed: `at most ${deepest} levels`,
  });

function checkNodes(document: Document, place: (offset: number | undefined) => Place): void {
  visit(document, (_key, node, path) => {
    const where = place((node as Node | null)?.range?.[0]);
    if (path.filter((parent) => isCollection(parent)).length > deepest) throw tooDeep(where);
    if (isAlias(node) || ((isScalar(node) || isCollection(node)) && node.anchor)) {
      throw new LockstepError('E_YAML_ALIAS', {
        what: 'an anchor or alias',
        where,
        allowed: 'every value written out',
      });
    }
    if ((isScalar(node) || isCollection(node)) && node.tag !== undefined) {
      throw new LockstepError('E_YAML_TAG', {
        what: `the tag ${node.tag}`,
        where,
        allowed: 'plain values only',
      });
    }
    if (isScalar(node)) checkScalar(node.value, node.type === 'PLAIN', String(node.source ?? ''), where);
  });
}

function checkScalar(value: unknown, plain: boolean, source: string, where: Place): void {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new LockstepError('E_NUMBER_NOT_FINITE', {
      what: `the number ${source}`,
      where,
      allowed: 'a finite number',
    });
  }
  if (plain && /^(yes|no|on|off)$/i.test(source)) {
    throw new LockstepError('E_CONFIG_TYPE', {
      what: `the bare word ${source}, a boolean to some readers and a string to others`,
      where,
      allowed: `"${source}" in quotes, or true or false`,
      fix: `write "${source}" if you mean the text`,
    });
  }
}

function offsetAt(document: Document, path: readonly (string | number)[]): number | undefined {
  let offset = (document.contents as Node | null)?.range?.[0];
  let node: unknown = document.contents;
  for (const step of path) {
    if (!isCollection(node)) break;
    const pair = isMap(node)
      ? node.items.find((item) => isScalar(item.key) && item.key.value === step)
      : undefined;
    const child = node.get(step, true) as Node | undefined;
    const found = (pair?.key as Node | undefined)?.range?.[0] ?? child?.range?.[0];
    if (found === undefined) break;
    offset = found;
    node = child;
  }
  return offset;
}
