import type { CheckResult } from '../gate/verdict.ts';
import { changeWord } from './comment-sections.ts';
import { groupedChecks, tallyOf } from './comment-verdict.ts';
import { baselineName, headlineOf, subjectLabel } from './headline.ts';
import { html, htmlTable, type Markup, nothing, section } from './html-parts.ts';
import { directionOf, type Judgement, type MetricRow, metricRows } from './metric-change.ts';
import {
  bytesText,
  countText,
  deltaInterval,
  deltaText,
  intervalText,
  metricText,
  percentText,
  plural,
  secondsText,
} from './numbers.ts';
import type { DataChange, ReportInput } from './report-input.ts';
import { whisker } from './whisker.ts';

const mostRows = 200;

export function verdictBanner(input: ReportInput): Markup {
  const { outcome, claim, reason } = headlineOf(input);
  const { evaluation, comparison, version } = input;
  const share =
    evaluation.positives === undefined
      ? ''
      : `, ${percentText(evaluation.positives / Math.max(1, evaluation.rows))} positive`;
  return html`<header class="banner ${outcome}">
<div class="kicker">${input.modelFile.description ?? input.model}</div>
<h1><span class="mark" aria-hidden="true">${glyphs[outcome]}</span> ${input.model} ${claim}</h1>
<p class="why">${capitalized(reason)}</p>
<p class="small">${comparison?.baseline.kind === 'simplest' ? 'First version, judged' : 'Judged'}${
    comparison ? ` against ${baselineName(comparison)}` : ''
  } on ${plural(evaluation.rows, 'row')}${share}${evaluation.folds === undefined ? '' : `, in ${evaluation.folds} folds`}.${
    version === undefined || outcome === 'fail' ? '' : ` Merged, it would become ${version}.`
  }</p>
<ul class="pills">${input.verdicts
    .slice(0, 50)
    .map(({ environment, verdict }) => html`<li class="${verdict}">${environment}: ${verdict}</li>`)}</ul>
</header>`;
}

const glyphs = { pass: '✓', fail: '✗', inconclusive: '?' } as const;

const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

export function metricsSection(input: ReportInput): Markup {
  const all = metricRows(input);
  const shown = all.slice(0, mostRows);
  const subject = input.comparison?.baseline ?? input.baseline?.subject;
  const label = subject ? subjectLabel(subject) : 'Baseline';
  const hasBaseline = shown.some(({ baseline }) => baseline);
  const head = [
    { text: 'Metric' },
    { text: 'Candidate', number: true },
    ...(hasBaseline ? [{ text: label, number: true }] : []),
    { text: 'With 95 % intervals' },
    ...(hasBaseline
      ? [{ text: 'Difference', number: true }, { text: '95 % interval', number: true }, { text: '' }]
      : []),
  ];
  return section(
    'metrics',
    'Metrics',
    html`${hasBaseline ? keys(label) : nothing}${htmlTable(
      head,
      shown.map((row) => metricCells(row, hasBaseline)),
      leftOut(all.length, shown.length, 'metric'),
    )}`,
  );
}

export const keys = (label: string): Markup =>
  html`<p class="keys"><span><i class="key"></i>Candidate</span><span><i class="key of-baseline"></i>Baseline, ${label}</span></p>`;

function metricCells(
  { metric, title, candidate, baseline, difference }: MetricRow,
  hasBaseline: boolean,
): Markup[] {
  const better = directionOf(metric);
  const cells = [
    html`<b>${title}</b>${better ? html`<br><span class="small">${better} is better</span>` : nothing}`,
    html`${metricText(metric, candidate.value)}<br><span class="small">${intervalText(metric, candidate)}</span>`,
  ];
  const picture = whisker(candidate, baseline);
  if (!hasBaseline) return [...cells, picture];
  return [
    ...cells,
    baseline
      ? html`${metricText(metric, baseline.value)}<br><span class="small">${intervalText(metric, baseline)}</span>`
      : nothing,
    picture,
    difference ? html`${difference.arrow} ${deltaText(metric, difference.delta)}` : nothing,
    difference ? html`${deltaInterval(metric, difference.low, difference.high)}` : nothing,
    difference ? html`<span class="${difference.judgement}">${words[difference.judgement]}</span>` : nothing,
  ];
}

const words: Readonly<Record<Judgement, string>> = {
  better: 'better',
  worse: 'worse',
  same: 'no clear change',
  unknown: 'changed',
};

const outcomeWords: Readonly<Record<CheckResult['outcome'], string>> = {
  pass: '✓ holds',
  fail: '✗ refused',
  inconclusive: '? inconclusive',
  waived: '~ waived',
  pending: '… pending',
  'not-judged': '– not judged',
};

