import { metricSection, otherMetrics } from './comment-metrics.ts';
import { dataSection, stageSection } from './comment-sections.ts';
import { chartSection, sliceSection, worseSlices } from './comment-slices.ts';
import {
  baselineLine,
  checksSection,
  environmentSection,
  footer,
  headLine,
  notesSection,
} from './comment-verdict.ts';
import { foldedDetails } from './markdown-parts.ts';
import type { ReportInput } from './report-input.ts';

/** Ends every comment of ours, once; by it the comment is found again and updated. */
export const commentMarker = '<!-- lockstep:report -->';

/** GitHub counts UTF-16 code units and refuses more. */
const mostUnits = 65_536;

/** How many rows each part may show; a part that leaves some out says how many. */
export interface Limits {
  readonly checks: number;
  readonly metrics: number;
  readonly slices: number;
  readonly chart: number;
  readonly data: number;
  readonly stages: number;
  readonly notes: number;
  /** Characters of a text from outside. */
  readonly text: number;
}

export const limits: readonly Limits[] = [
  { checks: 60, metrics: 24, slices: 24, chart: 8, data: 40, stages: 40, notes: 20, text: 160 },
  { checks: 20, metrics: 16, slices: 10, chart: 6, data: 12, stages: 12, notes: 8, text: 80 },
  { checks: 6, metrics: 8, slices: 4, chart: 4, data: 5, stages: 5, notes: 3, text: 40 },
];

/**
 * The Markdown that a pull request gets: the verdict first, in one line. Every text from outside is rendered
 * inert (see inert-text.ts); at most 65,536 UTF-16 units whatever comes in, and what was left out is named.
 */
export function renderComment(input: ReportInput): string {
  for (const limit of limits) {
    const body = commentBody(input, limit);
    if (body.length + commentMarker.length + 2 <= mostUnits) return `${body}\n\n${commentMarker}\n`;
  }
  const notice = '_The rest is longer than a comment may be: see the HTML report._';
  return `${headLine(input, 40)}\n\n${notice}\n\n${commentMarker}\n`;
}

/** One model in a comment on a whole change; `more` stands under the headline, one thing a line. */
export const modelBody = (input: ReportInput, limit: Limits, more: string): string =>
  commentBody(input, limit, { more, stages: "The judge's rows" });

/** What fits a screen first, then what can be unfolded. */
function commentBody(input: ReportInput, limit: Limits, { more = '', stages = 'Run' } = {}): string {
  return [
    headLine(input, limit.text),
    [baselineLine(input, limit), more].filter((line) => line !== '').join('<br>'),
    environmentSection(input, limit),
    metricSection(input, limit),
    worseSlices(input, limit),
    chartSection(input, limit),
    foldedDetails([
      checksSection(input, limit),
      otherMetrics(input, limit),
      sliceSection(input, limit),
      dataSection(input, limit),
      stageSection(input, limit, stages),
      notesSection(input, limit),
      footer(input),
    ]),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}
