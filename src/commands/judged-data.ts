import { parseModelFile } from '../model/index.ts';
import type { DataInside } from '../report/index.ts';
import { isLockstepError, parseYaml, readAtCommit, readTree, type Workspace } from '../workspace/index.ts';
import { type DatasetDifference, dataDifference, lockAt } from './data-difference.ts';

/** What changed inside a dataset, for a comment that everybody may read. */
export interface JudgedData extends DataInside {
  readonly key: string;
}

/** A judge has other things to do: bytes of one table, and of all. */
const limits = { mostBytes: 64_000_000, mostTotal: 512_000_000 };
const mostDatasets = 200;
const mostNames = 20;
const mostName = 200;
const mostModels = 200;

/**
 * Looks into the datasets that differ between two commits, for counts and distances alone. A column is named only where
 * a model.yaml of either commit names it: in a table without a header line, the "names" are somebody's values. What
 * can't be read is told as that, and stops no judgement.
 */
export async function judgedData(
  workspace: Workspace,
  { base, head }: { readonly base: string; readonly head: string },
): Promise<JudgedData[]> {
  try {
    const sides = [await lockAt(workspace, base), await lockAt(workspace, head)] as const;
    const found = await dataDifference(workspace, ...sides, limits);
    const tables = found.some(({ table }) => table !== undefined);
    const known = tables ? await namedColumns(workspace, [base, head]) : new Set<string>();
    return found.slice(0, mostDatasets).flatMap((one) => {
      const inside = insideOf(one, known);
      return Object.keys(inside).length === 0 ? [] : [{ key: one.path, ...inside }];
    });
  } catch (error) {
    if (isLockstepError(error)) return [];
    throw error;
  }
}

function insideOf({ files, table, unread }: DatasetDifference, known: ReadonlySet<string>): DataInside {
  if (unread) return { unread: unread.code === undefined ? unread.why : `cannot be read (${unread.code})` };
  if (files) {
    const of = (kind: 'added' | 'removed' | 'changed') =>
      files.filter(
        ({ before, after }) => kind === (before && after ? 'changed' : after ? 'added' : 'removed'),
      ).length;
    return { files: { added: of('added'), removed: of('removed'), changed: of('changed') } };
  }
  if (!table) return {};
  const { rows, content, columns, distributions } = table;
  let unnamed = 0;
  const named = (names: readonly string[]): string[] => {
    const shown = names.filter((name) => known.has(name) && name.length <= mostName).slice(0, mostNames);
    unnamed += names.length - shown.length;
    return shown;
  };
  const changed = {
    added: named(columns.added),
    removed: named(columns.removed),
    retyped: named(columns.retyped.map(({ column }) => column)),
  };
  const moved = distributions.filter((one) => one.moved);
  return {
    rows: { ...rows, ...(content ?? {}) },
    columns: { ...changed, unnamed },
    moved: {
      compared: distributions.length,
      count: moved.length,
      columns: moved
        .filter(({ column }) => known.has(column) && column.length <= mostName)
        .slice(0, mostNames)
        .map(({ column, stabilityIndex }) => ({ column, stabilityIndex })),
    },
  };
}

async function namedColumns({ root }: Workspace, commits: readonly string[]): Promise<Set<string>> {
  const names = new Set<string>();
  for (const commit of commits) {
    const files = (await readTree(root, commit)).filter(({ path }) =>
      /^models\/[^/]+\/model\.yaml$/.test(path),
    );
    for (const { path } of files.slice(0, mostModels)) {
      const bytes = await readAtCommit(root, commit, path);
      if (bytes === null) continue;
      try {
        const { inputs, output } = parseModelFile(parseYaml(bytes, path));
        for (const name of [...inputs.map((input) => input.name), output.name]) names.add(name);
      } catch (error) {
        // Its own run tells what is wrong with it.
        if (!isLockstepError(error)) throw error;
      }
    }
  }
  return names;
}