export function checksSection({ verdicts }: ReportInput): Markup {
  const checks = groupedChecks(verdicts);
  const judged = checks.filter(({ result }) => result.outcome !== 'not-judged');
  const others = checks.filter(({ result }) => result.outcome === 'not-judged');
  const tally = tallyOf(checks.map(({ result }) => result));
  return section(
    'checks',
    'Checks of the policy',
    html`${checksTable(judged)}${
      others.length === 0
        ? nothing
        : html`<details><summary>${others.length} not judged</summary>${checksTable(others)}</details>`
    }`,
    html`${capitalized(tally)}.`,
  );
}

function checksTable(checks: ReturnType<typeof groupedChecks>): Markup {
  const shown = checks.slice(0, mostRows);
  const rows = shown.map(({ result, environments }) => [
    html`<span class="mark ${result.outcome}">${outcomeWords[result.outcome]}</span>`,
    html`<code>${result.id}</code>`,
    html`${environments === null ? 'all' : environments.join(', ')}`,
    html`${result.reason}`,
  ]);
  return htmlTable(
    [{ text: 'Outcome' }, { text: 'Check' }, { text: 'In' }, { text: 'What was found' }],
    rows,
    leftOut(checks.length, shown.length, 'check'),
  );
}

export function runSection({ stages, run }: ReportInput): Markup {
  const shown = stages.slice(0, mostRows);
  const params = new Map(run.stages.map((stage) => [stage.name, stage.params]));
  const rows = shown.map(({ name, kind, seconds, why }) => [
    html`<b>${name}</b>`,
    html`<span class="${kind === 'cached' ? 'quiet' : 'ran'}">${kind === 'cached' ? 'from the cache' : 'ran'}</span>${why === undefined ? nothing : html`<br><span class="small">${why}</span>`}`,
    html`${secondsText(seconds)}`,
    html`<code>${paramsText(params.get(name) ?? {})}</code>`,
  ]);
  return section(
    'run',
    'What ran',
    htmlTable(
      [{ text: 'Stage' }, { text: '' }, { text: 'Time', number: true }, { text: 'Params' }],
      rows,
      leftOut(stages.length, shown.length, 'stage'),
    ),
  );
}

const paramsText = (params: Readonly<Record<string, unknown>>): string =>
  Object.entries(params)
    .map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
    .join(', ');

export function dataSection({ data }: ReportInput): Markup {
  if (data === null) return nothing;
  if (data.length === 0) return section('data', 'Data', html`<p>Nothing changed from the base commit.</p>`);
  const shown = data.slice(0, mostRows);
  const rows = shown.map((change) => [
    html`<code>${change.key}</code>`,
    html`${changeWord(change)}`,
    refCell(change.before),
    refCell(change.after),
  ]);
  return section(
    'data',
    'Data',
    htmlTable(
      [{ text: 'Dataset' }, { text: '' }, { text: 'Before' }, { text: 'After' }],
      rows,
      leftOut(data.length, shown.length, 'dataset'),
    ),
    html`${plural(data.length, 'dataset')} changed from the base commit.`,
  );
}

const refCell = (ref: DataChange['before']): Markup =>
  ref
    ? html`${bytesText(ref.size)}<br><code class="small">${ref.digest.slice('sha256:'.length, 'sha256:'.length + 16)}</code>`
    : nothing;

export function inputsSection({ modelFile, notes = [] }: ReportInput): Markup {
  const shown = modelFile.inputs.slice(0, mostRows);
  const rows = shown.map(({ name, type, minimum, maximum, missing, description }) => [
    html`<code>${name}</code>`,
    html`${type}`,
    html`${rangeText(minimum, maximum)}`,
    html`${missing === false ? 'required' : 'may be missing'}`,
    html`${description ?? ''}`,
  ]);
  const said = notes.slice(0, 50).map((note) => html`<p>${note}</p>`);
  return section(
    'inputs',
    'What the model reads',
    html`${htmlTable([{ text: 'Column' }, { text: 'Type' }, { text: 'Range' }, { text: '' }, { text: '' }], rows, leftOut(modelFile.inputs.length, shown.length, 'column'))}${said}`,
  );
}

function rangeText(minimum: number | undefined, maximum: number | undefined): string {
  if (minimum === undefined && maximum === undefined) return '';
  return `${minimum ?? '−∞'} … ${maximum ?? '∞'}`;
}

const leftOut = (all: number, shown: number, one: string): Markup =>
  all > shown
    ? html`<p class="small">… and ${plural(all - shown, `more ${one}`)}, left out here; ${countText(all)} in all.</p>`
    : nothing;
