import { openObjects, type Workspace } from '../../workspace/index.ts';
import { objectsFolder, writeObject } from './object-writing.ts';
import { branchRef, type Tip, tagStandsAlone } from './tip.ts';
import { type Content, rewriteTree } from './tree-rewrite.ts';

/** What one commit changes on the branch. */
export interface BranchChange {
  readonly files: ReadonlyMap<string, Content>;
  readonly message: string;
  /** Travels with the commit in one atomic push, unless tags stand alone. */
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
  parents: readonly string[] = tip.commit === null ? [] : [tip.commit],
): Promise<Refs> {
  await using reader = openObjects(workspace.root);
  const folder = await objectsFolder(workspace.root);
  const before = tip.commit === null ? null : `${tip.commit}^{tree}`;
  const tree =
    (await rewriteTree({ reader, folder }, before, change.files)) ?? writeObject(folder, 'tree', '');
  const parent = parents.map((id) => `parent ${id}`);
  const commit = writeObject(
    folder,
    'commit',
    [`tree ${tree}`, ...parent, `author ${ident}`, `committer ${ident}`, '', tidy(change.message)].join('\n'),
  );
  const { tag } = change;
  if (!tag || tagStandsAlone(workspace)) return { commit, refs: { [branchRef(workspace)]: commit } };
  const head = [`object ${tag.commit}`, 'type commit', `tag ${tag.name}`, `tagger ${ident}`];
  const object = writeObject(folder, 'tag', [...head, '', `${tag.message}\n`].join('\n'));
  return { commit, refs: { [branchRef(workspace)]: commit, [`refs/tags/${tag.name}`]: object } };
}

/** As `git commit` leaves it: no blank lines around it, one line end after it. */
const tidy = (message: string): string => `${message.replaceAll('\r', '').replace(/^\n+|\n+$/g, '')}\n`;
