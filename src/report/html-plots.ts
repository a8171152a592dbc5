import type { Curves } from '../evaluation/index.ts';
import { metricTitle } from '../evaluation/index.ts';
import { calibrationSpec, prSpec, residualSpec, rocSpec } from './curve-specs.ts';
import { primaryMetric, subjectLabel } from './headline.ts';
import { html, type Markup, nothing, section } from './html-parts.ts';
import { keys } from './html-sections.ts';
import { sliceRows } from './metric-change.ts';
import { countText, percentText, plural } from './numbers.ts';
import type { Plotter } from './plots.ts';
import type { ReportInput } from './report-input.ts';
import { sliceSpec } from './slice-spec.ts';

const mostSlices = 60;

export async function curvesSection(input: ReportInput, plotter: Plotter): Promise<Markup> {
  const { evaluation, baseline } = input;
  const { curves } = evaluation;
  const other = baseline?.curves;
  const regression = evaluation.task === 'regression';
  const figures: Markup[] = [];
  if (curves.roc?.length) {
    figures.push(
      figure(
        'ROC',
        await plotter.draw(rocSpec(curves.roc, other?.roc)),
        'How many positives are found for how many false alarms, over all thresholds. The dotted diagonal is chance.',
      ),
    );
  }
  if (curves.pr?.length) {
    figures.push(
      figure(
        'Precision and recall',
        await plotter.draw(prSpec(curves.pr, other?.pr, evaluation)),
        'How pure the alarms are when so many positives are found. The dotted line is the share of positives.',
      ),
    );
  }
  if (curves.calibration?.length) {
    figures.push(
      figure(
        'Calibration',
        await plotter.draw(calibrationSpec(curves.calibration, other?.calibration, regression)),
        `What was predicted against what came true, in ${plural(curves.calibration.length, 'bin')} of the ${regression ? 'prediction' : 'score'}; on the dotted diagonal they agree. Below: rows a bin.`,
      ),
    );
  }
  if (curves.residuals?.length) {
    figures.push(
      figure(
        'Residuals',
        await plotter.draw(residualSpec(curves.residuals, input.modelFile.output.unit)),
        'How far the predictions lie from the truth.',
      ),
    );
  }
  if (curves.confusion) figures.push(confusionFigure(curves.confusion, input));
  if (figures.length === 0) return nothing;
  return section(
    'curves',
    'How it predicts',
    html`${baseline ? keys(subjectLabel(baseline.subject)) : nothing}<div class="charts">${figures}</div>`,
  );
}

const figure = (title: string, picture: Markup, caption: string): Markup =>
  html`<figure role="group" aria-label="${title}: ${caption}"><h3>${title}</h3>${picture}<figcaption>${caption}</figcaption></figure>`;

function confusionFigure(
  { tp, fp, fn, tn }: NonNullable<Curves['confusion']>,
  { evaluation }: ReportInput,
): Markup {
  const all = Math.max(1, tp + fp + fn + tn);
  const cell = (count: number, kind: 'right' | 'wrong', word: string) =>
    html`<div class="cell ${kind}"><b>${countText(count)}</b>${word}<br><span class="small">${percentText(count / all)}</span></div>`;
  const positive = `${evaluation.target} = ${evaluation.positive ?? 'positive'}`;
  return html`<figure role="group" aria-label="Confusion matrix"><h3>Confusion at threshold ${String(evaluation.threshold ?? 0.5)}</h3><div class="confusion">
<div class="head"></div><div class="head">predicted positive</div><div class="head">predicted negative</div>
<div class="head">truly positive</div>${cell(tp, 'right', 'found')}${cell(fn, 'wrong', 'missed')}
<div class="head">truly negative</div>${cell(fp, 'wrong', 'false alarms')}${cell(tn, 'right', 'left alone')}
</div><figcaption>Positive means ${positive}. Shares are of all ${countText(all)} rows.</figcaption></figure>`;
}

export async function slicesSection(input: ReportInput, plotter: Plotter): Promise<Markup> {
  const metric = primaryMetric(input);
  const all = sliceRows(input, metric).filter(({ candidate }) => candidate);
  const overall = input.evaluation.metrics[metric];
  if (all.length === 0 || !overall) return nothing;
  const shown =
    all.length <= mostSlices ? all : [...all].sort((a, b) => b.rows - a.rows).slice(0, mostSlices);
  const title = metricTitle(metric);
  const picture = await plotter.draw(
    sliceSpec({
      slices: shown,
      title,
      overall: overall.value,
      baseline: input.comparison ? subjectLabel(input.comparison.baseline) : null,
    }),
  );
  const worse = all.filter(({ difference }) => difference?.judgement === 'worse').length;
  const better = all.filter(({ difference }) => difference?.judgement === 'better').length;
  const compared = input.comparison
    ? ` ${plural(better, 'slice')} got better, ${countText(worse)} got worse.`
    : '';
  return section(
    'slices',
    'Slices',
    html`<figure role="group" aria-label="${title} by slice">${picture}<figcaption>Each dot is one slice with its 95 % interval and its rows in brackets; the dashed line is ${
      input.comparison ? 'the value over all rows, and no difference' : 'the value over all rows'
    }.${all.length > shown.length ? ` The ${shown.length} largest of ${countText(all.length)} slices are shown.` : ''}</figcaption></figure>`,
    html`${title} for parts of the data.${compared}`,
  );
}
