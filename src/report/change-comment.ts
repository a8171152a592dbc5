import type { ChangedPart, ChangeInput } from './change-input.ts';
import { changeOutcome, partOutcome } from './change-outcome.ts';
import { commentMarker, type Limits, limits, modelBody } from './comment.ts';
import { dataSection } from './comment-sections.ts';
import { inert, inertCode } from './inert-text.ts';
import { folded, table } from './markdown-parts.ts';
import { plural, secondsText } from './numbers.ts';
import { withoutValues } from './redaction.ts';
import type { ReportInput } from './report-input.ts';

/** GitHub counts UTF-16 code units and refuses more; the marker's own words need a little room. */
const mostUnits = 65_536 - 256;

const signs = { failure: '❌', pending: '⏳', doubt: '⚠️', success: '✅' } as const;

/**
 * The one comment on a change, whatever the number of its models: the verdict and why, what changed, what it does to
 * the numbers, how to see the same at home. Long things are folded, then shortened, then left out, the least important
 * first. Ends with `commentMarker`.
 */
export function renderChange(change: ChangeInput): string {
  const models = change.models.map(
    (part): ChangedPart => (part.kind === 'judged' ? { ...part, input: withoutValues(part.input) } : part),
  );
  const shown = { ...change, models };
  for (const limit of limits) {
    for (const bodies of [models.length, Math.min(8, models.length), 0]) {
      const body = changeBody(shown, limit, bodies);
      if (body.length + commentMarker.length + 2 <= mostUnits) return `${body}\n\n${commentMarker}\n`;
    }
  }
  const { description } = changeOutcome(shown);
  return `### ${inert(description, 140)}\n\n_The rest is longer than a comment may be: see the run._\n\n${commentMarker}\n`;
}

function changeBody(change: ChangeInput, limit: Limits, bodies: number): string {
  const [only] = change.models;
  const parts =
    change.models.length === 1
      ? [
          partBody(only!, change, limit),
          dataSection({ data: change.data }, limit),
          reproduce(change),
          howJudged(change),
        ]
      : [
          changeHead(change),
          overview(change, limit),
          dataSection({ data: change.data }, limit),
          ...importantFirst(change.models)
            .slice(0, bodies)
            .map((part) => foldedPart(part, change, limit)),
          bodies < change.models.length && change.models.length > 1
            ? `_${plural(change.models.length - bodies, 'model')} ${bodies === 0 ? '' : 'more '}in the table only, to keep this comment short: the whole report is with the run._`
            : '',
          reproduce(change),
          howJudged(change),
        ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function changeHead(change: ChangeInput): string {
  const { state, description } = changeOutcome(change);
  const doubt = state === 'success' && change.models.some((part) => partOutcome(part).weight === 'doubt');
  return `### ${signs[doubt ? 'doubt' : state]} ${plural(change.models.length, 'model')}: ${inert(description, 160)}`;
}

/** A line a model. */
function overview({ models }: ChangeInput, limit: Limits): string {
  const most = limit.checks * 4;
  const rows = importantFirst(models)
    .slice(0, most)
    .map((part) => {
      const { weight, words } = partOutcome(part);
      return [
        signs[weight],
        `**${inert(part.model, 60)}**`,
        inert(words, limit.text),
        inert(part.why.join('; '), limit.text),
      ];
    });
  const rest =
    models.length > rows.length ? `\n\n_… and ${plural(models.length - rows.length, 'more model')}._` : '';
  return table(['', 'Model', 'Verdict', 'What changed'], rows, ['c', 'l', 'l', 'l']) + rest;
}

const weights = ['failure', 'pending', 'doubt', 'success'] as const;
const importantFirst = (models: readonly ChangedPart[]): ChangedPart[] =>
  weights.flatMap((weight) => models.filter((part) => partOutcome(part).weight === weight));

const foldedPart = (part: ChangedPart, change: ChangeInput, limit: Limits): string =>
  folded(`${signs[partOutcome(part).weight]} ${inert(part.model, 60)}`, partBody(part, change, limit));

function partBody(part: ChangedPart, change: ChangeInput, limit: Limits): string {
  const changed = whatChanged(part, limit);
  if (part.kind === 'judged') {
    const own =
      part.own === null
        ? ''
        : `**policy.yaml** is changed here. It was judged by the base's; by its own it would be **${part.own}**.`;
    const quick = part.quick
      ? 'Judged by a quick run, on a sample of the rows: it can refuse, never pass.'
      : '';
    return modelBody(part.input, limit, [changed, quick, own].filter((line) => line !== '').join('\n\n'));
  }
  const { weight, words } = partOutcome(part);
  const head = `### ${signs[weight]} **${inert(part.model, 60)}** ${inert(words, limit.text * 2)}`;
  return [head, explain(part, change), changed].filter((line) => line !== '').join('\n\n');
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
      return `Its pipeline asks for a machine that pull requests may not use. Someone with write access starts its training on this very commit with a comment:\n\n\`\`\`text\n/train ${head}\n\`\`\``;
    case 'missing':
      return 'The change touches it, and its run handed nothing over: it failed, was cancelled, or left it out. The log of the run says why.';
    case 'refused':
      return `Nothing of it was used (${inertCode(part.code, 60)}).`;
    case 'new':
      return 'The base has neither rows nor a policy to judge it by, so it is trained and judged on main after the merge.';
    default:
      return '';
  }
}

/** One command that shows the same at home. */
function reproduce({ base, models }: ChangeInput): string {
  const [first] = models;
  if (first === undefined) return '';
  const name = models.length === 1 ? first.model : '<model>';
  return `**See it at home**\n\n\`\`\`sh\n./lockstep run ${name} --base ${base.slice(0, 12)}\n\`\`\``;
}

function howJudged({ models, judge, base, isolation, trainedIn }: ChangeInput): string {
  const judged = models.flatMap((part) => (part.kind === 'judged' ? [part.input] : []));
  if (judged.length === 0) return '';
  const apart = [isolation.user ? 'as another user' : '', isolation.network ? 'without network' : ''].filter(
    Boolean,
  );
  const scored = `scored and judged by the code at ${inertCode(judge.slice(0, 12))} on rows of ${inertCode(base.slice(0, 12))}`;
  return `<sub>Trained in ${trainedIn === undefined ? "the pull request's run" : inert(trainedIn, 60)} (${training(judged)}); ${scored}${apart.length > 0 ? `, ${apart.join(' and ')}` : ''}. What the run says of itself was not believed.</sub>`;
}

/** Time of the stages as the candidate's record has it, and what a cache saved. */
function training(judged: readonly ReportInput[]): string {
  const stages = judged.flatMap(({ run }) => run.stages);
  const seconds = stages.reduce((sum, stage) => sum + stage.seconds, 0);
  return `${plural(stages.length, 'stage')}, ${secondsText(seconds)}`;
}
