import { type Column, selectRows, type Table } from '../data/index.ts';
import { prepareReference } from './column-drift.ts';
import type { ColumnDrift, NewCategories } from './monitor-report.ts';

export interface DriftInput {
  /** The rows a model learned from. */
  readonly reference: Table;
  /** Rows it was asked about since. */
  readonly current: Table;
  /** Rows of `current` by window, in order of time. */
  readonly windows: ReadonlyMap<string, readonly number[]>;
  /** Which columns to hold against the reference. */
  readonly columns: readonly string[];
  /** Columns whose values may be shown. */
  readonly public?: readonly string[];
}

export interface WindowDrift {
  readonly drift: readonly ColumnDrift[];
  readonly newCategories: readonly NewCategories[];
}

/** Each window's columns against the reference's; a column that the window lacks counts as missing throughout. */
export function driftReport(input: DriftInput): Map<string, WindowDrift> {
  const { reference, current, windows } = input;
  const prepared = reference.columns.filter(({ name }) => input.columns.includes(name)).map(prepareReference);
  const shown = new Set(input.public ?? []);
  return new Map(
    [...windows].map(([window, rows]) => {
      const part = selectRows(current, rows);
      const columnOf = (name: string): Column =>
        part.columns.find((found) => found.name === name) ?? {
          name,
          type: 'text',
          values: new Array<null>(part.rows).fill(null),
        };
      return [
        window,
        {
          drift: prepared.map((column) => column.compare(columnOf(column.name))),
          newCategories: prepared.flatMap(
            (column) => column.newCategories(columnOf(column.name), shown.has(column.name)) ?? [],
          ),
        },
      ];
    }),
  );
}
