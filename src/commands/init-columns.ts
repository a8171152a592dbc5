import { type Column, cellText, column, selectRows, type Table } from '../data/index.ts';
import { labelsOf } from '../evaluation/index.ts';
import type { Task } from '../model/index.ts';
import { LockstepError } from '../workspace/index.ts';

/** The columns that `split` adds to a table. */
const ownNames = ['row_id', 'fold'];

/** Errors: E_TABLE_COLUMN for a target that is called as a column which `split` adds. */
export function checkTargetName(target: string, file: string): void {
  if (!ownNames.includes(target)) return;
  throw new LockstepError('E_TABLE_COLUMN', {
    what: `the target is called "${target}", as a column that the split adds`,
    where: { file },
    allowed: `a target of any name but ${ownNames.join(' and ')}`,
    fix: 'rename the column',
  });
}

/** Whether a task can be judged by this target; rows without a value are left out. Errors: E_EVALUATE_TARGET. */
export function checkLabels(labels: Column, task: Task, positive: string | undefined): void {
  const rows = Array.from({ length: labels.values.length }, (_, row) => row);
  const known = rows.filter((row) => cellText(labels, row) !== null);
  const [left] = selectRows({ rows: rows.length, columns: [labels] }, known).columns;
  labelsOf(left!, task, positive);
}

/**
 * The column that names rows: the one given, or the table's own `row_id`; none where rows are numbered.
 * Errors: E_TABLE_COLUMN for a value that is missing, or stands twice.
 */
export function rowIdOf(table: Table, given: string | undefined, file: string): string | undefined {
  const name = given ?? table.columns.find((found) => found.name === 'row_id')?.name;
  if (name === undefined) return undefined;
  const ids = column(table, name, file);
  const seen = new Set<string | null>([null]);
  for (let row = 0; row < table.rows; row++) {
    const id = cellText(ids, row);
    if (seen.has(id)) {
      throw new LockstepError('E_TABLE_COLUMN', {
        what: `${id === null ? 'no value' : `a second ${id}`} in row ${row + 1} of "${name}", which names the rows`,
        where: { file },
        allowed: 'a value of its own in every row',
        fix:
          given === undefined ? `rename "${name}", or name another column with --row-id` : 'name another one',
      });
    }
    seen.add(id);
  }
  return name;
}

/** Columns that no model can take, each with the reason. */
export function unusable(table: Table): Map<string, string> {
  const found = new Map<string, string>();
  for (const source of table.columns) {
    if (source.name === '__proto__') found.set(source.name, 'JavaScript keeps this name for itself');
    if (source.type === 'text') continue;
    const row = source.values.findIndex((value) => Math.abs(Math.fround(value)) === Infinity);
    if (row >= 0)
      found.set(source.name, `${source.values[row]} in row ${row + 1} is beyond what float32 holds`);
  }
  return found;
}

const decimalComma = /^[+-]?\d+,\d+$/;

/** What a look at the columns raises doubts about. */
export function doubts(table: Table, names: readonly string[]): string[] {
  return names.flatMap((name) => {
    const source = column(table, name);
    if (source.type === 'number') return [];
    const seen = source.values.filter((value) => value !== null);
    return seen.length > 0 && seen.every((value) => decimalComma.test(value))
      ? [`${name}: numbers with a decimal comma are read as text; write 1.5, not 1,5`]
      : [];
  });
}
