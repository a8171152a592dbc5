import { html, type Markup, section } from './html-parts.ts';
import { provenance } from './provenance.ts';
import type { ReportInput } from './report-input.ts';

export function provenanceSection(input: ReportInput): Markup {
  const { host } = input.run;
  const rows = provenance(input).map(([name, value]) => html`<dt>${name}</dt><dd><code>${value}</code></dd>`);
  return section(
    'provenance',
    'What this speaks of',
    html`<dl>${rows}<dt>made on</dt><dd>${host.os} ${host.arch}, Node ${host.node}, ${host.cpu}</dd></dl>`,
    html`Another model, dataset, policy or evaluation has another digest, and then this verdict says nothing about it.`,
  );
}
