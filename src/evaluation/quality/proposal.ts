import type { DataSection, Expectation } from '../../model/index.ts';
import type { ColumnProfile } from './column-profile.ts';
import type { TableProfile } from './table-profile.ts';

/** A value of fewer rows may be a slip, or one person. */
const fewestRows = 5;

/**
 * Expectations that these tables meet with room to spare: half the rows, ranges as wide again, twice the share of
 * missing cells. They were made `withValues`; those of columns that look personal are not told. Equal tables give equal proposals.
 */
export function proposeSection(profiles: readonly TableProfile[]): DataSection {
  const personal = [
    ...new Set(
      profiles.flatMap(({ columns }) =>
        columns.filter((one) => one.personal.length > 0).map(({ name }) => name),
      ),
    ),
  ];
  return {
    expectations: profiles.flatMap((profile) => [
      rowsOf(profile),
      ...profile.columns.filter(({ type }) => type !== 'empty').map((column) => columnOf(profile, column)),
    ]),
    ...(personal.length > 0
      ? { personal: { columns: personal, reason: 'say here why the model needs them' } }
      : {}),
  };
}

function rowsOf({ dataset, rows, duplicates }: TableProfile): Expectation {
  return {
    dataset,
    'rows-at-least': Math.max(1, Math.floor(tidy(rows / 2, Math.floor))),
    'duplicates-at-most': duplicates.count === 0 ? 0 : limit(duplicates.count / rows),
  };
}

function columnOf({ dataset, rows }: TableProfile, column: ColumnProfile): Expectation {
  const { name, type, nulls, numbers, dates, distinct, personal, values } = column;
  const isUnique =
    distinct.exact &&
    distinct.count === rows &&
    nulls === 0 &&
    rows >= 20 &&
    type !== 'number' &&
    type !== 'date';
  const spare = numbers ? numbers.maximum - numbers.minimum || Math.abs(numbers.maximum) || 1 : 0;
  const range = numbers && type !== 'boolean' && !isUnique;
  const fewest = values ? Math.min(...values.map(({ count }) => count)) : 0;
  const closed =
    type === 'category' && personal.length === 0 && values && values.length >= 2 && fewest >= fewestRows;
  return {
    dataset,
    column: name,
    type: type === 'text' || type === 'empty' ? 'category' : type,
    ...(range
      ? {
          'at-least': numbers.minimum >= 0 ? 0 : tidy(numbers.minimum - spare, Math.floor),
          'at-most': numbers.maximum <= 0 ? 0 : tidy(numbers.maximum + spare, Math.ceil),
        }
      : {}),
    ...(dates ? { 'at-least': `${dates.earliest.slice(0, 4)}-01-01` } : {}),
    ...(closed ? { 'one-of': values.map(({ value }) => value).sort() } : {}),
    ...(isUnique ? { unique: true as const } : {}),
    'nulls-at-most': nulls === 0 ? 0 : limit(nulls / rows),
  };
}

/** Twice a share, rounded up to two digits. */
const limit = (share: number): number => Math.min(1, tidy(share * 2, Math.ceil));

/** Two significant digits, rounded outwards. */
function tidy(value: number, round: (value: number) => number): number {
  if (value === 0) return 0;
  const size = 10 ** (Math.floor(Math.log10(Math.abs(value))) - 1);
  return Number((round(Number((value / size).toPrecision(12))) * size).toPrecision(6));
}
