import { nameOf, type QualityReport } from '../commands/data-quality.ts';
import { type ColumnProfile, type Finding, percent, type TableProfile } from '../evaluation/quality/index.ts';
import { amount, printable } from '../workspace/index.ts';

const mostColumns = 60;
const blocks = '▁▂▃▄▅▆▇█';

/** One table a dataset, then what was found. */
export const profileText = ({ tables, findings, misses }: QualityReport): string =>
  [
    ...(tables.length + findings.length === 0 ? ['no tables'] : []),
    ...tables.map((table) => tableText(table)),
    ...(findings.length > 0 ? [foundText(findings)] : []),
    ...(misses.length > 0
      ? [
          `${misses.length} ${misses.length === 1 ? 'expectation' : 'expectations'} not met: \`lockstep data profile --check\``,
        ]
      : []),
  ].join('\n\n');

function tableText(table: TableProfile): string {
  const { dataset, rows, columns, duplicates, sample, label } = table;
  const facts = [
    `${amount(rows, 'count')} rows`,
    `${columns.length} columns`,
    `${duplicates.exact ? '' : 'at least '}${amount(duplicates.count, 'count')} duplicate rows`,
    ...(sample.exact ? [] : [`quantiles of ${amount(sample.rows, 'count')} rows drawn at random`]),
    ...(label && label.classes.length > 0
      ? [
          `label ${label.column} ${label.classes.map(({ value, share }) => `${value === undefined ? '' : `${value} `}${percent(share)}`).join(' · ')}`,
        ]
      : []),
  ];
  const header = ['column', 'type', 'missing', 'distinct', '1 %', 'median', '99 %', 'shape'];
  const lines = [header, ...columns.slice(0, mostColumns).map((column) => rowOf(column, rows))];
  const more =
    columns.length > mostColumns
      ? [`  and ${columns.length - mostColumns} more columns (--json has all)`]
      : [];
  return [`${dataset}: ${facts.join(', ')}`, ...aligned(lines), ...more]
    .map((line) => printable(line, 400))
    .join('\n');
}

function rowOf(column: ColumnProfile, rows: number): string[] {
  const { name, type, nulls, distinct, numbers, dates, constant } = column;
  const spread =
    numbers && type !== 'boolean'
      ? [numbers.quantiles.p1, numbers.quantiles.p50, numbers.quantiles.p99].map(short)
      : ['', '', ''];
  return [
    name.length > 32 ? `${name.slice(0, 31)}…` : name,
    type,
    nulls === 0 ? '·' : percent(nulls / rows),
    `${distinct.exact ? '' : '≈ '}${amount(distinct.count, 'count')}`,
    ...spread,
    constant
      ? 'constant'
      : column.personal.length > 0
        ? `personal? ${[...new Set(column.personal.map(({ kind }) => kind))].join(', ')}`
        : dates
          ? `${dates.earliest.slice(0, 10)} to ${dates.latest.slice(0, 10)}`
          : type !== 'boolean' && numbers
            ? bars(numbers.shape)
            : topText(column, rows - nulls),
  ];
}

const topText = ({ top = [], distinct }: ColumnProfile, seen: number): string => {
  const shares = top
    .slice(0, 3)
    .map(({ value, count }) => `${value === undefined ? '' : `${value} `}${percent(count / seen)}`);
  return shares.join(' · ') + (distinct.count > 3 && shares.length > 0 ? ' …' : '');
};

const bars = (shape: readonly number[]): string => {
  const most = Math.max(...shape);
  return shape.map((share) => blocks[Math.ceil((share / most) * 8) - 1] ?? ' ').join('');
};

const short = (value: number): string => String(Number(value.toPrecision(4)));

/** Numbers to the right, words to the left. */
function aligned(lines: readonly string[][]): string[] {
  const widths = lines[0]!.map((_, at) => Math.max(...lines.map((line) => line[at]!.length)));
  const isWord = (at: number) => at < 2 || at === lines[0]!.length - 1;
  return lines.map((line) =>
    `  ${line.map((cell, at) => (isWord(at) ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!))).join('  ')}`.trimEnd(),
  );
}

const foundText = (findings: readonly Finding[]): string =>
  [
    'Worth a look:',
    ...findings.map((finding) =>
      printable(
        `  ${finding.severity === 'error' ? '✗' : '·'} ${nameOf(finding)}: ${finding.what}${rowsText(finding.rows)}`,
        700,
      ),
    ),
  ].join('\n');

const rowsText = (rows: readonly number[] = []): string =>
  rows.length === 0 ? '' : ` (${rows.length === 1 ? 'row' : 'rows'} ${rows.join(', ')})`;

/** Every expectation that is not met, and every finding. */
export function checkText({ tables, findings, misses, expectations }: QualityReport): string {
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  const met = `${tables.length} ${tables.length === 1 ? 'table' : 'tables'}, ${amount(rows, 'count')} rows, ${expectations} expectations: ${misses.length === 0 ? 'all met' : `${misses.length} not met`}`;
  return [
    met,
    ...misses.map((miss) =>
      printable(
        `  ✗ ${nameOf(miss)}: ${miss.expected}, but ${miss.found}${rowsText(miss.rows)}${miss.values ? `: ${miss.values.join(', ')}` : ''}`,
        700,
      ),
    ),
    ...(findings.length > 0 ? [foundText(findings)] : []),
  ].join('\n');
}
