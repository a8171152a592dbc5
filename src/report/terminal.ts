import { styleText } from 'node:util';
import { type Headline, headlineOf, subjectLabel } from './headline.ts';
import { oneLine } from './inert-text.ts';
import { padEnd, widthOf } from './interval-chart.ts';
import { type MetricRow, metricRows } from './metric-change.ts';
import { deltaInterval, deltaText, intervalText, metricText, plural } from './numbers.ts';
import type { ReportInput } from './report-input.ts';

export interface TextOptions {
  /** True only where standard output is a terminal. */
  readonly color?: boolean;
  /** Where the HTML report lies, as the user would type it. */
  readonly report?: string;
}

const mostMetrics = 14;
const colors = { pass: 'green', fail: 'red', inconclusive: 'yellow' } as const;
const glyphs = { pass: '✓', fail: '✗', inconclusive: '?' } as const;

/** What `lockstep run` prints at its end: the verdict, the metrics with their differences, where the report lies. */
export function renderText(input: ReportInput, { color = false, report }: TextOptions = {}): string {
  const headline = headlineOf(input);
  const paint = (style: Parameters<typeof styleText>[0], text: string) =>
    color ? styleText(style, text, { validateStream: false }) : text;
  const environments = input.verdicts.map(({ environment, verdict }) =>
    paint(colors[verdict], `${oneLine(environment, 40)} ${verdict}`),
  );
  return [
    paint(['bold', colors[headline.outcome]], sentence(input.model, headline)),
    ...otherReasons(input, headline),
    '',
    ...metricTable(input, paint),
    '',
    `${environments.join(' · ')}`,
    runLine(input),
    ...(report === undefined ? [] : [`report: ${paint('underline', report)}`]),
  ].join('\n');
}

const sentence = (model: string, { outcome, claim, reason }: Headline): string =>
  `${glyphs[outcome]} ${oneLine(model, 60)} ${claim}: ${oneLine(reason, 300)}`;

function otherReasons({ verdicts }: ReportInput, { reason }: Headline): string[] {
  const reasons = new Set(verdicts.flatMap((verdict) => verdict.reasons));
  reasons.delete(reason);
  return [...reasons].slice(0, 5).map((text) => `  ${oneLine(text, 300)}`);
}

function metricTable(
  input: ReportInput,
  paint: (style: 'green' | 'red' | 'dim', text: string) => string,
): string[] {
  const all = metricRows(input);
  const shown = all.slice(0, mostMetrics);
  const compared = shown.some(({ difference }) => difference);
  const subject = input.comparison?.baseline ?? input.baseline?.subject;
  const head = compared
    ? [
        '',
        'candidate',
        oneLine(subject ? subjectLabel(subject) : 'baseline', 20),
        'difference',
        '95 % interval',
        '',
      ]
    : ['', 'candidate', '95 % interval'];
  const rows = shown.map((row) => (compared ? comparedCells(row) : plainCells(row)));
  const widths = head.map((cell, index) =>
    Math.max(...[cell, ...rows.map((row) => row[index]!)].map(widthOf)),
  );
  const line = (cells: readonly string[]) =>
    `  ${cells.map((cell, index) => (index === 0 || index === 5 ? padEnd(cell, widths[index]!) : ' '.repeat(widths[index]! - widthOf(cell)) + cell)).join('  ')}`.trimEnd();
  const painted = rows.map((row, index) => {
    const judgement = shown[index]!.difference?.judgement;
    const text = line(row);
    return judgement === 'better' ? paint('green', text) : judgement === 'worse' ? paint('red', text) : text;
  });
  const rest = all.length - shown.length;
  return [
    paint('dim', line(head)),
    ...painted,
    ...(rest > 0 ? [`  … and ${plural(rest, 'more metric')} in the report`] : []),
  ];
}

const plainCells = ({ metric, title, candidate }: MetricRow): string[] => [
  oneLine(title, 40),
  metricText(metric, candidate.value),
  intervalText(metric, candidate),
];

const comparedCells = ({ metric, title, candidate, baseline, difference }: MetricRow): string[] => [
  oneLine(title, 40),
  metricText(metric, candidate.value),
  baseline ? metricText(metric, baseline.value) : '',
  difference ? `${difference.arrow} ${deltaText(metric, difference.delta)}` : '',
  difference ? deltaInterval(metric, difference.low, difference.high) : '',
  difference && difference.judgement !== 'same' ? difference.judgement : '',
];

function runLine({ stages }: ReportInput): string {
  const ran = stages.filter(({ kind }) => kind === 'ran').map(({ name }) => oneLine(name, 40));
  const cached = stages.length - ran.length;
  if (ran.length === 0) return `nothing ran: ${plural(stages.length, 'stage')} from the cache`;
  return `ran ${ran.join(', ')}${cached > 0 ? `, ${cached} from the cache` : ''}`;
}
