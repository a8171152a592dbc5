import { createHash } from 'node:crypto';
import { headlineOf } from './headline.ts';
import { html, type Markup, Markup as Raw } from './html-parts.ts';
import { curvesSection, slicesSection } from './html-plots.ts';
import { provenanceSection } from './html-provenance.ts';
import {
  checksSection,
  dataSection,
  inputsSection,
  metricsSection,
  runSection,
  verdictBanner,
} from './html-sections.ts';
import { style } from './html-style.ts';
import { loadPlotter } from './plotter.ts';
import type { ReportInput } from './report-input.ts';

/**
 * One file that needs nothing else: styles and charts are inside, the network is shut out by its own content
 * security policy, and it reads well on a phone, in the dark and on paper. Every text from outside is escaped
 * by the templates.
 */
export async function renderHtml(input: ReportInput): Promise<string> {
  const plotter = await loadPlotter();
  const { outcome } = headlineOf(input);
  return page(
    `${input.model}: ${outcome}`,
    html`${verdictBanner(input)}
${metricsSection(input)}
${checksSection(input)}
${await curvesSection(input, plotter)}
${await slicesSection(input, plotter)}
${runSection(input)}
${dataSection(input)}
${inputsSection(input)}
${provenanceSection(input)}`,
  );
}

/** The frame of every page of ours. */
export function page(title: string, body: Markup): string {
  const hash = createHash('sha256').update(style).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Raw(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${new Raw(style)}</style>
</head>
<body>
<main>
${body}
<footer>Made by Lockstep. This file holds everything it shows and asks the network for nothing.</footer>
</main>
</body>
</html>
`.text;
}
