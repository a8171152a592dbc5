import type { Column, Table } from '../data/index.ts';
import { prepareReference } from './column-drift.ts';
import type { ColumnDrift } from './monitor-report.ts';
import { type RowDifference, rowDifference } from './row-difference.ts';

/** What changed from one table to another: counts and distances, no value of any cell. */
export interface TableDifference {
  readonly rows: { readonly before: number; readonly after: number };
  /** Rows that only one side has, by the columns that both have; null beyond `mostRows`, or without such a column. */
  readonly content: RowDifference | null;
  readonly columns: {
    readonly added: readonly string[];
    readonly removed: readonly string[];
    readonly retyped: readonly { readonly column: string; readonly before: string; readonly after: string }[];
  };
  /** Columns of one type on both sides, those that moved most first. */
  readonly distributions: readonly DistributionChange[];
  /** Columns whose texts are no categories: nearly each row has its own. */
  readonly unmeasured: readonly string[];
}

export interface DistributionChange extends ColumnDrift {
  /**
   * By custom a shift is a stability index above 0.1. Of few rows, where that is easily so by chance, the column's test
   * has to say so too; of many, its distance may say so alone.
   */
  readonly moved: boolean;
  /** Texts that the table before doesn't have. */
  readonly newCategories: number;
}

export const mostRows = 5_000_000;
const stable = 0.1;
const mostLevels = 1000;

export function tableDifference(before: Table, after: Table): TableDifference {
  const [old, now] = [before, after].map((table) => new Map(table.columns.map((one) => [one.name, one]))) as [
    Map<string, Column>,
    Map<string, Column>,
  ];
  const shared = [...old.keys()].filter((name) => now.has(name));
  const same = shared.filter((name) => old.get(name)!.type === now.get(name)!.type);
  const unmeasured = same.filter((name) => isFree(old.get(name)!));
  const counted = shared.length > 0 && Math.max(before.rows, after.rows) <= mostRows;
  return {
    rows: { before: before.rows, after: after.rows },
    content: counted ? rowDifference(before, after, shared) : null,
    columns: {
      added: [...now.keys()].filter((name) => !old.has(name)),
      removed: [...old.keys()].filter((name) => !now.has(name)),
      retyped: shared
        .filter((name) => !same.includes(name))
        .map((column) => ({ column, before: old.get(column)!.type, after: now.get(column)!.type })),
    },
    distributions: same
      .filter((name) => !unmeasured.includes(name))
      .map((name) => distributionChange(old.get(name)!, now.get(name)!))
      .sort((a, b) => b.stabilityIndex - a.stabilityIndex),
    unmeasured,
  };
}

function distributionChange(before: Column, after: Column): DistributionChange {
  const reference = prepareReference(before);
  const drift = reference.compare(after);
  const much = drift.stabilityIndex > stable;
  const distance = drift.method === 'wasserstein' || drift.method === 'jensen-shannon';
  return {
    ...drift,
    moved: distance ? much || drift.drifted : much && drift.drifted,
    newCategories: reference.newCategories(after, false)?.levels ?? 0,
  };
}

/** Row ids, names, free text: levels say nothing where each row has its own. */
function isFree(column: Column): boolean {
  if (column.type === 'number') return false;
  const levels = new Set<string | null>();
  const most = Math.min(mostLevels, Math.max(20, column.values.length / 2));
  for (const value of column.values) {
    levels.add(value);
    if (levels.size > most) return true;
  }
  return false;
}
