/**
 * A table in memory, column by column. Row order is the file's. A missing cell is NaN in a number column and
 * null in a text column; the texts that mean missing in a CSV are: nothing, NA, N/A, NaN, null, ?.
 */
export interface Table {
  readonly rows: number;
  readonly columns: readonly Column[];
}

export type Column = NumberColumn | TextColumn;

/** Integers, floats, booleans (1 and 0). Integers beyond 2^53 become text. */
export interface NumberColumn {
  readonly name: string;
  readonly type: 'number';
  readonly values: Float64Array;
}

/** Categories, free text, and dates as ISO 8601 text. */
export interface TextColumn {
  readonly name: string;
  readonly type: 'text';
  readonly values: readonly (string | null)[];
}
