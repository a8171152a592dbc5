import { LockstepError, nearest } from '../../workspace/index.ts';
import type { Column, Table } from './table.ts';

/** The column of this name; `place` says in a message which table it was. Errors: E_TABLE_COLUMN with the nearest name. */
export function column(table: Table, name: string, place?: string): Column {
  const found = table.columns.find((candidate) => candidate.name === name);
  if (found) return found;
  const names = table.columns.map((candidate) => candidate.name);
  const near = nearest(name, names);
  throw new LockstepError('E_TABLE_COLUMN', {
    what: `no column "${name}"`,
    where: place === undefined ? undefined : { file: place },
    allowed:
      names.length > 20 ? `${names.slice(0, 20).join(', ')} and ${names.length - 20} more` : names.join(', '),
    fix: near ? `did you mean "${near}"?` : 'name one of them',
  });
}

/** The rows at these indices, in this order; an index may come more than once. */
export function selectRows(table: Table, indices: ArrayLike<number>): Table {
  return {
    rows: indices.length,
    columns: table.columns.map((source): Column => {
      if (source.type === 'number') {
        const values = new Float64Array(indices.length);
        for (let row = 0; row < indices.length; row++) values[row] = source.values[indices[row]!]!;
        return { name: source.name, type: 'number', values };
      }
      const values = new Array<string | null>(indices.length);
      for (let row = 0; row < indices.length; row++) values[row] = source.values[indices[row]!]!;
      return { name: source.name, type: 'text', values };
    }),
  };
}

/** A cell as text, numbers in their shortest form; null when it is missing. */
export function cellText(source: Column, row: number): string | null {
  if (source.type === 'text') return source.values[row] ?? null;
  const value = source.values[row];
  return value === undefined || Number.isNaN(value) ? null : String(value);
}
