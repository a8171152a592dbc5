import { LockstepError } from '../../workspace/index.ts';

const delimiters = [',', ';', '\t', '|'] as const;

/** The delimiter that stands most often in the first line outside quotes; a comma when none does. */
export function delimiterOf(firstLine: string, extension: string): string {
  if (extension === '.tsv' || extension === '.tab') return '\t';
  const bare = firstLine.replace(/"[^"]*"/g, '');
  let best = ',';
  let most = 0;
  for (const delimiter of delimiters) {
    const count = bare.split(delimiter).length - 1;
    if (count > most) [best, most] = [delimiter, count];
  }
  return best;
}

/**
 * Column names from the cells of the first line. A column without a name (as an index written by pandas has) is
 * called `column_<position>`, from 1. Errors: E_TABLE_COLUMN for a name that stands twice.
 */
export function headerNames(cells: readonly string[], file: string): string[] {
  const names = cells.map((cell, index) => cell.trim() || `column_${index + 1}`);
  const seen = new Map<string, number>();
  for (const [index, name] of names.entries()) {
    const earlier = seen.get(name);
    if (earlier !== undefined) {
      throw new LockstepError('E_TABLE_COLUMN', {
        what: `column "${name}" stands twice, at positions ${earlier + 1} and ${index + 1}`,
        where: { file, line: 1 },
        allowed: 'one name a column',
        fix: 'rename one of them',
      });
    }
    seen.set(name, index);
  }
  return names;
}

export const raggedRow = (file: string, line: number, found: number, expected: number): LockstepError =>
  new LockstepError('E_TABLE_FORMAT', {
    what: `a row of ${found} ${found === 1 ? 'cell' : 'cells'}`,
    where: { file, line },
    allowed: `${expected} ${expected === 1 ? 'cell' : 'cells'}, as the header has`,
    fix: 'mend this line (a cell that holds the delimiter needs quotes)',
  });
