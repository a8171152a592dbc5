import type { TableBatch, TableStream } from '../../data/index.ts';
import type { Expectation } from '../../model/index.ts';
import { type ColumnProfile, columnProfile } from './column-profile.ts';
import { type CellCheck, ColumnScan, type RowHashes } from './column-scan.ts';
import { ColumnExpectation, type Miss, rowMisses, sharedMisses } from './expectation-check.ts';
import { HashIndex } from './hash-index.ts';
import { type LabelPower, labelPowers } from './label-power.ts';
import { RowSample, sampleSize } from './row-sample.ts';
import { type Overlap, SplitOverlap } from './split-overlap.ts';
import { TextTwins, type TwinCount } from './text-twins.ts';

/** What a table holds, column by column and as a whole. Values are told of public columns alone. */
export interface TableProfile {
  readonly dataset: string;
  readonly format: TableStream['format'];
  readonly rows: number;
  /** Rows that quantiles, shapes and the look for the label's double come from; all of them where `exact`. */
  readonly sample: { readonly rows: number; readonly exact: boolean };
  readonly header: {
    readonly mark: boolean;
    readonly blank: number;
    readonly duplicate: readonly string[];
    readonly control: number;
    readonly index: readonly string[];
  };
  readonly columns: readonly ColumnProfile[];
  /** Rows that stood before, but for the columns that name rows or parts; of the first 4,194,304 different ones. */
  readonly duplicates: {
    readonly count: number;
    readonly rows: readonly number[];
    readonly without: readonly string[];
    readonly exact: boolean;
  };
  readonly label: {
    readonly column: string;
    readonly classes: readonly { readonly value?: string; readonly share: number }[];
  } | null;
  /** Columns that tell the label alone. */
  readonly doubles: readonly LabelPower[];
  /** Parts within the table (by a column such as `split`). */
  readonly overlaps: readonly Overlap[];
  readonly twins: readonly TwinCount[];
  readonly misses: readonly Miss[];
}

export interface ProfileOptions {
  readonly dataset: string;
  readonly label?: string | undefined;
  /** Columns that name rows: they do not make rows different. */
  readonly ids?: readonly string[];
  /** Columns whose values may be shown. */
  readonly shown?: readonly string[];
  readonly expectations?: readonly Expectation[];
  /** Tell the values of columns that have few, for `proposeSection`. */
  readonly withValues?: boolean;
  /** Shared by tables whose rows are compared. */
  readonly across?: SplitOverlap;
}

const indexLike = /^(?:row_?id|index|level_0|unnamed: ?\d+)$/i;
const splitName = /^(?:split|set|subset|partition|fold)$/i;
const splitValue = /^(?:train|training|test|testing|val|valid|validation|dev|eval|holdout)$/i;
const longText = 40;
const fewRows = 5;

/** Reads the table once. Errors: those of its batches. */
export function profileTable(stream: TableStream, options: ProfileOptions): TableProfile {
  const { dataset, ids = [], shown = [], expectations = [] } = options;
  const scans = stream.names.map((name) => new ColumnScan(name, stream.names.length));
  const isPublic = (name: string) => shown.includes(name);
  const own = expectations.filter((one) => one.dataset === undefined || one.dataset === dataset);
  const checks = scans.map(({ name }) =>
    own.filter((one) => one.column === name).map((one) => new ColumnExpectation(one, isPublic(name))),
  );
  const without = stream.names.filter(
    (name, at) =>
      ids.includes(name) || indexLike.test(name) || stream.header[at] === '' || splitName.test(name),
  );
  const rows = new RowLook(stream, options, without);
  const sample = new RowSample(sampleSize(scans.length));
  for (const batch of stream.batches) {
    const places = sample.places(batch.rows);
    const hashes = rows.hashes(batch.rows);
    for (const [at, scan] of scans.entries()) {
      const looks: CellCheck[] = checks[at]!.map(({ look }) => look);
      scan.add(batch.columns[at]!, batch.first, places, without.includes(scan.name) ? null : hashes, looks);
    }
    rows.look(batch, hashes);
  }
  const columns = scans.map((scan, at) =>
    columnProfile(scan, stream.faults[at]!, isPublic(scan.name), options.withValues),
  );
  const looksPersonal = (name: string) => columns.some((one) => one.name === name && one.personal.length > 0);
  const label = scans.find(({ name }) => name === options.label);
  const total = scans[0]?.rows ?? 0;
  const duplicates = { count: rows.duplicates, rows: rows.duplicateRows, without, exact: !rows.seen.full };
  const overlaps = rows.within?.overlaps() ?? [];
  const whole = { dataset, rows: total, duplicates };
  return {
    dataset,
    format: stream.format,
    rows: total,
    sample: { rows: sample.rows, exact: sample.exact },
    header: headerOf(stream),
    columns,
    duplicates,
    label: label ? labelOf(label, isPublic(label.name) && !looksPersonal(label.name)) : null,
    doubles: label
      ? labelPowers(
          scans.filter(({ name }) => !without.includes(name)),
          label,
          sample.rows,
        )
      : [],
    overlaps,
    twins: rows.twins?.twins() ?? [],
    misses: [
      ...columns.flatMap((column, at) =>
        checks[at]!.flatMap((check) => check.misses(dataset, column, total)),
      ),
      ...own
        .filter(({ column }) => column === undefined)
        .flatMap((one) => [...rowMisses(one, whole), ...sharedMisses(one, overlaps)]),
      ...absent(own, dataset, stream.names),
    ],
  };
}

