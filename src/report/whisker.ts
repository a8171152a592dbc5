import type { Estimate } from '../evaluation/index.ts';
import { html, type Markup, nothing } from './html-parts.ts';
import { chartColors as colors } from './html-style.ts';

const width = 168;
const margin = 6;

/** Two dots with their intervals on this metric's own scale: the candidate above, the baseline below. */
export function whisker(candidate: Estimate, baseline: Estimate | null): Markup {
  const all = baseline ? [candidate, baseline] : [candidate];
  if (all.every(({ low, high }) => low === null || high === null)) return nothing;
  const ends = all.flatMap(({ value, low, high }) => [value, low ?? value, high ?? value]);
  const from = Math.min(...ends);
  const span = Math.max(...ends) - from || 1;
  const x = (value: number) => (margin + ((value - from) / span) * (width - 2 * margin)).toFixed(1);
  return html`<svg class="whisker" viewBox="0 0 168 26" role="presentation">${mark(candidate, baseline ? 8 : 13, colors.candidate, x, '')}${
    baseline ? mark(baseline, 19, colors.baseline, x, '4 2') : nothing
  }</svg>`;
}

function mark(
  { value, low, high }: Estimate,
  y: number,
  color: string,
  x: (value: number) => string,
  dash: string,
): Markup {
  const line =
    low === null || high === null
      ? nothing
      : html`<line x1="${x(low)}" x2="${x(high)}" y1="${y}" y2="${y}" stroke="${color}" stroke-width="2" stroke-dasharray="${dash}"/>`;
  return html`${line}<circle cx="${x(value)}" cy="${y}" r="4" fill="${color}"/>`;
}
