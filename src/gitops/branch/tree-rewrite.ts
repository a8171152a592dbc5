import { LockstepError, type ObjectReader } from '../../workspace/index.ts';
import { writeObject } from './object-writing.ts';

/** New content of a file: bytes, or an object that Git has already; null removes it. */
export type Content = Buffer | { readonly oid: string } | null;

/** A repository's objects, reached without a git process for each. */
export interface Objects {
  readonly reader: ObjectReader;
  /** Where new ones are written. */
  readonly folder: string;
}

/** By name. Names are bytes to Git, here as latin1, so that every one stays what it is. */
type Tree = Map<string, { readonly mode: string; readonly oid: string }>;

const treeMode = '40000';
const fileMode = '100644';

/**
 * Writes the tree that `treeish` (null: the empty one) becomes when some files change, by their paths from its root.
 * Only the trees on the way to a change are read and written. Null when nothing is left.
 */
export async function rewriteTree(
  objects: Objects,
  treeish: string | null,
  changes: ReadonlyMap<string, Content>,
): Promise<string | null> {
  const entries: Tree =
    treeish === null ? new Map() : parseTree(await objects.reader.read(treeish, 'tree'), treeish);
  for (const [step, { own, below }] of byFirstStep(changes)) {
    const name = Buffer.from(step).toString('latin1');
    const before = entries.get(name);
    const folder = before?.mode === treeMode ? before.oid : null;
    const isTree = below.size > 0;
    const oid = isTree ? await rewriteTree(objects, folder, below) : blobOf(objects, own);
    if (oid === null) entries.delete(name);
    else entries.set(name, { mode: isTree ? treeMode : fileMode, oid });
  }
  return entries.size === 0 ? null : writeObject(objects.folder, 'tree', printTree(entries));
}

function blobOf({ folder }: Objects, content: Content): string | null {
  return Buffer.isBuffer(content) ? writeObject(folder, 'blob', content) : (content?.oid ?? null);
}

/** Entry after entry: mode, blank, name, NUL, the 20 bytes of the id. */
function parseTree(bytes: Buffer, treeish: string): Tree {
  const entries: Tree = new Map();
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(' ', at);
    const end = bytes.indexOf(0, at);
    if (space < 0 || end < space) throw new LockstepError('E_GIT', { what: `${treeish} is a damaged tree` });
    const oid = bytes.toString('hex', end + 1, end + 21);
    entries.set(bytes.toString('latin1', space + 1, end), { mode: bytes.toString('latin1', at, space), oid });
    at = end + 21;
  }
  return entries;
}

/** Sorted as Git wants them: byte by byte, folders as if their names ended in a slash. */
function printTree(entries: Tree): Buffer {
  const sorted = [...entries].map(([name, entry]) => ({
    ...entry,
    name,
    key: entry.mode === treeMode ? `${name}/` : name,
  }));
  sorted.sort((a, b) => (a.key < b.key ? -1 : 1));
  return Buffer.concat(
    sorted.flatMap(({ mode, name, oid }) => [
      Buffer.from(`${mode} ${name}\0`, 'latin1'),
      Buffer.from(oid, 'hex'),
    ]),
  );
}

interface Step {
  own: Content;
  readonly below: Map<string, Content>;
}

function byFirstStep(changes: ReadonlyMap<string, Content>): Map<string, Step> {
  const steps = new Map<string, Step>();
  for (const [path, content] of changes) {
    const slash = path.indexOf('/');
    const name = slash === -1 ? path : path.slice(0, slash);
    const step = steps.get(name) ?? { own: null, below: new Map() };
    if (slash === -1) step.own = content;
    else step.below.set(path.slice(slash + 1), content);
    steps.set(name, step);
  }
  return steps;
}
