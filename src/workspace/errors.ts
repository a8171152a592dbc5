import type { ErrorCode } from './error-codes.ts';

/** Where in a file something was found; line and column count from 1. */
export interface Place {
  readonly file: string;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
}

export interface ErrorParts {
  /** What was found, as a sentence without its full stop. */
  readonly what: string;
  readonly where?: Place | undefined;
  /** What would have been accepted. */
  readonly allowed?: string | undefined;
  /** One action that mends it. */
  readonly fix?: string | undefined;
  readonly cause?: unknown;
}

/**
 * The one error class of the product: something a person can mend. The message has an anatomy,
 * `CODE: what in file:line:column — allowed. Fix: action.`, and never a stack trace.
 * Anything else that is thrown is a defect of ours.
 */
export class LockstepError extends Error {
  override readonly name = 'LockstepError';
  readonly code: ErrorCode;
  readonly what: string;
  readonly where: Place | undefined;
  readonly allowed: string | undefined;
  readonly fix: string | undefined;

  constructor(code: ErrorCode, parts: ErrorParts) {
    super(composeMessage(code, parts), { cause: parts.cause });
    this.code = code;
    this.what = parts.what;
    this.where = parts.where;
    this.allowed = parts.allowed;
    this.fix = parts.fix;
  }

  /** The shape that `--json` prints on failure. */
  toJSON(): { code: ErrorCode; message: string; file?: string; line?: number; fix?: string } {
    return {
      code: this.code,
      message: this.message,
      ...(this.where ? { file: this.where.file } : {}),
      ...(this.where?.line === undefined ? {} : { line: this.where.line }),
      ...(this.fix === undefined ? {} : { fix: this.fix }),
    };
  }
}

export const isLockstepError = (error: unknown, code?: ErrorCode): error is LockstepError =>
  error instanceof LockstepError && (code === undefined || error.code === code);

/** Control characters and bidirectional overrides in quoted input would let a message lie on a terminal. */
export const printable = (text: string, most = 200): string => {
  const shown = text.length > most ? `${text.slice(0, most)}…` : text;
  return shown.replace(
    /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
};

function composeMessage(code: ErrorCode, { what, where, allowed, fix }: ErrorParts): string {
  const place = where ? ` in ${printable(formatPlace(where))}` : '';
  const rule = allowed === undefined ? '' : ` — ${printable(allowed, 600)}`;
  const action = fix === undefined ? '' : `. Fix: ${printable(fix, 600)}`;
  const sentence = `${code}: ${printable(what, 600)}${place}${rule}${action}`;
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}

export const formatPlace = ({ file, line, column }: Place): string =>
  file + (line === undefined ? '' : `:${line}${column === undefined ? '' : `:${column}`}`);
