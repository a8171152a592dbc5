import { cellText, column, type Table } from '../data/index.ts';
import { LockstepError } from '../workspace/index.ts';

/** Rows by month of an ISO date column, in order of time. Errors: E_MONITOR_DATA for a row without a date. */
export function rowsByMonth(table: Table, time: string): Map<string, number[]> {
  const source = column(table, time);
  const found = new Map<string, number[]>();
  for (let row = 0; row < table.rows; row++) {
    const month = monthOf(cellText(source, row));
    if (month === null) {
      throw new LockstepError('E_MONITOR_DATA', {
        what: `row ${row} has no date in "${time}" (${cellText(source, row) ?? 'missing'})`,
        allowed: 'ISO 8601 dates, such as 2001-03-14',
        fix: 'name a date column as monitor.time, or mend it in the prepare stage',
      });
    }
    const rows = found.get(month);
    if (rows) rows.push(row);
    else found.set(month, [row]);
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

const monthOf = (text: string | null): string | null =>
  text === null ? null : (/^(\d{4}-(?:0[1-9]|1[0-2]))(?:$|[-T ])/.exec(text)?.[1] ?? null);
