import { type Column, cellText, type Table } from '../data/index.ts';

/** How many rows only one of two tables has, counted as often as they stand there. */
export interface RowDifference {
  readonly added: number;
  readonly removed: number;
}

/**
 * Compares rows by what they hold in the columns of these names, in whatever order they stand; a column of one type on
 * both sides by its values, else by its texts. Rows are told apart by 53 bits of a hash: among ten million different
 * ones, a pair counts as the same in one comparison of two hundred.
 */
export function rowDifference(before: Table, after: Table, names: readonly string[]): RowDifference {
  const column = (table: Table, name: string) => table.columns.find((one) => one.name === name)!;
  const pairs = names.map((name) => [column(before, name), column(after, name)] as const);
  const asText = pairs.map(([old, now]) => old.type !== now.type);
  const [old, now] = [
    rowHashes(
      before.rows,
      pairs.map(([one]) => one),
      asText,
    ),
    rowHashes(
      after.rows,
      pairs.map(([, one]) => one),
      asText,
    ),
  ];
  let [i, j, same] = [0, 0, 0];
  while (i < old.length && j < now.length) {
    if (old[i]! === now[j]!) {
      same++;
      i++;
      j++;
    } else if (old[i]! < now[j]!) i++;
    else j++;
  }
  return { added: now.length - same, removed: old.length - same };
}

/** A sorted hash for each row; two lanes that are mixed differently, column by column. */
function rowHashes(rows: number, columns: readonly Column[], asText: readonly boolean[]): Float64Array {
  const [a, b] = [new Uint32Array(rows).fill(0x9e3779b9), new Uint32Array(rows).fill(0x85ebca6b)];
  const number = new Float64Array(1);
  const halves = new Uint32Array(number.buffer);
  for (const [at, column] of columns.entries()) {
    for (let row = 0; row < rows; row++) {
      let [x, y] = [a[row]!, b[row]!];
      const take = (unit: number) => {
        x = Math.imul(x ^ unit, 0x01000193);
        x = (x << 13) | (x >>> 19);
        y = Math.imul(y ^ unit, 0x5bd1e995);
        y ^= y >>> 15;
      };
      if (column.type === 'number' && !asText[at]) {
        const value = column.values[row]!;
        if (Number.isNaN(value)) take(0x10001);
        else {
          // 0 and -0 are one number.
          number[0] = value + 0;
          take(halves[0]!);
          take(halves[1]!);
        }
      } else {
        const text = cellText(column, row);
        if (text === null) take(0x10001);
        else for (let unit = 0; unit < text.length; unit++) take(text.charCodeAt(unit));
      }
      // No character: where one cell ends.
      take(0x10000);
      [a[row], b[row]] = [x, y];
    }
  }
  const hashes = new Float64Array(rows);
  for (let row = 0; row < rows; row++)
    hashes[row] = (mixed(a[row]! ^ b[row]!) & 0x1fffff) * 2 ** 32 + mixed(b[row]!);
  return hashes.sort();
}

/** Spreads each bit over all (the last steps of MurmurHash3). */
function mixed(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
