import { createHash } from 'node:crypto';
import { lstatSync, readdirSync } from 'node:fs';
import type { FileStat } from './digest-memo.ts';
import { kindOf } from './folder-listing.ts';

/** The files below a folder as the file system lists them, each looked at, none read. */
export interface FolderStats {
  /** Relative to the folder, forward slashes. */
  readonly paths: readonly string[];
  /** What was found at a path's index. */
  at(index: number): FileStat;
  /** The first thing below that is neither file nor folder, or whose name is not UTF-8. */
  readonly odd: string | null;
  /** The same as long as no file comes, goes or is written to. */
  fingerprint(): string;
}

const fields = 4;

/** Errors: those of the file system. */
export function statFolder(folder: string): FolderStats {
  const paths: string[] = [];
  let stats = new Float64Array(fields * 1024);
  let odd: string | null = null;
  const walk = (below: string) => {
    for (const name of readdirSync(folder + below)) {
      const path = below + name;
      const found = lstatSync(folder + path, { throwIfNoEntry: false });
      if (found === undefined) continue;
      if (found.isDirectory()) walk(`${path}/`);
      else if (!found.isFile() || name.includes('\ufffd')) odd ??= `${path} is ${kindOf(found)}`;
      else {
        const place = paths.push(path) * fields;
        if (place > stats.length) stats = grown(stats);
        stats[place - 4] = found.size;
        stats[place - 3] = found.mtimeMs;
        stats[place - 2] = found.ctimeMs;
        stats[place - 1] = found.ino;
      }
    }
  };
  walk('');
  return {
    paths,
    odd,
    at(index) {
      const [size, mtimeMs, ctimeMs, ino] = stats.subarray(index * fields, index * fields + fields);
      return { size: size!, mtimeMs: mtimeMs!, ctimeMs: ctimeMs!, ino: ino! };
    },
    fingerprint: () =>
      createHash('sha256')
        .update(paths.join('\0'))
        .update(stats.subarray(0, paths.length * fields))
        .digest('hex'),
  };
}

function grown(stats: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(stats.length * 2);
  larger.set(stats);
  return larger;
}
