import type { ErrorCode } from '../../workspace/index.ts';

export interface Collision {
  readonly code: ErrorCode;
  readonly what: string;
  readonly allowed: string;
}

const ascii = /^[\u0000-\u007f]*$/;

/** Finds paths that one file system would keep apart and another would not; feed it path after path. */
export class PathCollisions {
  /** Folded path → path as it was written. */
  private readonly files = new Map<string, string>();
  /** Folded folder that some path lies in → that path. */
  private readonly folders = new Map<string, string>();

  /** What this path and an earlier one can't both be, or null. */
  add(path: string): Collision | null {
    const bare = path.endsWith('/') ? path.slice(0, -1) : path;
    const folded = foldPath(bare);
    const twin = this.files.get(folded);
    if (twin !== undefined) return twinOf(path, twin);
    const inside = this.folders.get(folded);
    if (inside !== undefined) return nested(inside, path);
    const owner = this.ownerOf(folded);
    if (owner !== undefined) return nested(path, owner);
    for (let slash = folded.lastIndexOf('/'); slash > 0; slash = folded.lastIndexOf('/', slash - 1)) {
      const folder = folded.slice(0, slash);
      if (this.folders.has(folder)) break;
      this.folders.set(folder, path);
    }
    this.files.set(folded, path);
    return null;
  }

  /** The earlier path that a folder above this one is. */
  private ownerOf(folded: string): string | undefined {
    for (let slash = folded.lastIndexOf('/'); slash > 0; slash = folded.lastIndexOf('/', slash - 1)) {
      const folder = folded.slice(0, slash);
      // A folder that some path lies in was looked at with it, and no path can have become it since.
      if (this.folders.has(folder)) return undefined;
      const owner = this.files.get(folder);
      if (owner !== undefined) return owner;
    }
    return undefined;
  }
}

/** One form for all spellings of a path that some file system takes for one. */
export const foldPath = (path: string): string =>
  ascii.test(path) ? path.toLowerCase() : path.normalize('NFC').toLowerCase().normalize('NFC');

function twinOf(path: string, twin: string): Collision {
  if (path === twin) {
    return { code: 'E_LOCK_DUPLICATE', what: `the path "${path}" a second time`, allowed: 'each path once' };
  }
  const bare = (text: string) => text.replace(/\/$/, '');
  if (bare(path) === bare(twin)) {
    return {
      code: 'E_LOCK_DUPLICATE',
      what: `"${twin}" and "${path}"`,
      allowed: 'a file or a folder of one name',
    };
  }
  return bare(path).normalize('NFC') === bare(twin).normalize('NFC')
    ? {
        code: 'E_LOCK_UNICODE_COLLISION',
        what: `"${twin}" (${codePoints(twin)}) and "${path}" (${codePoints(path)}), which look alike`,
        allowed: 'paths that differ after Unicode normalisation (NFC)',
      }
    : {
        code: 'E_LOCK_CASE_COLLISION',
        what: `"${twin}" and "${path}", one file where case is ignored`,
        allowed: 'paths that differ in more than case',
      };
}

const nested = (inner: string, outer: string): Collision => ({
  code: 'E_LOCK_DUPLICATE',
  what: `"${inner}" lies inside "${outer}"`,
  allowed: 'datasets that do not contain each other',
});

/** The characters beyond ASCII, so that a reader can tell twins apart. */
const codePoints = (path: string): string =>
  [...path]
    .filter((character) => character > '\u007f')
    .map((character) => `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`)
    .join(' ');
