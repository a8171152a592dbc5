import type { ChangedPart, ChangeInput } from './change-input.ts';
import { changeOutcome, partOutcome, summaryOf, type Weight, weights } from './change-outcome.ts';
import { howJudged, reproduce } from './change-provenance.ts';
import { commentMarker, type Limits, limits, modelBody } from './comment.ts';
import { dataSection } from './comment-sections.ts';
import { primaryMetric } from './headline.ts';
import { inert, inertCode } from './inert-text.ts';
import { type Detail, folded, foldedDetails, more, table } from './markdown-parts.ts';
import { metricRows } from './metric-change.ts';
import { deltaText, metricText, plural } from './numbers.ts';
import { withoutValues } from './redaction.ts';
import type { ReportInput } from './report-input.ts';

/** GitHub counts UTF-16 code units and refuses more; what the marker says of its run needs a little room. */
const mostUnits = 65_536 - 256;

const signs: Readonly<Record<Weight, string>> = { failure: '❌', pending: '⏳', doubt: '⚠️', success: '✅' };

/**
 * The one comment on a change, whatever the number of its models: the verdict and why, what changed, what it does to
 * the numbers, how to see the same at home. Long things are folded, then shortened, then left out, the least important
 * first. Ends with `commentMarker`.
 */
export function renderChange(change: ChangeInput): string {
  const shown = { ...change, models: importantFirst(change.models.map(ofPublicValues)) };
  const all = shown.models.length;
  for (const limit of limits) {
    for (const bodies of new Set([all, Math.min(8, all), Math.min(1, all)])) {
      const body = changeBody(shown, limit, bodies);
      if (body.length + commentMarker.length + 3 <= mostUnits) return `${body}\n\n${commentMarker}\n`;
    }
  }
  const { description } = changeOutcome(shown);
  return `### ${inert(description, 140)}\n\n_The rest is longer than a comment may be: see the run._\n\n${commentMarker}\n`;
}

/** Parts with a report of their own. */
const ofPublicValues = (part: ChangedPart): ChangedPart =>
  'input' in part && part.input !== null ? { ...part, input: withoutValues(part.input) } : part;

const importantFirst = (models: readonly ChangedPart[]): ChangedPart[] => {
  const parts = models.map((part) => ({ part, weight: partOutcome(part).weight }));
  return weights.flatMap((weight) => parts.filter((one) => one.weight === weight).map(({ part }) => part));
};

