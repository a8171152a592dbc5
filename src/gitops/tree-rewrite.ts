import fs from 'node:fs';
import { resolve } from 'node:path';
import { LockstepError, git as runGit } from '../workspace/index.ts';

/** New content of a file: bytes, or an object that Git has already; null removes it. */
export type Content = Buffer | { readonly oid: string } | null;

/** A repository's objects, reached without a git process for each. */
export interface Objects {
  readonly fs: typeof fs;
  readonly gitdir: string;
  /** isomorphic-git keeps parsed pack indexes here. */
  readonly cache: object;
}

/** Errors: E_GIT outside a repository, and for one whose ids are not SHA-1, as GitHub's are. */
export async function openObjects(root: string): Promise<Objects> {
  const [folder, format] = (
    await runGit(['rev-parse', '--git-common-dir', '--show-object-format'], { cwd: root })
  ).split('\n');
  if (format !== 'sha1') {
    throw new LockstepError('E_GIT', {
      what: `this repository names objects by ${format}`,
      allowed: 'sha1, as GitHub does',
      fix: 'git init without --object-format',
    });
  }
  return { fs, gitdir: resolve(root, folder!), cache: {} };
}

/**
 * Writes the tree that `oid` (null: the empty one) becomes when some files change, by their paths from its root. Only
 * the trees on the way to a change are read and written. Null when nothing is left.
 */
export async function rewriteTree(
  objects: Objects,
  oid: string | null,
  changes: ReadonlyMap<string, Content>,
): Promise<string | null> {
  const { readTree, writeTree } = await import('isomorphic-git');
  const entries = new Map(
    (oid === null ? [] : (await readTree({ ...objects, oid })).tree).map((entry) => [entry.path, entry]),
  );
  for (const [name, { own, below }] of byFirstStep(changes)) {
    const before = entries.get(name);
    const folder = before?.type === 'tree' ? before.oid : null;
    const next = below.size > 0 ? await rewriteTree(objects, folder, below) : await blobOf(objects, own);
    entries.delete(name);
    if (next === null) continue;
    const kind =
      below.size > 0
        ? ({ mode: '040000', type: 'tree' } as const)
        : ({ mode: '100644', type: 'blob' } as const);
    entries.set(name, { ...kind, path: name, oid: next });
  }
  return entries.size === 0 ? null : writeTree({ ...objects, tree: [...entries.values()] });
}

async function blobOf(objects: Objects, content: Content): Promise<string | null> {
  if (content === null) return null;
  if (!Buffer.isBuffer(content)) return content.oid;
  const { writeBlob } = await import('isomorphic-git');
  return writeBlob({ ...objects, blob: content });
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
