import { git, openObjects, type Workspace } from '../../workspace/index.ts';
import { objectsFolder, writeObject } from './object-writing.ts';
import { rewriteTree } from './tree-rewrite.ts';

/**
 * A commit that changes some files of another (paths from the workspace's root), and names it as its parent: whoever
 * writes it, and whenever, it is the same one, since people and times are its parent's. Nothing refers to it yet.
 * Errors: E_GIT.
 */
export async function commitUpon(
  { root }: Workspace,
  parent: string,
  files: ReadonlyMap<string, Buffer>,
  message: string,
): Promise<string> {
  await using reader = openObjects(root);
  const folder = await objectsFolder(root);
  const prefix = (await git(['rev-parse', '--show-prefix'], { cwd: root })).trim();
  const changes = new Map([...files].map(([path, bytes]) => [`${prefix}${path}`, bytes]));
  const tree = await rewriteTree({ reader, folder }, `${parent}^{tree}`, changes);
  const head = (await reader.read(parent, 'commit')).toString().split('\n\n')[0]!.split('\n');
  const people = head.filter((line) => /^(author|committer) /.test(line));
  return writeObject(
    folder,
    'commit',
    [`tree ${tree}`, `parent ${parent}`, ...people, '', `${message}\n`].join('\n'),
  );
}