function changeBody(change: ChangeInput, limit: Limits, bodies: number): string {
  const { models } = change;
  const left = models.length - bodies;
  const body =
    models.length === 0
      ? ['### ✅ unchanged: no model is affected']
      : models.length === 1
        ? [partBody(models[0]!, change, limit)]
        : [
            changeHead(models),
            overview(models, limit),
            foldedDetails([eachModel(models.slice(0, bodies), change, limit), dataSection(change, limit)]),
            left === 0
              ? ''
              : `_${plural(left, 'model')} in the table only, to keep this comment short: each one's report is with the run._`,
          ];
  return [...body, lockConflict(change), reproduce(change), howJudged(change)]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** In a block, with a button that copies it. */
const lockConflict = ({ settle }: ChangeInput): string =>
  settle === undefined || !/^[\w./ &-]+$/.test(settle)
    ? ''
    : `⚠️ **data.lock conflicts with the branch this goes to.** One command settles it, dataset by dataset:\n\n\`\`\`sh\n${settle}\n\`\`\``;

function changeHead(models: readonly ChangedPart[]): string {
  const of = models.map((part) => partOutcome(part).weight);
  const counts = weights.map((weight) => ({ weight, some: of.filter((one) => one === weight).length }));
  const [worst, ...others] = counts.filter(({ some }) => some > 0);
  const rest = others.map(({ weight, some }) => `${some} ${briefly[weight]}`);
  const all = summaryOf(worst!.weight, worst!.some, models.length);
  return `### ${signs[worst!.weight]} ${all}${rest.length > 0 ? `; ${rest.join(', ')}` : ''}`;
}

const briefly: Readonly<Record<Weight, string>> = {
  failure: 'refused',
  pending: 'waiting for a GPU',
  doubt: 'inconclusive',
  success: 'pass',
};

/** A line a model. */
function overview(models: readonly ChangedPart[], limit: Limits): string {
  const shown = models.slice(0, limit.checks * 4);
  const rows = shown.map((part) => {
    const { weight, words } = partOutcome(part);
    const measured = 'input' in part && part.input !== null ? inNumbers(part.input) : '';
    return [
      signs[weight],
      `**${inert(part.model, 60)}**`,
      measured,
      inert(words, Math.min(100, limit.text)),
      inert(part.why.slice(0, 20).join('; '), Math.min(60, limit.text)),
    ];
  });
  return (
    table(['', 'Model', 'Measured', 'Verdict', 'What changed'], rows, ['c', 'l', 'l', 'l', 'l']) +
    more(models.length, shown.length, 'model')
  );
}

/** `ROC AUC 0.6571`, and under it `↑ +0.0159` */
function inNumbers(input: ReportInput): string {
  const metric = primaryMetric(input);
  const row = metricRows(input).find((one) => one.metric === metric);
  if (row === undefined) return '';
  const { title, candidate, difference } = row;
  const changed = difference ? `<br>${difference.arrow}\u00a0${deltaText(metric, difference.delta)}` : '';
  return `${inert(title, 40)} ${metricText(metric, candidate.value)}${changed}`;
}

const eachModel = (models: readonly ChangedPart[], change: ChangeInput, limit: Limits): Detail => ({
  name: 'each model',
  body: models.map((part) => foldedPart(part, change, limit)).join('\n\n'),
});

const foldedPart = (part: ChangedPart, change: ChangeInput, limit: Limits): string =>
  folded(`${signs[partOutcome(part).weight]} <b>${nameOf(part)}</b>`, partBody(part, change, limit));

/** A summary is HTML, where Markdown's escapes mean nothing; a model's name has nothing to escape. */
const nameOf = ({ model }: ChangedPart): string => (/^[a-z0-9-]+$/.test(model) ? model : 'a model');

function partBody(part: ChangedPart, change: ChangeInput, limit: Limits): string {
  const changed = whatChanged(part, limit);
  if (part.kind === 'judged') {
    const told = [changed, part.quick ? quickRun : '', ownPolicy(part.own), ownJudging(part)];
    const data = change.models.length === 1 ? change.data : null;
    return modelBody({ ...part.input, data }, limit, told.filter((line) => line !== '').join('<br>'));
  }
  const { weight, words } = partOutcome(part);
  const head = `### ${signs[weight]} **${inert(part.model, 60)}**: ${inert(words, limit.text * 2)}`;
  const quick =
    part.kind === 'waiting' && part.input !== null
      ? folded(
          'What a quick run measured, on a sample of the rows',
          modelBody(part.input, limit, quickRun).replace(/^###/, '####'),
        )
      : '';
  return [head, changed, explain(part, change), quick].filter((line) => line !== '').join('\n\n');
}

const quickRun = 'By a quick run, on a sample of the rows: it can refuse, never pass.';

const ownPolicy = (own: string | null): string =>
  own === null
    ? ''
    : `**policy.yaml** is changed here. The base's decides until it is merged; by its own this would be **${own}**.`;

/** Its effect can't be told from the base's numbers, as that of a policy can. */
function ownJudging({ why }: ChangedPart): string {
  const changed = ['how it is judged (evaluate)', 'model.yaml'].filter((what) => why.includes(what));
  return changed.length === 0
    ? ''
    : `Changed here is also ${changed.join(' and ')}: the base's holds until it is merged, then main judges by this one.`;
}

function whatChanged({ why }: ChangedPart, limit: Limits): string {
  const shown = why.slice(0, Math.max(3, Math.floor(limit.data / 5)));
  const rest = why.length > shown.length ? ` and ${plural(why.length - shown.length, 'more thing')}` : '';
  return shown.length === 0
    ? ''
    : `**Changed**: ${shown.map((one) => inert(one, limit.text)).join(' · ')}${rest}`;
}

/** What a person can do about a model that was not judged. */
function explain(part: ChangedPart, { head }: ChangeInput): string {
  switch (part.kind) {
    case 'waiting':
      return `Its pipeline asks for a machine that pull requests may not use. Someone with write access starts its training on this very commit with a comment:\n\n\`\`\`text\n/train ${/^[0-9a-f]{40,64}$/.test(head) ? head : ''}\n\`\`\``;
    case 'missing':
      return 'The change touches it, and its run handed nothing over: it failed, was cancelled, or left it out. The log of the run says why.';
    case 'refused':
      return `Nothing of it was used (${inertCode(part.code, 60)}).`;
    case 'new':
      return 'The base has neither rows nor a policy to judge it by, so it is trained and judged on main after the merge, by the policy in this change.';
    default:
      return '';
  }
}
