import { rmSync } from 'node:fs';
import { writeTagObject } from '../registry/index.ts';
import { git, scratchPath, type Workspace } from '../workspace/index.ts';
import { branchRef, type Tip } from './tip.ts';

/** What one commit changes on the branch. */
export interface BranchChange {
  /** New content by path: bytes, or an object that Git has already; null removes. */
  readonly files: ReadonlyMap<string, Buffer | { readonly oid: string } | null>;
  readonly message: string;
  /** Travels with the commit in one atomic push. */
  readonly tag?: { readonly name: string; readonly commit: string; readonly message: string };
}

export interface Refs {
  readonly commit: string;
  readonly refs: Readonly<Record<string, string>>;
}

/** Commit and tag as objects that nothing names yet: whoever dies here leaves no trace. */
export async function writeObjects(
  workspace: Workspace,
  tip: Tip,
  change: BranchChange,
  ident: string,
): Promise<Refs> {
  const { root } = workspace;
  const tree = await writeTree(workspace, tip, change);
  const parent = tip.commit === null ? [] : ['-p', tip.commit];
  const commit = await git(['commit-tree', tree, ...parent, '-F', '-'], {
    cwd: root,
    input: change.message,
    env: identity(ident),
  });
  const { tag } = change;
  if (!tag) return { commit, refs: { [branchRef(workspace)]: commit } };
  const object = await writeTagObject(root, {
    tag: tag.name,
    commit: tag.commit,
    ident,
    message: tag.message,
  });
  return { commit, refs: { [branchRef(workspace)]: commit, [`refs/tags/${tag.name}`]: object } };
}

/** The one identity that was asked for at the start, whatever else Git might find. */
function identity(ident: string): Record<string, string> {
  const [, name, email] = /^(.*) <(.*)> \d+ [+-]\d{4}$/.exec(ident)!;
  return {
    GIT_AUTHOR_NAME: name!,
    GIT_AUTHOR_EMAIL: email!,
    GIT_COMMITTER_NAME: name!,
    GIT_COMMITTER_EMAIL: email!,
  };
}

/** A tree without a work tree: an index file of our own, gone afterwards. */
async function writeTree(workspace: Workspace, tip: Tip, { files }: BranchChange): Promise<string> {
  const { root } = workspace;
  const index = scratchPath(workspace, 'index');
  const at = { cwd: root, env: { GIT_INDEX_FILE: index } };
  try {
    const lines = await Promise.all(
      [...files].map(async ([path, content]) => `${await indexEntry(root, content)}\t${path}\0`),
    );
    await git(['read-tree', tip.commit ?? '--empty'], at);
    await git(['update-index', '-z', '--add', '--index-info'], { ...at, input: lines.join('') });
    return await git(['write-tree'], at);
  } finally {
    rmSync(index, { force: true });
  }
}

async function indexEntry(root: string, content: Buffer | { readonly oid: string } | null): Promise<string> {
  if (content === null) return `0 ${'0'.repeat(40)}`;
  const oid = Buffer.isBuffer(content)
    ? await git(['hash-object', '-w', '--stdin'], { cwd: root, input: content })
    : content.oid;
  return `100644 ${oid}`;
}