/** A dataset that was named has to have the column. */
const absent = (expectations: readonly Expectation[], dataset: string, names: readonly string[]): Miss[] =>
  expectations.flatMap(({ dataset: named, column }) =>
    named === dataset && column !== undefined && !names.includes(column)
      ? [
          {
            dataset,
            column,
            expected: 'a column of this name',
            found: 'there is none',
            count: null,
            rows: [],
          },
        ]
      : [],
  );

function headerOf({ header, mark }: TableStream): TableProfile['header'] {
  return {
    mark,
    blank: header.filter((name) => name === '').length,
    duplicate: [...new Set(header.filter((name, at) => name !== '' && header.indexOf(name) !== at))],
    control: header.filter((name) => /[\u0000-\u001f\u007f\ufeff]/.test(name)).length,
    index: header.filter((name) => /^unnamed: ?\d+$|^level_0$/i.test(name)),
  };
}

function labelOf({ name, known, seen }: ColumnScan, isPublic: boolean): TableProfile['label'] {
  const facts = [...(known?.values() ?? [])].sort((a, b) => b.count - a.count);
  if (facts.length > 20) return { column: name, classes: [] };
  return {
    column: name,
    classes: facts.map(({ text, count }) => ({ ...(isPublic ? { value: text! } : {}), share: count / seen })),
  };
}

/** Looks at rows as wholes: twice in the table, in two parts of it, in other tables, nearly the same text. */
class RowLook {
  readonly seen = new HashIndex();
  duplicates = 0;
  readonly duplicateRows: number[] = [];
  readonly within: SplitOverlap | null;
  twins: TextTwins | null = null;
  readonly #across: SplitOverlap | undefined;
  readonly #dataset: string;
  readonly #split: number;
  #texts: number[] | null = null;
  #hashes: RowHashes = empty(0);

  constructor({ names }: TableStream, { dataset, across }: ProfileOptions, without: readonly string[]) {
    this.#across = across;
    this.#dataset = dataset;
    this.#split = names.findIndex((name) => without.includes(name) && splitName.test(name));
    this.within = this.#split < 0 ? null : new SplitOverlap();
  }

  hashes(rows: number): RowHashes {
    if (this.#hashes.low.length !== rows) this.#hashes = empty(rows);
    else for (const lane of Object.values(this.#hashes) as Int32Array[]) lane.fill(0);
    return this.#hashes;
  }

  look(batch: TableBatch, hashes: RowHashes): void {
    this.#texts ??= longTexts(batch);
    if (this.#texts.length > 0) this.twins ??= new TextTwins();
    const split = batch.columns[this.#split];
    for (let at = 0; at < batch.rows; at++) {
      const row = batch.first + at + 1;
      if (this.seen.exchange(hashes.low[at]! >>> 0, hashes.high[at]! >>> 0, () => 1) === 1) {
        this.duplicates++;
        if (this.duplicateRows.length < fewRows) this.duplicateRows.push(row);
      }
      const value = split?.[at];
      const part = typeof value === 'string' && splitValue.test(value) ? value : null;
      if (part !== null) this.within!.add(part, hashes, at, row);
      this.#across?.add(this.#dataset, hashes, at, row);
      if (!this.twins) continue;
      const text = this.#texts.map((column) => batch.columns[column]![at] ?? '').join(' ');
      this.twins.add(part ?? this.#dataset, row, text);
    }
  }
}

const empty = (rows: number): RowHashes => ({
  low: new Int32Array(rows),
  high: new Int32Array(rows),
  roughLow: new Int32Array(rows),
  roughHigh: new Int32Array(rows),
});

/** Columns of long texts, by the first batch. */
const longTexts = ({ columns, rows }: TableBatch): number[] =>
  [...columns.keys()].filter((column) => {
    let length = 0;
    for (let row = 0; row < rows; row++) {
      const cell = columns[column]![row];
      if (typeof cell === 'string') length += cell.length;
    }
    return length / rows >= longText;
  });
