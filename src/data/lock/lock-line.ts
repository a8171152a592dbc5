import type { ErrorCode } from '../../workspace/index.ts';

export interface LineFault {
  readonly code: ErrorCode;
  /** From 1. */
  readonly column: number;
  readonly what: string;
  readonly allowed: string;
}

/** The parts of an entry in their order, with the rule that stands in the message when a part is not there. */
const parts: readonly { readonly pattern: RegExp; readonly allowed: string }[] = [
  { pattern: / {2}(?! )/y, allowed: 'two spaces, then a path' },
  { pattern: /"(?:[^"\\]|\\.)*"|[^\s":][^\s":]*/y, allowed: 'a path, bare or as a JSON string' },
  { pattern: /: \{digest: /y, allowed: '": {digest: " after the path' },
  { pattern: /"sha256:[0-9a-f]{64}"/y, allowed: 'sha256: and 64 lower-case hex digits, in quotes' },
  { pattern: /, size: /y, allowed: '", size: " after the digest' },
  { pattern: /(?:0|[1-9]\d{0,15})(?!\d)/y, allowed: 'the size in bytes as a whole number' },
  { pattern: /(?:, files: [1-9]\d{0,15})?\}/y, allowed: '"}", or for a folder ", files: <number>}"' },
  { pattern: /$/y, allowed: 'nothing after the brace' },
];

/** Why a line is no entry: walks the grammar as far as it goes. Call it for lines that are known to be wrong. */
export function lineFault(line: string): LineFault {
  let at = 0;
  for (const { pattern, allowed } of parts) {
    pattern.lastIndex = at;
    const match = pattern.exec(line);
    if (match) {
      at += match[0].length;
      continue;
    }
    const found = line.slice(at);
    if (isDigestPart(allowed) && found.startsWith('"')) {
      const digest = /^"[^"]*"?/.exec(found)?.[0] ?? found;
      return { code: 'E_DIGEST_FORMAT', column: at + 1, what: `the digest ${digest}`, allowed };
    }
    return { code: 'E_LOCK_NONCANONICAL', column: at + 1, what: describe(line, found), allowed };
  }
  return {
    code: 'E_LOCK_NONCANONICAL',
    column: 1,
    what: describe(line, line),
    allowed: 'one canonical entry',
  };
}

const isDigestPart = (allowed: string): boolean => allowed.startsWith('sha256:');

function describe(line: string, found: string): string {
  if (/^(?:<<<<<<<|=======|>>>>>>>|\|\|\|\|\|\|\|)/.test(line)) return 'a conflict that Git left behind';
  if (/^\s*#/.test(found)) return 'a comment';
  if (found.endsWith('\r') && found.length === 1) return 'a carriage return';
  if (line === '') return 'an empty line';
  if (found === '') return 'the end of the line';
  return JSON.stringify(found.length > 80 ? `${found.slice(0, 80)}…` : found);
}
