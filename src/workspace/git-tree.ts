import { git } from './git.ts';
import { gitOutput } from './git-output.ts';

/** One file of a Git tree, by its whole path. */
export interface TreeEntry {
  /** `100644`, `100755`, `120000` (link) or `160000` (another repository). */
  readonly mode: string;
  readonly oid: string;
  readonly path: string;
}

/** Every file of a commit or tree, below a folder or all of them, by one git process. */
export async function readTree(root: string, treeish: string, folder = ''): Promise<TreeEntry[]> {
  const within = folder === '' ? [] : ['--', `${folder}/`];
  const text = await git(['ls-tree', '-r', '-z', '--full-tree', treeish, ...within], { cwd: root });
  return text
    .split('\0')
    .filter(Boolean)
    .map((line) => {
      const [mode, , oid] = line.slice(0, line.indexOf('\t')).split(' ');
      return { mode: mode!, oid: oid!, path: line.slice(line.indexOf('\t') + 1) };
    });
}

/** The bytes of many objects in one git process; other repositories' commits (submodules) have none. */
export async function readBlobs(root: string, oids: readonly string[]): Promise<Map<string, Buffer>> {
  const blobs = new Map<string, Buffer>();
  for await (const [oid, bytes] of eachBlob(root, oids)) blobs.set(oid, bytes);
  return blobs;
}

/** The same one by one, each once and in this order, while git still reads the next. Errors: E_GIT. */
export async function* eachBlob(root: string, oids: readonly string[]): AsyncGenerator<[string, Buffer]> {
  if (oids.length === 0) return;
  await using output = gitOutput(['cat-file', '--batch', '--buffer'], {
    cwd: root,
    input: oneALine(new Set(oids)),
  });
  // A line `<id> <type> <size>`, the bytes, a line end; or `<id> missing`.
  let waiting: Buffer[] = [];
  let held = 0;
  let needed = 0;
  for await (const chunk of output.chunks) {
    waiting.push(chunk);
    held += chunk.length;
    if (held < needed) continue; // A large object is put together once, when all of it is there.
    const bytes = waiting.length === 1 ? chunk : Buffer.concat(waiting);
    let at = 0;
    needed = 0;
    for (let end = bytes.indexOf(10, at); end >= 0; end = bytes.indexOf(10, at)) {
      const [oid, type, length] = bytes.toString('latin1', at, end).split(' ');
      const size = type === 'missing' ? -1 : Number(length);
      const next = end + size + 2;
      if (next > bytes.length) {
        needed = next - at;
        break;
      }
      if (size >= 0) yield [oid!, bytes.subarray(end + 1, next - 1)];
      at = next;
    }
    waiting = [bytes.subarray(at)];
    held = bytes.length - at;
  }
  await output.ended();
}

const oneALine = (lines: Iterable<string>): string => `${[...lines].join('\n')}\n`;
