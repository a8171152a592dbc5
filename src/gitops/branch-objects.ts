import type { Workspace } from '../workspace/index.ts';
import { branchRef, type Tip } from './tip.ts';
import { type Content, type Objects, openObjects, rewriteTree } from './tree-rewrite.ts';

/** What one commit changes on the branch. */
export interface BranchChange {
  readonly files: ReadonlyMap<string, Content>;
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
  const { writeCommit, writeTag } = await import('isomorphic-git');
  const objects = await openObjects(workspace.root);
  const tree = await treeOf(objects, tip, change);
  const person = personAt(ident);
  const commit = await writeCommit({
    ...objects,
    commit: {
      tree,
      parent: tip.commit === null ? [] : [tip.commit],
      author: person,
      committer: person,
      message: change.message,
    },
  });
  const { tag } = change;
  if (!tag) return { commit, refs: { [branchRef(workspace)]: commit } };
  const object = await writeTag({
    ...objects,
    tag: { object: tag.commit, type: 'commit', tag: tag.name, tagger: person, message: tag.message },
  });
  return { commit, refs: { [branchRef(workspace)]: commit, [`refs/tags/${tag.name}`]: object } };
}

async function treeOf(objects: Objects, tip: Tip, { files }: BranchChange): Promise<string> {
  const { readCommit, writeTree } = await import('isomorphic-git');
  const before = tip.commit === null ? null : (await readCommit({ ...objects, oid: tip.commit })).commit.tree;
  return (await rewriteTree(objects, before, files)) ?? writeTree({ ...objects, tree: [] });
}

/** The one identity and time that git gave at the start, in isomorphic-git's parts: minutes are counted westwards. */
function personAt(ident: string) {
  const [, name, email, seconds, sign, hours, minutes] = /^(.*) <(.*)> (\d+) ([+-])(\d\d)(\d\d)$/.exec(
    ident,
  )!;
  const offset = Number(hours) * 60 + Number(minutes);
  return {
    name: name!,
    email: email!,
    timestamp: Number(seconds),
    timezoneOffset: sign === '-' ? offset : -offset,
  };
}
