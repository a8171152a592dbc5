import { inertFenced } from './inert-text.ts';
import { countText, deltaText, metricText } from './numbers.ts';

export interface ChartRow {
  readonly label: string;
  readonly rows: number;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface ChartOptions {
  readonly metric: string;
  readonly title: string;
  /** Differences have a zero line and signs. */
  readonly kind: 'difference' | 'value';
  /** What lies left and right of zero. */
  readonly sides?: readonly [string, string];
}

const plotWidth = 41;
const mostLabel = 26;

/**
 * Dots with their 95 % intervals in fixed-width characters, for a fenced block: it needs no hosting, takes the
 * reader's own colours in light and dark, and can be read aloud or grepped in a notification mail.
 */
export function intervalChart(rows: readonly ChartRow[], options: ChartOptions): string {
  const { from, to } = scaleOf(rows, options.kind);
  const place = (value: number) =>
    Math.min(plotWidth - 1, Math.max(0, Math.round(((value - from) / (to - from)) * (plotWidth - 1))));
  const zero = options.kind === 'difference' ? place(0) : null;
  const labels = rows.map(({ label }) => inertFenced(label, mostLabel));
  const counts = rows.map((row) => countText(row.rows));
  const labelWidth = Math.max(...labels.map(widthOf), 4);
  const countWidth = Math.max(...counts.map(widthOf), 4);
  const lead = ' '.repeat(labelWidth + countWidth + 4);
  const number = options.kind === 'difference' ? deltaText : metricText;
  const lines = rows.map((row, index) =>
    [
      padEnd(labels[index]!, labelWidth),
      '  ',
      counts[index]!.padStart(countWidth),
      '  ',
      track(place(row.low), place(row.value), place(row.high), zero),
      '  ',
      number(options.metric, row.value),
    ].join(''),
  );
  const head = zero === null || !options.sides ? [] : [lead + sidesLine(zero, options.sides)];
  const axis = axisLine([from, ...(zero === null ? [] : [0]), to], place, (value) =>
    number(options.metric, value),
  );
  return [inertFenced(options.title, 120), '', ...head, ...lines, lead + axis]
    .map((line) => line.trimEnd())
    .join('\n');
}

function scaleOf(rows: readonly ChartRow[], kind: ChartOptions['kind']): { from: number; to: number } {
  const ends = rows.flatMap(({ low, high, value }) => [low, high, value]).filter(Number.isFinite);
  if (kind === 'difference') ends.push(0);
  const from = ends.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const to = ends.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  if (from < to) return { from, to };
  return Number.isFinite(from) ? { from: from - 0.5, to: to + 0.5 } : { from: 0, to: 1 };
}

/** One row: `     ├───●──┤     `, over a zero line where there is one. */
function track(low: number, dot: number, high: number, zero: number | null): string {
  const cells = Array.from({ length: plotWidth }, () => ' ');
  for (let at = low; at <= high; at++) cells[at] = '─';
  if (low < high) {
    cells[low] = '├';
    cells[high] = '┤';
  }
  if (zero !== null) cells[zero] = zero > low && zero < high ? '┼' : cells[zero] === ' ' ? '│' : cells[zero]!;
  cells[dot] = '●';
  return cells.join('');
}

function sidesLine(zero: number, [left, right]: readonly [string, string]): string {
  const before = zero >= left.length + 2 ? `${left} ←`.padStart(zero) : ' '.repeat(zero);
  return `${before}│${plotWidth - zero > right.length + 2 ? `→ ${right}` : ''}`;
}

/** The scale's ends and zero, each under its place; one that would touch the last is left out. */
function axisLine(
  values: readonly number[],
  place: (value: number) => number,
  text: (value: number) => string,
) {
  const marks = [...new Set(values)].map((value) => ({
    at: place(value),
    text: value === 0 ? '0' : text(value),
  }));
  const cells = Array.from({ length: plotWidth + 16 }, () => ' ');
  const zeroFirst = [...marks].sort((a, b) => Number(b.text === '0') - Number(a.text === '0'));
  for (const mark of zeroFirst) {
    const from = Math.max(0, mark.at - Math.floor(mark.text.length / 2));
    const free = cells
      .slice(Math.max(0, from - 1), from + mark.text.length + 1)
      .every((cell) => cell === ' ');
    if (free) cells.splice(from, mark.text.length, ...mark.text);
  }
  return cells.join('');
}

/** Columns on a fixed-width screen: East Asian wide characters and emoji take two, combining marks none. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) {
    if (/\p{Mark}|\u200b/u.test(character)) continue;
    width +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u.test(
        character,
      )
        ? 2
        : 1;
  }
  return width;
}

export const padEnd = (text: string, width: number): string =>
  text + ' '.repeat(Math.max(0, width - widthOf(text)));
