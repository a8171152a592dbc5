import { LockstepError, type ParsedFile } from '../workspace/index.ts';
import type { InputColumn } from './model-file.ts';
import { patternFault } from './safe-pattern.ts';

/** `data:` of model.yaml: what the datasets that the model is made of have to be. */
export interface DataSection {
  readonly expectations?: readonly Expectation[];
  /** Columns that tell about people, and why the model needs them. */
  readonly personal?: { readonly columns: readonly string[]; readonly reason: string };
}

/** Shares are from 0 to 1, of the rows; `dataset` left out means every dataset of the pipeline that has the column. */
export interface Expectation {
  readonly dataset?: string;
  readonly column?: string;
  // of a whole table
  readonly 'rows-at-least'?: number;
  readonly 'rows-at-most'?: number;
  readonly 'duplicates-at-most'?: number;
  readonly 'shared-rows-at-most'?: number;
  // of a column
  readonly type?: InputColumn['type'];
  readonly 'at-least'?: number | string;
  readonly 'at-most'?: number | string;
  readonly 'nulls-at-most'?: number;
  readonly 'one-of'?: readonly (string | number | boolean)[];
  readonly unique?: true;
  readonly matches?: string;
  readonly 'distinct-at-least'?: number;
  readonly 'distinct-at-most'?: number;
  readonly value?: string | number | boolean;
  readonly 'share-at-least'?: number;
  readonly 'share-at-most'?: number;
}

const ofTable = ['rows-at-least', 'rows-at-most', 'duplicates-at-most', 'shared-rows-at-most'] as const;
const ranges = ['at', 'rows-at', 'distinct-at', 'share-at'] as const;

/** What the schema cannot say. Errors: E_CONFIG_VALUE with line and column. */
export function checkDataSection(parsed: ParsedFile, section: DataSection | undefined): void {
  for (const [index, expectation] of (section?.expectations ?? []).entries()) {
    const refuse = (key: string, what: string, allowed: string, fix?: string): never => {
      throw new LockstepError('E_CONFIG_VALUE', {
        what,
        where: parsed.locate(['data', 'expectations', index, key]),
        allowed,
        fix,
      });
    };
    const { dataset, column, value, matches, ...checks } = expectation;
    const keys = Object.keys(checks) as (keyof typeof checks)[];
    const named = keys.filter((key) => !(ofTable as readonly string[]).includes(key));
    const shares = expectation['share-at-least'] ?? expectation['share-at-most'];
    if ((value === undefined) !== (shares === undefined))
      refuse(
        'value',
        'a value without its share, or a share of no value',
        'value with share-at-least or share-at-most',
      );
    if (keys.length === 0 && matches === undefined)
      refuse('column', 'an expectation that expects nothing', 'at least one key that says what');
    if (column === undefined && (named.length > 0 || matches !== undefined || value !== undefined))
      refuse(
        named[0] ?? 'matches',
        `${named[0] ?? (matches === undefined ? 'value' : 'matches')} without a column`,
        'the column that it is about',
      );
    if (column !== undefined && named.length < keys.length)
      refuse(
        'column',
        'an expectation of rows that names a column',
        'rows of a dataset, or values of a column',
      );
    if (column === undefined && dataset === undefined)
      refuse(keys[0]!, `${keys[0]} of no dataset`, 'the dataset that it is about');
    for (const range of ranges) {
      const least = expectation[`${range}-least`];
      const most = expectation[`${range}-most`];
      if (least === undefined || most === undefined) continue;
      if (typeof least !== typeof most || least > most)
        refuse(`${range}-least`, `from ${least} to ${most}`, `${range}-least not above ${range}-most`);
    }
    const fault = matches === undefined ? null : patternFault(matches);
    if (fault !== null)
      refuse(
        'matches',
        `the pattern is not safe: ${fault}`,
        'a pattern that is read once from left to right: no nested repetition, look-around or back-reference',
        'make what follows each repetition begin with another character, e.g. [^@]+@[^@]+',
      );
  }
}
