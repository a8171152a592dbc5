import { type ErrorCode, LockstepError, type Place } from '../../workspace/index.ts';

/** What is wrong with a dataset's path, or null. A folder's key ends in `/`. */
export interface PathFault {
  readonly code: ErrorCode;
  readonly what: string;
  readonly allowed: string;
}

const mostPath = 4096;
const mostComponent = 255;
const reserved: ReadonlySet<string> = new Set(['.git', '.github', '.lockstep', 'node_modules']);
/** C0, DEL, C1, line separators, bidirectional controls, byte order mark, lone surrogates, no-characters. */
const control =
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
/** Nothing in such a path can be wrong but its length, its components and reserved words. */
const harmless = /^[A-Za-z0-9_-][A-Za-z0-9_.-]*(?:\/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*\/?$/;

/** Looks at a key of data.lock, or at a path inside a folder's manifest: relative, forward slashes. */
export function faultOf(path: string): PathFault | null {
  if (path.length < 128 && harmless.test(path) && !/node_modules/i.test(path)) return null;
  if (control.test(path)) return fault('E_PATH_CONTROL', path, 'no control or invisible characters');
  if (path.startsWith('/') || /^[A-Za-z]:/.test(path))
    return fault('E_PATH_ABSOLUTE', path, 'a path relative to data/');
  const parts = (path.endsWith('/') ? path.slice(0, -1) : path).split('/');
  if (path.split(/[\\/]/).includes('..'))
    return fault('E_PATH_TRAVERSAL', path, 'a path that stays inside data/');
  if (path.includes('\\')) return fault('E_PATH_CONTROL', path, 'forward slashes, no backslash');
  if (Buffer.byteLength(path) > mostPath) {
    return fault('E_PATH_LENGTH', path, `at most ${mostPath} bytes`, `${Buffer.byteLength(path)} bytes`);
  }
  const long = parts.find((part) => Buffer.byteLength(part) > mostComponent);
  if (long !== undefined) {
    return fault(
      'E_PATH_LENGTH',
      path,
      `at most ${mostComponent} bytes between slashes`,
      `${Buffer.byteLength(long)} bytes between slashes`,
    );
  }
  if (parts.some((part) => part === '' || part === '.')) {
    return fault('E_LOCK_NONCANONICAL', path, 'a path without empty parts and without "."');
  }
  const taken = parts.find((part) => reserved.has(part.toLowerCase().replace(/[. ]+$/, '')));
  if (taken !== undefined)
    return fault('E_PATH_RESERVED', path, `no part called ${[...reserved].join(', ')}`);
  return null;
}

const fault = (code: ErrorCode, path: string, allowed: string, extra?: string): PathFault => ({
  code,
  what: `the path ${JSON.stringify(path.length > 80 ? `${path.slice(0, 80)}…` : path)}${extra ? ` (${extra})` : ''}`,
  allowed,
});

/** YAML takes an implicit key of at most 1,024 characters, and data.lock is to stay YAML. */
const mostWrittenKey = 1000;

/** What is wrong with a key of data.lock, or null. */
export function keyFaultOf(key: string): PathFault | null {
  const found = faultOf(key);
  if (found || key.length < mostWrittenKey / 6) return found;
  const length = JSON.stringify(key).length;
  if (length <= mostWrittenKey) return null;
  return fault(
    'E_PATH_LENGTH',
    key,
    `at most ${mostWrittenKey} characters for a key of data.lock`,
    `${length} characters`,
  );
}

/** Errors: E_PATH_*, E_LOCK_NONCANONICAL for `a//b` and `./a`. */
export function checkPath(path: string, where?: Place, find = faultOf): string {
  const found = find(path);
  if (!found) return path;
  const { code, what, allowed } = found;
  throw new LockstepError(code, { what, where, allowed, fix: 'rename the file or folder, and add it again' });
}

/** By the UTF-8 bytes, the order of entries and manifests (UTF-16 order differs beyond U+FFFF). */
export function comparePaths(a: string, b: string): number {
  if (a === b) return 0;
  const least = Math.min(a.length, b.length);
  for (let at = 0; at < least; at++) {
    const left = a.charCodeAt(at);
    const right = b.charCodeAt(at);
    if (left === right) continue;
    const astral = (unit: number) => unit >= 0xd800 && unit <= 0xdfff;
    if (astral(left) !== astral(right)) return astral(left) ? 1 : -1;
    return left < right ? -1 : 1;
  }
  return a.length < b.length ? -1 : 1;
}
