import { LockstepError } from '../../workspace/index.ts';
import { isMissing, numberOf } from './cell.ts';
import { headerNames, raggedRow } from './csv-header.ts';
import type { Column } from './table.ts';

/** Rows whose raw text is kept, so that a column that shows itself as text early needs no second pass. */
const kept = 1000;

interface Building {
  numbers: number[] | null;
  texts: (string | null)[] | null;
}

/**
 * The columns of a CSV with quotes, by csv-parse. Every column is taken for numbers until a cell says otherwise;
 * one that says so late is read again. Errors: E_TABLE_FORMAT with the line.
 */
export async function readQuoted(bytes: Buffer, delimiter: string, file: string): Promise<Column[]> {
  let names: string[] = [];
  let building: Building[] = [];
  await eachRecord(bytes, delimiter, file, (cells, row) => {
    if (row < 0) {
      names = headerNames(cells, file);
      building = names.map(() => ({ numbers: [], texts: [] }));
      return names.length;
    }
    for (const [index, cell] of cells.entries()) add(building[index]!, cell, row);
    return names.length;
  });
  const late = building.map(({ numbers, texts }) => !numbers && !texts);
  if (late.some(Boolean)) {
    for (const [index, again] of late.entries()) if (again) building[index]!.texts = [];
    await eachRecord(bytes, delimiter, file, (cells, row) => {
      if (row >= 0) {
        for (const [index, again] of late.entries()) {
          if (again) building[index]!.texts!.push(textOf(cells[index]!));
        }
      }
      return names.length;
    });
  }
  return names.map((name, index) => {
    const { numbers, texts } = building[index]!;
    return numbers
      ? { name, type: 'number', values: Float64Array.from(numbers) }
      : { name, type: 'text', values: texts! };
  });
}

const textOf = (cell: string): string | null => (isMissing(cell) ? null : cell);

function add(column: Building, cell: string, row: number): void {
  if (column.numbers) {
    const value = numberOf(cell);
    if (value === undefined) column.numbers = null;
    else column.numbers.push(value);
  }
  // Texts before `kept` serve both; after it a column is one or the other.
  if (!column.texts) return;
  if (column.numbers && row >= kept) column.texts = null;
  else column.texts.push(textOf(cell));
}

/** Calls back with row -1 for the header; the callback says how many cells a row has. */
async function eachRecord(
  bytes: Buffer,
  delimiter: string,
  file: string,
  onRecord: (cells: string[], row: number) => number,
): Promise<void> {
  const { parse } = await import('csv-parse/sync');
  let row = -1;
  let width = -1;
  try {
    parse(bytes, {
      bom: true,
      delimiter,
      trim: true,
      skip_empty_lines: true,
      relax_column_count: true,
      on_record: (cells: string[], { lines }) => {
        if (width >= 0 && cells.length !== width) throw raggedRow(file, lines, cells.length, width);
        width = onRecord(cells, row++);
        return null;
      },
    });
  } catch (error) {
    if (error instanceof LockstepError) throw error;
    const { message, lines } = error as Error & { lines?: number };
    throw new LockstepError('E_TABLE_FORMAT', {
      what: message.replace(/ at line \d+.*| on line \d+.*/s, ''),
      where: { file, line: lines },
      allowed: 'CSV as RFC 4180 has it',
      fix: 'mend the quotes on this line',
      cause: error,
    });
  }
}
