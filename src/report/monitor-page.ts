import { metricTitle } from '../evaluation/index.ts';
import type { MonitorReport, MonthReport } from '../monitoring/index.ts';
import { page } from './html-page.ts';
import { html, htmlTable, type Markup, nothing, section } from './html-parts.ts';
import { decaySpec, driftSpec, rateSpec } from './monitor-specs.ts';
import { countText, intervalText, metricText, percentText, plural } from './numbers.ts';
import type { Plotter } from './plots.ts';
import { loadPlotter } from './plotter.ts';

const mostColumns = 30;

/** How the model fares after its training, as one HTML file like the report's. */
export async function renderMonitorHtml(report: MonitorReport): Promise<string> {
  const plotter = await loadPlotter();
  return page(
    `${report.model}: after its training`,
    html`${banner(report)}
${await chartsSection(report, plotter)}
${monthsSection(report)}
${driftSection(report)}
${newSection(report)}
${rulesSection(report)}`,
  );
}

function banner({ model, version, months, alerts }: MonitorReport): Markup {
  const name = version === null ? model : `${model} ${version}`;
  return html`<header class="banner ${alerts.length === 0 ? 'pass' : 'inconclusive'}">
<div class="kicker">${plural(months.length, 'month')} after its training</div>
<h1><span class="mark" aria-hidden="true">${alerts.length === 0 ? '✓' : '!'}</span> ${name} ${alerts.length === 0 ? 'holds' : 'has moved'}</h1>
${alerts.length === 0 ? html`<p class="why">Nothing was violated often enough for an alert.</p>` : alerts.map(({ reason }) => html`<p class="why">${reason}</p>`)}
</header>`;
}

async function chartsSection(report: MonitorReport, plotter: Plotter): Promise<Markup> {
  const { rules, reference, task } = report;
  const title = metricTitle(rules.metric);
  const judged = report.months.some(({ metrics }) => Object.hasOwn(metrics, rules.metric));
  const figure = (name: string, picture: Markup, caption: string) =>
    html`<figure role="group" aria-label="${name}: ${caption}"><h3>${name}</h3>${picture}<figcaption>${caption}</figcaption></figure>`;
  const rateTitle = task === 'regression' ? `Mean of ${report.target}` : `Share of ${report.target}`;
  const figures = [
    ...(judged
      ? [
          figure(
            title,
            await plotter.draw(decaySpec(report)),
            'Each month with its 95 % interval; the dashed line is the value at the gate, the dotted one where the margin ends.',
          ),
        ]
      : []),
    ...(reference.labelRate
      ? [
          figure(
            rateTitle,
            await plotter.draw(rateSpec(report)),
            'What came true, with its 95 % interval, and in orange what the model said on average; the dashed line is the training rows.',
          ),
        ]
      : []),
    ...(report.months.some(({ drift }) => drift.length > 0)
      ? [
          figure(
            'Drift',
            await plotter.draw(driftSpec(report, mostColumns)),
            `Stability index of each input against the training rows, the later the stronger; beyond the dashed line (${rules.stabilityIndex}) it counts as drifted.`,
          ),
        ]
      : []),
  ];
  return section('charts', 'Month by month', html`<div class="charts">${figures}</div>`);
}

function monthsSection(report: MonitorReport): Markup {
  const { rules, task } = report;
  const share = (value: number) => (task === 'regression' ? metricText('mae', value) : percentText(value));
  const rows = report.months.map((month) => {
    const found = metricOf(month, rules.metric);
    return [
      html`<b>${month.month}</b>`,
      html`${countText(month.rows)}`,
      html`${countText(month.outcomes)}`,
      month.labelRate ? html`${share(month.labelRate.value)}` : nothing,
      month.meanScore === null ? nothing : html`${share(month.meanScore)}`,
      found ? html`${metricText(rules.metric, found.value)}` : nothing,
      found ? html`${intervalText(rules.metric, found)}` : nothing,
    ];
  });
  const number = (text: string) => ({ text, number: true });
  return section(
    'months',
    'In numbers',
    htmlTable(
      [
        { text: 'Month' },
        number('Rows'),
        number('Outcomes known'),
        number('Came true'),
        number('Predicted'),
        number(metricTitle(rules.metric)),
        number('95 % interval'),
      ],
      rows,
    ),
  );
}

function driftSection({ months }: MonitorReport): Markup {
  const columns = [...new Set(months.flatMap(({ drift }) => drift.map(({ column }) => column)))].slice(
    0,
    mostColumns,
  );
  const rows = columns.map((name) => {
    const cells = months.map(({ drift }) => drift.find(({ column }) => column === name));
    const method = cells.find((cell) => cell)?.method ?? '';
    return [
      html`<code>${name}</code>`,
      html`<span class="small">${method}</span>`,
      ...cells.map((cell) =>
        cell
          ? html`<span class="${cell.drifted ? 'worse' : 'same'}">${cell.stabilityIndex.toFixed(3)}</span><br><span class="small">${cell.value.toPrecision(2)}${cell.drifted ? ' !' : ''}</span>`
          : nothing,
      ),
    ];
  });
  return section(
    'drift',
    'Drift of the inputs',
    htmlTable(
      [{ text: 'Column' }, { text: 'Method' }, ...months.map(({ month }) => ({ text: month, number: true }))],
      rows,
    ),
    html`Above the stability index, below what the method found; an exclamation mark where the method says drifted.`,
  );
}

function newSection({ months }: MonitorReport): Markup {
  const rows = months.flatMap(({ month, newCategories }) =>
    newCategories
      .slice(0, mostColumns)
      .map(({ column, rows, levels, examples }) => [
        html`${month}`,
        html`<code>${column}</code>`,
        html`${countText(levels)}`,
        html`${countText(rows)}`,
        examples.length === 0
          ? html`<span class="small">not shown: the column is not public</span>`
          : html`${examples.join(', ')}`,
      ]),
  );
  return section(
    'new',
    'Values that training never saw',
    htmlTable(
      [
        { text: 'Month' },
        { text: 'Column' },
        { text: 'Values', number: true },
        { text: 'Rows', number: true },
        { text: 'Most frequent' },
      ],
      rows,
    ),
  );
}

function rulesSection({ rules, reference }: MonitorReport): Markup {
  return section(
    'rules',
    'What is watched',
    html`<dl><dt>an alert</dt><dd>${rules.violations} violated months of the newest ${rules.windows}; of fewer months the same share, rounded up</dd>
<dt>the metric</dt><dd>${metricTitle(rules.metric)} worse than at the gate by more than ${metricText(rules.metric, rules.metricMargin)}, the gate's value outside the month's interval</dd>
<dt>the label rate</dt><dd>more than ${metricText('mae', rules.labelRateMargin)} from the training rows, outside the month's interval</dd>
<dt>new values</dt><dd>more than ${percentText(rules.newCategoryShare, 2)} of a month's rows</dd>
<dt>drift</dt><dd>a stability index over ${String(rules.stabilityIndex)}</dd>
<dt>held against</dt><dd>${countText(reference.rows)} training rows</dd></dl>`,
  );
}

const metricOf = ({ metrics }: MonthReport, metric: string) =>
  Object.hasOwn(metrics, metric) ? metrics[metric] : undefined;
