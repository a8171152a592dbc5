import { percent } from './expectation-check.ts';
import type { Overlap } from './split-overlap.ts';
import type { TableProfile } from './table-profile.ts';

/** What a reader should look at. An error fails `--check`; a doubt does not. */
export interface Finding {
  readonly kind:
    | 'header'
    | 'cells'
    | 'constant'
    | 'duplicates'
    | 'personal'
    | 'leakage'
    | 'label'
    | 'unreadable';
  readonly severity: 'error' | 'doubt';
  readonly dataset: string;
  readonly column?: string;
  /** A sentence without its full stop; tells no value. */
  readonly what: string;
  readonly count?: number;
  readonly rows?: readonly number[];
}

const training = /(?:^|[^a-z])train(?:ing)?(?:[^a-z]|$)/i;
const testing = /(?:^|[^a-z])(?:test|testing|val|valid|validation|dev|eval|holdout)(?:[^a-z]|$)/i;

/** Of one table. `declared`: columns that model.yaml says are personal, and why. */
export function findingsOf(profile: TableProfile, declared: readonly string[]): Finding[] {
  const { dataset } = profile;
  const found: Finding[] = [];
  const note = (finding: Omit<Finding, 'dataset'>) => found.push({ dataset, ...finding });
  const doubt = (kind: Finding['kind'], what: string, rest: Partial<Finding> = {}) =>
    note({ kind, severity: 'doubt', what, ...rest });
  const { header, duplicates, rows } = profile;
  if (header.mark) doubt('header', 'the file begins with a byte order mark');
  if (header.blank > 0)
    doubt('header', `${plural(header.blank, 'column')} without a name`, { count: header.blank });
  for (const name of header.duplicate)
    note({
      kind: 'header',
      severity: 'error',
      column: name,
      what: 'the name stands more than once in the header',
    });
  if (header.control > 0)
    doubt('header', `control characters in ${plural(header.control, 'name')}`, { count: header.control });
  for (const name of header.index)
    doubt('header', 'an index that a program wrote, not data', { column: name });
  for (const column of profile.columns) {
    const about = { column: column.name };
    if (column.constant)
      doubt('constant', column.type === 'empty' ? 'no value at all' : 'the same value in every row', about);
    if (column.mixed) {
      const { among, count, rows: at } = column.mixed;
      const what = among === 'texts' ? 'numbers among texts' : `no ${among.slice(0, -1)}`;
      doubt('cells', `${plural(count, 'cell')} that ${count === 1 ? 'is' : 'are'} ${what}`, {
        ...about,
        count,
        rows: at,
      });
    }
    if (column.padded.count > 0)
      doubt('cells', `blanks around ${plural(column.padded.count, 'cell')}`, { ...about, ...column.padded });
    if (column.control.count > 0)
      doubt('cells', `line ends or control characters in ${plural(column.control.count, 'cell')}`, {
        ...about,
        ...column.control,
      });
    if (column.personal.length > 0 && !declared.includes(column.name)) {
      const signs = column.personal.map(
        ({ kind, by, share }) => `${kind} by its ${by}${share === undefined ? '' : ` (${percent(share)})`}`,
      );
      note({ kind: 'personal', severity: 'error', ...about, what: `looks personal: ${signs.join(', ')}` });
    }
  }
  if (duplicates.count > 0) {
    doubt(
      'duplicates',
      `${plural(duplicates.count, 'row')} (${percent(duplicates.count / rows)}) that stood before`,
      { count: duplicates.count, rows: duplicates.rows },
    );
  }
  for (const { column, measure, value } of profile.doubles) {
    doubt(
      'label',
      `tells the label ${profile.label!.column} by itself (${measure === 'auc' ? 'AUC' : 'R²'} ${value.toFixed(4)}): is it known before the answer?`,
      { column },
    );
  }
  found.push(...overlapFindings(dataset, profile.overlaps));
  for (const { part, other, count, rows: at } of profile.twins) {
    doubt(
      part === other ? 'duplicates' : 'leakage',
      `${plural(count, 'text')}${part === other ? '' : ` of ${part}`} nearly as one ${part === other ? 'before' : `of ${other}`} (MinHash, 80 %)`,
      { count, rows: at },
    );
  }
  return found;
}

/** Equal rows in what is learnt from and what is judged on are an error; in other parts they are worth a look. */
export function overlapFindings(dataset: string, overlaps: readonly Overlap[]): Finding[] {
  return overlaps.flatMap(({ part, other, equal, near, of, rows }) => {
    const split =
      [part, other].some((name) => training.test(base(name))) &&
      [part, other].some((name) => testing.test(base(name)));
    const found: Finding[] = [];
    if (equal > 0)
      found.push({
        kind: 'leakage',
        severity: split ? 'error' : 'doubt',
        dataset,
        what: `${plural(equal, 'row')} (${percent(equal / of)}) of ${part} stand in ${other} too`,
        count: equal,
        rows,
      });
    if (near > 0 && near / of >= 0.001)
      found.push({
        kind: 'leakage',
        severity: 'doubt',
        dataset,
        what: `${plural(near, 'row')} (${percent(near / of)}) of ${part} nearly as in ${other} (rounding, case, punctuation)`,
        count: near,
        rows: equal > 0 ? [] : rows,
      });
    return found;
  });
}

/** Whether a dataset's name says that it is learnt from. */
export const isTraining = (name: string): boolean => training.test(base(name));

const base = (name: string): string => name.split('/').at(-1)!;

const plural = (count: number, word: string): string =>
  `${String(count).replace(/\B(?=(\d{3})+(?!\d))/g, ',')} ${word}${count === 1 ? '' : 's'}`;
