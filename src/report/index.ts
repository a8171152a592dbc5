// What people read: the pull request's comment, the page, the terminal's summary, the model card.
// Cheap to import: vega is loaded by the page alone, when it draws.
import type { MonitorReport } from '../monitoring/index.ts';
import type { ReportInput } from './report-input.ts';

export { renderChange } from './change-comment.ts';
export type { ChangedPart, ChangeInput, Training } from './change-input.ts';
export { changeKey } from './change-key.ts';
export { type ChangeOutcome, changeOutcome } from './change-outcome.ts';
export { commentMarker, renderComment } from './comment.ts';
export { type MergedAnswer, renderMerged } from './merged-comment.ts';
export { renderCard } from './model-card.ts';
export { type ProposalInput, renderProposal } from './proposal.ts';
export { withoutValues } from './redaction.ts';
export type { DataChange, DataInside, ReportInput, StageLine } from './report-input.ts';
export { renderText, type TextOptions } from './terminal.ts';

/** The whole report as one HTML file (see html-page.ts). */
export async function renderHtml(input: ReportInput): Promise<string> {
  return (await import('./html-page.ts')).renderHtml(input);
}

/** How a model fares after its training, as one HTML file (see monitor-page.ts). */
export async function renderMonitorHtml(report: MonitorReport): Promise<string> {
  return (await import('./monitor-page.ts')).renderMonitorHtml(report);
}
