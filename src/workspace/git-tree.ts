import { git, gitBytes } from './git.ts';

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
  const wanted = [...new Set(oids)];
  const blobs = new Map<string, Buffer>();
  if (wanted.length === 0) return blobs;
  const output = await gitBytes(['cat-file', '--batch'], { cwd: root, input: `${wanted.join('\n')}\n` });
  for (let at = 0; at < output.length; ) {
    const end = output.indexOf(10, at);
    const [oid, type, size] = output.subarray(at, end).toString().split(' ');
    at = end + 1;
    if (type === 'missing') continue;
    blobs.set(oid!, output.subarray(at, at + Number(size)));
    at += Number(size) + 1;
  }
  return blobs;
}
