import type { CellFaults } from '../../data/index.ts';
import type { ColumnScan, Form } from './column-scan.ts';
import { headerSigns, type PersonalSign } from './personal.ts';
import { quantile } from './row-sample.ts';

/** What a column holds. Where it looks personal, nothing here tells any of its values. */
export interface ColumnProfile {
  readonly name: string;
  readonly type: 'number' | 'integer' | 'boolean' | 'date' | 'category' | 'text' | 'empty';
  readonly nulls: number;
  /** Different values; an estimate (± 0.8 %) where not exact. */
  readonly distinct: { readonly count: number; readonly exact: boolean };
  readonly constant: boolean;
  readonly numbers?: NumberProfile;
  readonly dates?: { readonly earliest: string; readonly latest: string };
  /** The most frequent values, for columns of few; `value` only of columns that may be shown. */
  readonly top?: readonly { readonly value?: string; readonly count: number }[];
  /** Every different value, where a proposal asks for them: never of a column that looks personal. */
  readonly values?: readonly { readonly value: string; readonly count: number }[];
  /** Cells that are not what nearly all others are, with their first rows (from 1). */
  readonly mixed?: Stray;
  readonly padded: { readonly count: number; readonly rows: readonly number[] };
  readonly control: { readonly count: number; readonly rows: readonly number[] };
  readonly personal: readonly PersonalSign[];
}

interface Stray {
  readonly form: Form;
  readonly among: 'numbers' | 'dates' | 'texts';
  readonly count: number;
  readonly rows: readonly number[];
}

export interface NumberProfile {
  readonly minimum: number;
  readonly maximum: number;
  readonly mean: number;
  readonly deviation: number;
  /** 1, 5, 25, 50, 75, 95 and 99 %; of a sample where the table is longer than it. */
  readonly quantiles: Readonly<Record<'p1' | 'p5' | 'p25' | 'p50' | 'p75' | 'p95' | 'p99', number>>;
  /** Shares of eight equal parts of the range from the 1st to the 99th percentile. */
  readonly shape: readonly number[];
}

const mostTop = 5;
const mostValues = 20;
const fewValues = 1000;
/** A stray form is one of at most this share: beyond it a column is simply of texts. */
const strayShare = 0.05;

export function columnProfile(
  scan: ColumnScan,
  faults: CellFaults,
  isPublic: boolean,
  withValues = false,
): ColumnProfile {
  const type = typeOf(scan);
  const isNumber = type === 'number' || type === 'integer' || type === 'boolean';
  const personal = uniqueSigns([...headerSigns(scan.name, isNumber), ...scan.content.signs()]);
  const closed = personal.length > 0;
  const distinct = scan.distinct();
  const mixed = strayForm(scan, type);
  return {
    name: scan.name,
    type,
    nulls: scan.nulls,
    distinct,
    constant: distinct.exact && distinct.count <= 1 && (scan.nulls === 0 || scan.seen === 0),
    ...(isNumber && !closed ? { numbers: numbersOf(scan) } : {}),
    ...(type === 'date' && !closed ? { dates: { earliest: scan.earliest!, latest: scan.latest! } } : {}),
    ...(distinct.exact && distinct.count <= fewValues && type !== 'date'
      ? { top: topOf(scan, isPublic && !closed) }
      : {}),
    ...(withValues && personal.length === 0 && distinct.exact && distinct.count <= mostValues
      ? { values: topOf(scan, true, mostValues) as NonNullable<ColumnProfile['values']> }
      : {}),
    ...(mixed ? { mixed } : {}),
    padded: { count: faults.padded, rows: faults.paddedRows },
    control: { count: faults.control, rows: faults.controlRows },
    personal,
  };
}

const dateShare = 0.95;
const longText = 40;

function typeOf({ seen, forms, minimum, maximum, characters }: ColumnScan): ColumnProfile['type'] {
  if (seen === 0) return 'empty';
  const numbers = forms.number + forms.integer + forms.logical;
  if (numbers === seen) {
    if (forms.number === 0 && minimum >= 0 && maximum <= 1) return 'boolean';
    return forms.number === 0 ? 'integer' : 'number';
  }
  if (forms.date >= dateShare * seen) return 'date';
  return characters / Math.max(1, seen - numbers) >= longText ? 'text' : 'category';
}

/** One wrong row of a thousand makes a column of numbers a column of texts, and training takes it for categories. */
function strayForm(scan: ColumnScan, type: ColumnProfile['type']): Stray | undefined {
  const { forms, seen, rowsOf } = scan;
  const numbers = forms.number + forms.integer + forms.logical;
  const texts = forms.text + forms.date;
  const most = strayShare * seen;
  const stray = (form: Form, among: Stray['among'], count: number) => ({
    form,
    among,
    count,
    rows: rowsOf[form],
  });
  if (type === 'date')
    return forms.date < seen
      ? stray(forms.text > 0 ? 'text' : numberForm(scan), 'dates', seen - forms.date)
      : undefined;
  if (numbers === 0 || texts === 0) return undefined;
  if (texts <= most) return stray(forms.text > 0 ? 'text' : 'date', 'numbers', texts);
  return numbers <= most ? stray(numberForm(scan), 'texts', numbers) : undefined;
}

const numberForm = ({ forms }: ColumnScan): Form =>
  forms.integer > 0 ? 'integer' : forms.number > 0 ? 'number' : 'logical';

function numbersOf(scan: ColumnScan): NumberProfile {
  const sorted = scan.numbers.sorted();
  const at = (share: number) => quantile(sorted, share);
  const quantiles = {
    p1: at(0.01),
    p5: at(0.05),
    p25: at(0.25),
    p50: at(0.5),
    p75: at(0.75),
    p95: at(0.95),
    p99: at(0.99),
  };
  return {
    minimum: scan.minimum,
    maximum: scan.maximum,
    mean: scan.mean,
    deviation: scan.seen > 1 ? Math.sqrt(scan.squares / (scan.seen - 1)) : 0,
    quantiles,
    shape: shapeOf(sorted, quantiles.p1, quantiles.p99),
  };
}

const parts = 8;

function shapeOf(sorted: Float64Array, from: number, to: number): number[] {
  const counts = new Array<number>(parts).fill(0);
  for (const value of sorted) {
    const part = to > from ? Math.floor(((value - from) / (to - from)) * parts) : 0;
    counts[Math.min(parts - 1, Math.max(0, part))]!++;
  }
  return counts.map((count) => Math.round((count / sorted.length) * 1000) / 1000);
}

function topOf({ known }: ColumnScan, shown: boolean, most = mostTop): NonNullable<ColumnProfile['top']> {
  return [...known!.values()]
    .sort((a, b) => b.count - a.count || (a.text! < b.text! ? -1 : 1))
    .slice(0, most)
    .map(({ text, count }) => (shown ? { value: text!, count } : { count }));
}

const uniqueSigns = (signs: readonly PersonalSign[]): PersonalSign[] =>
  signs.filter(
    ({ kind, by }, at) => signs.findIndex((other) => other.kind === kind && other.by === by) === at,
  );
