import { git, gitRecords, type Workspace } from '../../workspace/index.ts';

/** The trees that these names stand for (`<commit>:<folder>`); null for what is not here. */
export async function readTrees({ root }: Workspace, names: readonly string[]): Promise<(string | null)[]> {
  const text = await git(['cat-file', '--buffer', '--batch-check=%(objectname) %(objecttype)'], {
    cwd: root,
    input: `${names.join('\n')}\n`,
  });
  return text.split('\n').map((line) => /^([0-9a-f]{40}) tree$/.exec(line)?.[1] ?? null);
}

/** A file before and after, by object id; a missing one has the id of zeros. */
export interface Change {
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

/** By the pair of trees, as `git diff-tree --stdin` was given it. */
export async function diffTrees(
  { root }: Workspace,
  pairs: readonly string[],
): Promise<Map<string, Change[]>> {
  if (pairs.length === 0) return new Map();
  const text = await git(['diff-tree', '-r', '-z', '--raw', '--no-renames', '--stdin'], {
    cwd: root,
    input: `${[...new Set(pairs)].join('\n')}\n`,
  });
  const diffs = new Map<string, Change[]>();
  let changes: Change[] = [];
  const parts = text.split('\0');
  for (let at = 0; at < parts.length; at++) {
    // The pair is a line of its own, before the first of its changes.
    const [pair, first] = parts[at]!.includes('\n') ? parts[at]!.split('\n') : [null, parts[at]];
    if (pair) {
      changes = [];
      diffs.set(pair, changes);
    }
    if (first?.startsWith(':')) changes.push(changeOf(first, parts[++at]!));
  }
  return diffs;
}

/** `:<mode> <mode> <id> <id> <letter>` and the path after it. */
function changeOf(raw: string, path: string): Change {
  const [, , before, after] = raw.split(' ');
  return { path, before: before!, after: after! };
}

/**
 * What each commit of the main branch changed in `deploy/`, by model, newest first. No path is named to git: it would
 * compare every two trees twice, once to see whether the commit is one to show.
 */
export async function* deployChanges(
  { root }: Workspace,
  main: string,
): AsyncGenerator<Map<string, Change[]>> {
  const format = ['--format=%x01', '--raw', '-z', '--no-renames', '--no-abbrev'];
  for await (const commit of gitRecords(
    ['log', '--first-parent', '-m', ...format, main],
    { cwd: root },
    '\x01',
  )) {
    const parts = commit.split('\0');
    const byModel = new Map<string, Change[]>();
    for (let at = 0; at < parts.length; at++) {
      const raw = parts[at]!.trimStart();
      if (!raw.startsWith(':')) continue;
      const [, model, path] = /^models\/([^/]+)\/deploy\/(.+)$/s.exec(parts[++at]!) ?? [];
      if (model !== undefined) byModel.set(model, [...(byModel.get(model) ?? []), changeOf(raw, path!)]);
    }
    if (byModel.size > 0) yield byModel;
  }
}
